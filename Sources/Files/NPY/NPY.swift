import Numerics

/// Arrays in NumPy's file format (NEP 1, "A simple file format for NumPy arrays").
package enum NPY {
  /// The array in `bytes`, which are a whole file.
  ///
  /// Format versions 1, 2 and 3; booleans, integers and floating-point numbers of up to 8 bytes in both byte orders; C
  /// and Fortran order; up to three dimensions. Integers beyond 2^53 are rounded to the nearest double.
  ///
  /// - Parameter name: what messages call the file.
  /// - Throws: `.format` where the bytes contradict themselves or the type is not one of these; `.shape` for more than
  ///   three dimensions; `.memory`.
  package static func parse(_ bytes: [UInt8], name: String) throws -> NPYArray {
    try read(FileBytes(bytes[...]), name: name)
  }

  /// The array in a file, as `parse` reads it. The data are read only where the header promises as many as there are.
  package static func read(_ file: FileBytes, name: String) throws -> NPYArray {
    let (text, dataStart) = try header(of: file, name)
    let header = try NPYHeader(parsing: text, name: name)
    guard header.shape.count <= 3 else {
      throw EngineError(.shape, "\(name) has \(header.shape.count) dimensions; at most 3 are read")
    }
    var size = header.type.size
    for length in header.shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow else { throw EngineError(.format, "\(name): shape \(header.shapeText) is too large") }
      size = product
    }
    guard file.count - dataStart == size else {
      throw EngineError(
        .format,
        "\(name) holds \(file.count - dataStart) bytes of data; shape \(header.shapeText) needs \(size)")
    }
    let data = try file.bytes(dataStart..<file.count)
    guard data.count == size else { throw EngineError(.format, "\(name) became shorter while it was read") }
    let count = size / header.type.size
    // Twice for a change of order.
    let isReordered = header.fortranOrder && header.shape.count > 1
    try requireMemory(isReordered ? 2 * count : count, of: Double.self, for: name)
    let elements = decode(data, count, header)
    return NPYArray(shape: header.shape, elements: isReordered ? rowMajor(elements, header.shape) : elements)
  }

  /// Far above the 10,000 bytes up to which NumPy itself reads headers unasked.
  private static let longestHeader = 1 << 20

  /// Header text and where the data begin: magic string, version, the header's length in two (version 1) or four bytes,
  /// the header.
  private static func header(of file: FileBytes, _ name: String) throws -> (text: ArraySlice<UInt8>, dataStart: Int) {
    let start = try file.bytes(0..<min(file.count, magic.count + 6))
    guard start.starts(with: magic) else { throw EngineError(.format, "\(name) is not a NumPy file") }
    let truncated = EngineError(.format, "\(name) ends within its header")
    let rest = start.dropFirst(magic.count)
    guard let major = rest.first, let minor = rest.dropFirst().first else { throw truncated }
    guard (1...3).contains(major), minor == 0 else {
      throw EngineError(.format, "\(name) has NumPy format version \(major).\(minor), not 1.0, 2.0 or 3.0")
    }
    let lengthSize = major == 1 ? 2 : 4
    let lengthBytes = rest.dropFirst(2).prefix(lengthSize)
    guard lengthBytes.count == lengthSize else { throw truncated }
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    let textStart = magic.count + 2 + lengthSize
    guard length <= file.count - textStart else { throw truncated }
    guard length <= longestHeader else {
      throw EngineError(.format, "\(name) has a header of \(length) bytes; at most \(longestHeader) are read")
    }
    let text = try file.bytes(textStart..<textStart + length)
    guard text.count == length else { throw truncated }
    return (text, textStart + length)
  }

  static var magic: [UInt8] { [0x93] + Array("NUMPY".utf8) }

  /// The elements in the order of the file. `data` holds exactly `count` of them.
  private static func decode(_ data: ArraySlice<UInt8>, _ count: Int, _ header: NPYHeader) -> [Double] {
    switch header.type {
    case .boolean: decode(data, count, header.bigEndian) { ($0 as UInt8) == 0 ? 0 : 1 }
    case .int8: decode(data, count, header.bigEndian) { Double($0 as Int8) }
    case .int16: decode(data, count, header.bigEndian) { Double($0 as Int16) }
    case .int32: decode(data, count, header.bigEndian) { Double($0 as Int32) }
    case .int64: decode(data, count, header.bigEndian) { Double($0 as Int64) }
    case .uint8: decode(data, count, header.bigEndian) { Double($0 as UInt8) }
    case .uint16: decode(data, count, header.bigEndian) { Double($0 as UInt16) }
    case .uint32: decode(data, count, header.bigEndian) { Double($0 as UInt32) }
    case .uint64: decode(data, count, header.bigEndian) { Double($0 as UInt64) }
    case .float16: decode(data, count, header.bigEndian) { half($0) }
    case .float32: decode(data, count, header.bigEndian) { Double(Float(bitPattern: $0 as UInt32)) }
    case .float64: decode(data, count, header.bigEndian) { Double(bitPattern: $0 as UInt64) }
    }
  }

  /// A number of IEEE 754's binary16, decoded here because not every system has Swift's Float16.
  private static func half(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
    let magnitude: Double =
      switch exponent {
      case 31: fraction == 0 ? .infinity : .nan
      case 0: fraction * 0x1p-14
      default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    return bits >> 15 == 0 ? magnitude : -magnitude
  }

  @inline(__always)
  private static func decode<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ data: ArraySlice<UInt8>, _ count: Int, _ bigEndian: Bool, _ value: (Bits) -> Double
  ) -> [Double] {
    data.withUnsafeBytes { raw in
      [Double](unsafeUninitializedCapacity: count) { elements, initialized in
        for index in 0..<count {
          let bits = raw.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
          elements.initializeElement(at: index, to: value(bigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)))
        }
        initialized = count
      }
    }
  }

  /// Fortran order, whose first index runs fastest, as C order. At most three dimensions.
  private static func rowMajor(_ elements: [Double], _ shape: [Int]) -> [Double] {
    let (n0, n1, n2) = (shape.first ?? 1, shape.dropFirst().first ?? 1, shape.dropFirst(2).first ?? 1)
    var result: [Double] = []
    result.reserveCapacity(elements.count)
    guard !elements.isEmpty else { return result }
    for i in 0..<n0 {
      for j in 0..<n1 {
        for k in 0..<n2 { result.append(elements[i + n0 * (j + n1 * k)]) }
      }
    }
    return result
  }
}

/// An array of doubles with up to three dimensions.
package struct NPYArray: Sendable, Equatable {
  /// Length along each dimension; empty for a single number.
  package let shape: [Int]
  /// In C order: the last index runs fastest.
  package let elements: [Double]

  /// The shape as Python writes it.
  package var shapeText: String { NPYHeader.text(shape) }
}

import Numerics

extension NPY {
  /// Writes an array of little-endian doubles in C order; the file appears whole or not at all.
  ///
  /// - Parameter elements: as many as the product of `shape`, the last index running fastest.
  /// - Throws: `.shape` if they are not that many, `.io`.
  package static func write(_ elements: [Double], shape: [Int], to path: String) throws {
    try File.write(try encode(elements, shape: shape), to: path)
  }

  /// Writes an array of little-endian single precision numbers in C order.
  package static func write(_ elements: [Float], shape: [Int], to path: String) throws {
    try File.write(try encode(elements, shape: shape), to: path)
  }

  /// The bytes of such a file.
  package static func encode(_ elements: [Double], shape: [Int]) throws -> [UInt8] {
    var bytes = try header("<f8", shape, count: elements.count, elementSize: 8)
    elements.withUnsafeBufferPointer { for element in $0 { bytes.append(littleEndian: element.bitPattern) } }
    return bytes
  }

  static func encode(_ elements: [Float], shape: [Int]) throws -> [UInt8] {
    var bytes = try header("<f4", shape, count: elements.count, elementSize: 4)
    elements.withUnsafeBufferPointer { for element in $0 { bytes.append(littleEndian: element.bitPattern) } }
    return bytes
  }

  /// Everything before the data, with room reserved for the data. As NumPy does, spaces fill up to a multiple of
  /// 64 bytes, so that the data may be mapped into memory, and leave room for the first length to grow to 21 digits.
  private static func header(
    _ descr: String, _ shape: [Int], count: Int, elementSize: Int
  ) throws -> [UInt8] {
    var product = 1
    for length in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else {
        throw EngineError(.shape, "shape = \(NPYHeader.text(shape)) is not the shape of an array")
      }
      product = next
    }
    guard product == count else {
      throw EngineError(.shape, "elements has \(count) elements; shape = \(NPYHeader.text(shape)) needs \(product)")
    }
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(NPYHeader.text(shape)), }"
    if let first = shape.first { text += String(repeating: " ", count: max(0, 21 - "\(first)".utf8.count)) }
    let fixed = magic.count + 4
    let padding = 64 - (fixed + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding % 64) + "\n"
    var bytes: [UInt8] = []
    try requireMemory(count, of: Double.self, for: "shape = \(NPYHeader.text(shape))")
    bytes.reserveCapacity(fixed + text.utf8.count + count * elementSize)
    bytes += magic + [1, 0]
    bytes.append(littleEndian: UInt16(truncatingIfNeeded: text.utf8.count))
    bytes += text.utf8
    return bytes
  }
}

extension [UInt8] {
  @inline(__always)
  fileprivate mutating func append<Bits: FixedWidthInteger>(littleEndian bits: Bits) {
    Swift.withUnsafeBytes(of: bits.littleEndian) { append(contentsOf: $0) }
  }
}

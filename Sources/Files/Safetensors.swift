import Numerics

/// Named arrays with a description in one file: the safetensors format (8 bytes header length, JSON header, data), with a CRC-32
/// of the whole file in its `__metadata__`, so that damage anywhere is noticed.
package struct Safetensors {
  package struct Tensor {
    package enum Values {
      case doubles([Double])
      case integers([Int])
    }
    package let name: String
    package let shape: [Int]
    package let values: Values

    package init(_ name: String, shape: [Int], doubles: [Double]) {
      self.init(name, shape: shape, values: .doubles(doubles))
    }

    package init(_ name: String, shape: [Int], integers: [Int]) {
      self.init(name, shape: shape, values: .integers(integers))
    }

    init(_ name: String, shape: [Int], values: Values) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  package let metadata: [(name: String, value: String)]
  package let tensors: [Tensor]

  package init(metadata: [(name: String, value: String)], tensors: [Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  package func tensor(_ name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// Far above what a model needs, and no burden as a tree of values.
  private static let longestHeader = 1 << 20
  private static let checksumName = "crc32"
  /// Stands in the checksum's place while it is computed.
  private static let noChecksum = "00000000"

  package func encoded() -> [UInt8] {
    var members: [(name: String, value: JSON)] = [
      (
        "__metadata__",
        .object([(Self.checksumName, .string(Self.noChecksum))] + metadata.map { ($0.name, .string($0.value)) })
      )
    ]
    var data: [UInt8] = []
    for tensor in tensors {
      let start = data.count
      let type: String
      switch tensor.values {
      case .doubles(let values):
        type = "F64"
        for value in values { append(value.bitPattern, to: &data) }
      case .integers(let values):
        type = "I64"
        for value in values { append(UInt64(bitPattern: Int64(value)), to: &data) }
      }
      members.append(
        (
          tensor.name,
          .object([
            ("dtype", .string(type)), ("shape", .numbers(tensor.shape)),
            ("data_offsets", .numbers([start, data.count])),
          ])
        ))
    }
    var header = Array(JSON.object(members).text.utf8)
    while header.count % 8 != 0 { header.append(0x20) }
    var bytes: [UInt8] = []
    append(UInt64(header.count), to: &bytes)
    bytes += header
    bytes += data
    let sum = Self.hexadecimal(bytes.withUnsafeBytes { crc32Checksum($0) })
    if let place = Self.checksumPlace(bytes[8..<8 + header.count]) { bytes.replaceSubrange(place, with: sum.utf8) }
    return bytes
  }

  private func append(_ word: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func hexadecimal(_ sum: UInt32) -> String {
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Where the checksum's eight digits stand: behind its name, which comes first in the metadata.
  private static func checksumPlace(_ header: ArraySlice<UInt8>) -> Range<Int>? {
    let mark = Array("{\"__metadata__\":{\"\(checksumName)\":\"".utf8)
    guard header.count >= mark.count + 8, header.starts(with: mark) else { return nil }
    return header.startIndex + mark.count..<header.startIndex + mark.count + 8
  }
}

extension Safetensors {
  /// - Parameter name: what to call the file in errors.
  package init(decoding bytes: [UInt8], name: String) throws {
    func damaged(_ what: String) -> EngineError { EngineError(.format, "\(name): \(what)") }
    func word(_ offset: Int) -> UInt64 {
      (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
    }
    guard bytes.count >= 8 else { throw damaged("\(bytes.count) bytes are too few for a model file") }
    guard let length = Int(exactly: word(0)), length <= bytes.count - 8 else {
      throw damaged("the header is \(word(0)) bytes long, the file only \(bytes.count); not a model file, or cut short")
    }
    guard length <= Self.longestHeader else {
      throw damaged("the header is \(length) bytes long; this library writes at most \(Self.longestHeader)")
    }
    let header = bytes[8..<8 + length]
    guard let place = Self.checksumPlace(header) else {
      throw damaged("no checksum found; not a model file of this library")
    }
    var blank = bytes
    blank.replaceSubrange(place, with: Self.noChecksum.utf8)
    let (sum, stated) = (
      Self.hexadecimal(blank.withUnsafeBytes { crc32Checksum($0) }), String(decoding: bytes[place], as: UTF8.self)
    )
    guard sum == stated else {
      throw damaged("checksum \(sum) differs from the stated \(stated); the file is damaged or cut short")
    }
    guard case .object(let members)? = JSON.parse(header) else { throw damaged("the header is not a JSON object") }

    var metadata: [(name: String, value: String)] = []
    var tensors: [Tensor] = []
    var end = 0
    for (member, value) in members {
      if member == "__metadata__" {
        guard case .object(let entries) = value else { throw damaged("__metadata__ is not an object") }
        metadata = entries.compactMap { entry in entry.value.string.map { (entry.name, $0) } }
        continue
      }
      guard let type = value["dtype"]?.string, let shape = value["shape"]?.integers,
        let offsets = value["data_offsets"]?.integers, offsets.count == 2
      else { throw damaged("tensor \"\(member)\" lacks dtype, shape or data_offsets") }
      let available = bytes.count - 8 - length
      var count = 1
      for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow, product <= available / 8 else {
          throw damaged("tensor \"\(member)\" has shape \(shape), more than the file holds")
        }
        count = product
      }
      // Tensors lie one behind the other, as the format demands: together they are no larger than the file.
      guard offsets[0] == end, offsets[0] <= available - 8 * count, offsets[1] == offsets[0] + 8 * count else {
        throw damaged("tensor \"\(member)\" has data_offsets \(offsets), which do not fit its shape \(shape) and place")
      }
      end = offsets[1]
      let words = (0..<count).map { word(8 + length + offsets[0] + 8 * $0) }
      switch type {
      case "F64": tensors.append(Tensor(member, shape: shape, doubles: words.map { Double(bitPattern: $0) }))
      case "I64": tensors.append(Tensor(member, shape: shape, integers: words.map { Int(Int64(bitPattern: $0)) }))
      default: throw damaged("tensor \"\(member)\" has dtype \(type); F64 and I64 are read")
      }
    }
    self.init(metadata: metadata, tensors: tensors)
  }
}

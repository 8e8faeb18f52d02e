import Numerics

/// Named arrays with a description in one file: the safetensors format (8 bytes header length, JSON header, data), with
/// a CRC-32 of the whole file in its `__metadata__`, so that damage anywhere is noticed.
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

  /// The longest header that is read: far above what a model needs, also with the names of all genes, and small enough
  /// as a tree of values.
  static let longestHeader = 1 << 23
  private static let checksumName = "crc32"
  /// What stands in the checksum's place while it is computed.
  static let noChecksum = "00000000"

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

  static func hexadecimal(_ sum: UInt32) -> String {
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Where the checksum's eight digits stand, behind its name, which comes first in the metadata.
  static func checksumPlace(_ header: ArraySlice<UInt8>) -> Range<Int>? {
    let mark = Array("{\"__metadata__\":{\"\(checksumName)\":\"".utf8)
    guard header.count >= mark.count + 8, header.starts(with: mark) else { return nil }
    return header.startIndex + mark.count..<header.startIndex + mark.count + 8
  }
}

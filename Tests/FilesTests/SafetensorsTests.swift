import Files
import Numerics
import TestSupport
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
  private static let file = Safetensors(
    metadata: [("first", "ä \"quoted\"\n"), ("second", "")],
    tensors: [
      Safetensors.Tensor("a", shape: [2, 3], doubles: [1, -0.0, 0x1p-1074, .infinity, -2.5, 1e308]),
      Safetensors.Tensor("b", shape: [], doubles: [7]), Safetensors.Tensor("none", shape: [0, 4], doubles: []),
      Safetensors.Tensor("c ü", shape: [2], integers: [.min, .max]),
    ])

  @Test("What is encoded is decoded")
  func roundTrip() throws {
    let bytes = Self.file.encoded()
    let read = try Safetensors(decoding: bytes, name: "x")
    #expect(read.metadata.filter { $0.name != "crc32" }.map(\.name) == ["first", "second"])
    #expect(read.metadata.filter { $0.name != "crc32" }.map(\.value) == ["ä \"quoted\"\n", ""])
    #expect(read.tensors.map(\.name) == Self.file.tensors.map(\.name))
    #expect(read.tensors.map(\.shape) == [[2, 3], [], [0, 4], [2]])
    for (one, other) in zip(read.tensors, Self.file.tensors) {
      switch (one.values, other.values) {
      case (.doubles(let left), .doubles(let right)): #expect(bits(left) == bits(right))
      case (.integers(let left), .integers(let right)): #expect(left == right)
      default: Issue.record("\(one.name) changed its type")
      }
    }
    #expect(read.tensor("b")?.shape == [] && read.tensor("d") == nil)
  }

  /// The format: a little-endian length, a JSON header padded with blanks to a multiple of 8, then the data, without
  /// gaps.
  @Test("The layout is that of the format")
  func layout() throws {
    let bytes = Self.file.encoded()
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    #expect(length % 8 == 0 && bytes.count == 8 + length + 8 * 9)
    let header = try #require(JSON.parse(bytes[8..<8 + length]))
    #expect(header["a"]?["dtype"]?.string == "F64" && header["a"]?["shape"]?.integers == [2, 3])
    #expect(header["a"]?["data_offsets"]?.integers == [0, 48] && header["c ü"]?["data_offsets"]?.integers == [56, 72])
    #expect(header["c ü"]?["dtype"]?.string == "I64")
    // 1.0 in little-endian order.
    #expect(Array(bytes[8 + length..<16 + length]) == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }

  /// A file with this header, this data and a correct checksum.
  private static func bytes(_ members: String, data: Int = 16) -> [UInt8] {
    func assemble(_ sum: String) -> [UInt8] {
      let header = Array("{\"__metadata__\":{\"crc32\":\"\(sum)\"}\(members)}".utf8)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
      return length + header + [UInt8](repeating: 0, count: data)
    }
    let digits = String(assemble("00000000").withUnsafeBytes { crc32Checksum($0) }, radix: 16)
    return assemble(String(repeating: "0", count: 8 - digits.count) + digits)
  }

  @Test("Tensors that share bytes would make a small file large")
  func overlaps() {
    let twice = ",\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}"
    let error = engineError {
      _ = try Safetensors(decoding: Self.bytes(twice + twice.replacing("\"a\"", with: "\"b\"")), name: "name")
    }
    #expect(error?.kind == .format && error?.message.contains("\"b\"") == true)
  }

  @Test("A checksum that is right does not make a header right")
  func contradictions() throws {
    func tensor(_ shape: String, _ offsets: String, _ type: String = "\"F64\"") -> String {
      ",\"a\":{\"dtype\":\(type),\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }
    #expect(try Safetensors(decoding: Self.bytes(tensor("[2]", "[0,16]")), name: "x").tensors.count == 1)
    #expect(try Safetensors(decoding: Self.bytes("", data: 0), name: "x").tensors.isEmpty)
    for header in [
      // Bytes that belong to no tensor.
      "", tensor("[0]", "[0,0]"),
      tensor("[3]", "[0,24]"), tensor("[2]", "[8,24]"), tensor("[2]", "[0,8]"), tensor("[1]", "[0,16]"),
      tensor("[2]", "[-8,8]"), tensor("[2]", "[16,32]"), tensor("[-1]", "[0,-8]"), tensor("[2]", "[0]"),
      tensor("[2]", "[0,16,16]"), tensor("[2.0]", "[0,16]"), tensor("2", "[0,16]"), tensor("[2]", "null"),
      tensor("[2]", "[0,16]", "\"F32\""), tensor("[2]", "[0,16]", "64"), ",\"a\":1", ",\"a\":null", ",\"a\":{}",
      // Products and sums beyond 64 bits.
      tensor("[4294967296,4294967296]", "[0,0]"), tensor("[9223372036854775807,2]", "[0,16]"),
      tensor("[9223372036854775807,0]", "[0,0]"), tensor("[1]", "[9223372036854775807,9223372036854775807]"),
      tensor("[1]", "[9223372036854775800,9223372036854775808]"), tensor("[1]", "[-9223372036854775808,0]"),
      // Not JSON at all.
      ",", "}", ",\"a\"",
    ] {
      let error = engineError { _ = try Safetensors(decoding: Self.bytes(header), name: "name") }
      #expect(error?.kind == .format && error?.message.hasPrefix("name: ") == true, "\(header)")
    }
  }

  @Test("Lengths beyond the file, and files beyond all lengths")
  func lengths() {
    let bytes = Self.file.encoded()
    for length in [0, 1, UInt64(bytes.count - 7), UInt64(bytes.count), 1 << 62, UInt64(Int64.max), 1 << 63, .max] {
      var changed = bytes
      for index in 0..<8 { changed[index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index))) }
      #expect(engineError { _ = try Safetensors(decoding: changed, name: "x") }?.kind == .format)
    }
    for count in 0..<8 {
      let short = Array(bytes[..<count])
      #expect(engineError { _ = try Safetensors(decoding: short, name: "x") }?.kind == .format)
    }
  }
}

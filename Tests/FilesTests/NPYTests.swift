import Files
import Foundation
import Numerics
import TestSupport
import Testing

@Suite("NumPy files")
struct NPYTests {
  private func parse(_ name: String) throws -> NPYArray { try NPY.parse(try ArrayFixture.bytes(name), name: name) }

  private func expectArray(
    _ array: NPYArray, _ shape: [Int], _ elements: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(array.shape == shape && array.elements == elements, sourceLocation: sourceLocation)
  }

  @Test(
    "Types, byte orders and memory orders",
    arguments: ["f4", "f8", "i4", "i8"], ["little-c", "little-fortran", "big-c", "big-fortran"])
  func types(type: String, order: String) throws {
    let array = try parse("\(type)-\(order).npy")
    #expect(array.shape == [2, 3, 4])
    #expect(array.elements == ArrayFixture.pattern(24, integers: type.hasPrefix("i")))
  }

  @Test("Further types", arguments: ["f2", "i1", "i2", "u1", "u2", "u4", "u8", "b1"], ["little-c", "big-fortran"])
  func moreTypes(type: String, order: String) throws {
    let array = try parse("\(type)-\(order).npy")
    #expect(array.shape == [2, 3, 4])
    let whole = ArrayFixture.pattern(24, integers: true)
    let expected =
      switch type.prefix(1) {
      case "f": whole.map { $0 / 8 }
      case "u": whole.map { $0 + 50 }
      case "b": whole.map { ($0 + 50).truncatingRemainder(dividingBy: 2) }
      default: whole
      }
    #expect(array.elements == expected)
  }

  @Test("Shapes of 0 to 2 dimensions, and empty ones")
  func shapes() throws {
    expectArray(try parse("shape-0.npy"), [], [-50.0 / 8])
    expectArray(try parse("shape-1.npy"), [5], ArrayFixture.pattern(5))
    expectArray(try parse("shape-2.npy"), [4, 3], ArrayFixture.pattern(12))
    expectArray(try parse("shape-2-fortran.npy"), [4, 3], ArrayFixture.pattern(12))
    expectArray(try parse("shape-empty.npy"), [0, 3], [])
  }

  @Test(
    "Format versions, and headers as only others write them",
    arguments: try ArrayFixture.names(".npy").filter { $0.hasPrefix("version") || $0.hasPrefix("header") })
  func headers(name: String) throws {
    expectArray(try parse(name), [4, 3], ArrayFixture.pattern(12))
  }

  @Test("Numbers arrive bit for bit")
  func exact() throws {
    let doubles = [0.0, -0.0, 0x1p-1074, -0x1p-1022, 1.7976931348623157e308, 1.0 / 3, .pi, -1e-17]
    #expect(try parse("exact-f8.npy").elements.map(\.bitPattern) == doubles.map(\.bitPattern))
    let floats: [Float] = [0, -0.0, 0x1p-149, 3.4028235e38, 1.0 / 3, 3.1415927]
    #expect(try parse("exact-f4.npy").elements.map(\.bitPattern) == floats.map { Double($0).bitPattern })
    // 2^53 + 1 and 2^63 - 1 are rounded to the nearest double.
    #expect(try parse("exact-i8.npy").elements == [0x1p53, -0x1p53, 0x1p63, -0x1p63, 0x1p53])
    #expect(try parse("exact-i4.npy").elements == [0x1p31 - 1, -0x1p31, -1])
  }

  @Test(
    "Other types are refused by name",
    arguments: [
      ("object", "\"|O\" (Python objects)"), ("text", "\"<U2\" (text)"), ("bytes", "\"|S2\" (text)"),
      ("complex", "\"<c16\" (complex numbers)"), ("long-double", "\"<f16\""),
      ("date", "(dates)"), ("record", "records"),
    ])
  func refusedTypes(name: String, part: String) throws {
    expectError(.format, part) { _ = try parse("reject-\(name).npy") }
  }

  @Test("More than three dimensions are refused")
  func dimensions() {
    expectError(.shape, "4 dimensions") { _ = try parse("reject-four-dimensions.npy") }
  }

  @Test("What we write is what NumPy writes, byte for byte")
  func written() throws {
    try withFolder { folder in
      func expectSame(_ name: String, _ write: (String) throws -> Void) throws {
        try write("\(folder)/\(name)")
        #expect(
          [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))) == (try ArrayFixture.bytes(name)), "\(name)"
        )
      }
      for (name, shape) in [
        ("shape-0.npy", []), ("shape-1.npy", [5]), ("shape-2.npy", [4, 3]), ("f8-little-c.npy", [2, 3, 4]),
        ("shape-empty.npy", [0, 3]),
      ] {
        try expectSame(name) { try NPY.write(ArrayFixture.pattern(shape.reduce(1, *)), shape: shape, to: $0) }
      }
      try expectSame("f4-little-c.npy") {
        try NPY.write(ArrayFixture.pattern(24).map { Float($0) }, shape: [2, 3, 4], to: $0)
      }
    }
  }

  @Test("A shape that does not fit the elements is not written")
  func refusedShapes() throws {
    try withFolder { folder in
      for shape in [[2], [-1, -3], [Int.max, Int.max], [3, 0]] {
        expectError(.shape) { try NPY.write([1.0, 2, 3], shape: shape, to: "\(folder)/a.npy") }
        expectError(.shape) { try NPY.write([1 as Float, 2, 3], shape: shape, to: "\(folder)/a.npy") }
      }
      expectError(.io, "no/such/folder/a.npy\" could not be written: No such file") {
        try NPY.write([1.0], shape: [1], to: "\(folder)/no/such/folder/a.npy")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.isEmpty)
    }
  }
}

@Suite("Damaged NumPy files")
struct NPYDamageTests {
  /// An array of six doubles behind `header`.
  private func file(_ header: String, version: [UInt8] = [1, 0], length: Int? = nil, data: Int = 48) -> [UInt8] {
    let count = length ?? header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + version + [UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  private func header(shape: String = "(2, 3)", descr: String = "'<f8'", order: String = "False") -> String {
    "{'descr': \(descr), 'fortran_order': \(order), 'shape': \(shape), }\n"
  }

  @Test("The undamaged file is read")
  func sound() throws {
    #expect(try NPY.parse(file(header()), name: "a").shape == [2, 3])
  }

  @Test(
    "Shapes that lie, or are none",
    arguments: [
      "(2, 4)", "(2, 2)", "()", "(6)", "(-2, -3)", "(2, 3, 0)", "(2, 03)", "(2 3)", "(2,, 3)", "(,)", "(2, 3", "2, 3",
      "[2, 3]", "(2.0, 3)", "(+2, 3)", "(0x2, 3)", "(2, 'a')", "(9223372036854775807, 9223372036854775807)",
      "(9223372036854775808,)", "(99999999999999999999999999,)", "(4294967296, 4294967296, 4294967296)",
      "(2305843009213693952,)", "(2LL, 3)", "(2, 3))", "None", "((2, 3))",
    ])
  func shapes(shape: String) {
    expectError(.format, "a") { _ = try NPY.parse(file(header(shape: shape)), name: "a") }
  }

  @Test(
    "Headers that are not the dictionary",
    arguments: [
      "", "\n", "{", "{}", "}", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)} x",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
      "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': '<f8' 'fortran_order': False, 'shape': (2, 3)}", "{'descr': '<f8, 'fortran_order': 0}",
      "{'descr': <f8, 'fortran_order': False, 'shape': (2, 3)}", "{,}",
      "{'descr': '', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': '<f8', 'fortran_order': 0, 'shape': (2, 3)}",
      "{'descr': '<f8', 'fortran_order': false, 'shape': (2, 3)}",
      "{'descr': '<f8', 'fortran_order': Falsehood, 'shape': (2, 3)}",
      "{'descr': '<f88', 'fortran_order': False, 'shape': (2, 3)}",
      "{'descr': 'f8', 'fortran_order': False, 'shape': (2, 3)}",
    ])
  func dictionaries(header: String) {
    expectError(.format, "a") { _ = try NPY.parse(file(header), name: "a") }
  }

  @Test("Versions and lengths that lie")
  func lengths() {
    let sound = header()
    for version: [UInt8] in [[0, 0], [4, 0], [1, 1], [255, 255], [2, 0], [3, 0]] {
      expectError(.format) { _ = try NPY.parse(file(sound, version: version), name: "a") }
    }
    for length in [0, 1, sound.utf8.count - 5, sound.utf8.count + 49, 65535] {
      expectError(.format) { _ = try NPY.parse(file(sound, length: length), name: "a") }
    }
    for data in [0, 47, 49, 96] {
      expectError(.format, "\(data) bytes of data; shape (2, 3) needs 48") {
        _ = try NPY.parse(file(sound, data: data), name: "a")
      }
    }
  }

  @Test("A file cut at any byte is refused", arguments: try ArrayFixture.names(".npy"))
  func truncated(name: String) throws {
    let bytes = try ArrayFixture.bytes(name)
    for length in 0..<bytes.count {
      #expect(throws: EngineError.self) { try NPY.parse(Array(bytes[..<length]), name: name) }
    }
  }

  /// There is no checksum: a type or byte order that became another of the same size cannot be noticed. Any other
  /// change has to be, unless it is of one space for another, or of the length of an array without elements.
  @Test(
    "Any header byte that is damaged is noticed or does not matter",
    arguments: try ArrayFixture.names(".npy").filter { !$0.hasPrefix("reject") })
  func corrupted(name: String) throws {
    let bytes = try ArrayFixture.bytes(name)
    let original = try NPY.parse(bytes, name: name)
    let type = try #require(typeRange(bytes))
    let size = Int(bytes[type.upperBound - 1] - UInt8(ascii: "0"))
    let header = bytes.count - original.elements.count * size
    for index in 0..<header {
      for value in UInt8.min...UInt8.max where value != bytes[index] {
        var damaged = bytes
        damaged[index] = value
        guard let array = try? NPY.parse(damaged, name: name) else { continue }
        let same = array.shape == original.shape && zip(array.elements, original.elements).allSatisfy(==)
        #expect(
          same || type.contains(index) || original.elements.isEmpty, "byte \(index) of \(name) became \(value)")
      }
    }
  }

  /// Where the three characters of a type such as <f8 stand.
  private func typeRange(_ bytes: [UInt8]) -> Range<Int>? {
    (0..<max(bytes.count - 2, 0)).first { start in
      "<>=|".utf8.contains(bytes[start]) && "fiub".utf8.contains(bytes[start + 1])
        && "1248".utf8.contains(bytes[start + 2])
    }.map { $0..<$0 + 3 }
  }

  @Test("Any damaged byte of a file that is refused leaves it readable or refused")
  func corruptedRefused() throws {
    for name in try ArrayFixture.names(".npy") where name.hasPrefix("reject") {
      let bytes = try ArrayFixture.bytes(name)
      for index in bytes.indices {
        for bit in 0..<8 {
          var damaged = bytes
          damaged[index] ^= 1 << bit
          _ = try? NPY.parse(damaged, name: name)
        }
      }
    }
  }
}

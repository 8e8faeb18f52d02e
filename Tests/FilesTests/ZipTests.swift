import Files
import Numerics
import TestSupport
import Testing

@Suite("Archives of NumPy files")
struct ZipTests {
  /// All arrays of an archive.
  private func load(_ bytes: [UInt8]) throws -> [String: NPYArray] {
    let arrays = try NamedArrays(archive: FileBytes(bytes[...]), name: "a.npz")
    return Dictionary(uniqueKeysWithValues: try arrays.names.map { ($0, try arrays.read($0)) })
  }

  /// Whether these are the arrays of `ArrayFixture`, bit for bit.
  private func isSound(_ arrays: [String: NPYArray]) -> Bool {
    let expected: [(name: String, shape: [Int], elements: [Double])] = [
      ("X", [7, 2], ArrayFixture.points.elements), ("time", [7], ArrayFixture.times),
      ("weights", [7], ArrayFixture.weights),
    ]
    return arrays.count == expected.count
      && expected.allSatisfy { name, shape, elements in
        arrays[name].map { $0.shape == shape && bits($0.elements) == bits(elements) } ?? false
      }
  }

  @Test("Stored and deflated members, zip64 sizes, data descriptors, comments", arguments: ArrayFixture.archives)
  func variants(name: String) throws {
    #expect(isSound(try load(try ArrayFixture.bytes(name))))
    let arrays = try NamedArrays(archive: FileBytes(opening: ArrayFixture.path(name)), name: name)
    #expect(arrays.names.sorted() == ["X", "time", "weights"])
  }

  @Test("What is not read is refused with its reason")
  func refused() throws {
    expectError(.format, "compression method 12") { _ = try load(try ArrayFixture.bytes("bzip2.npz")) }
    expectError(.format, "not a zip archive") { _ = try load([]) }
    expectError(.format, "not a zip archive") { _ = try load([UInt8](repeating: 0, count: 100_000)) }
    expectError(.format, "not a zip archive") { _ = try load(try ArrayFixture.bytes("shape-2.npy")) }
    // An archive without members is an end record alone.
    let empty: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    #expect(try load(empty).isEmpty)
  }

  @Test("Encrypted members are refused")
  func encrypted() throws {
    var bytes = try ArrayFixture.bytes("classic.npz")
    for (signature, offset) in [([0x50, 0x4B, 3, 4] as [UInt8], 6), ([0x50, 0x4B, 1, 2], 8)] {
      for place in bytes.ranges(of: signature) { bytes[place.lowerBound + offset] |= 1 }
    }
    expectError(.format, "member \"X.npy\" is encrypted") { _ = try load(bytes) }
  }

  @Test("A promise of more than deflate can hold takes no memory")
  func bomb() throws {
    var bytes = try ArrayFixture.bytes("classic.npz")
    // Both headers of the first member promise 2 GiB.
    for (signature, offset) in [([0x50, 0x4B, 3, 4] as [UInt8], 22), ([0x50, 0x4B, 1, 2], 24)] {
      let place = try #require(bytes.firstRange(of: signature)).lowerBound + offset
      bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0x80])
    }
    expectError(.format, "inflate to 2147483648; deflate reaches 1032 times") { _ = try load(bytes) }
  }

  @Test("Members that overlap, lie outside or have the same name are refused")
  func places() throws {
    let bytes = try ArrayFixture.bytes("classic.npz")
    let entries = bytes.ranges(of: [0x50, 0x4B, 1, 2] as [UInt8]).map(\.lowerBound)
    try #require(entries.count == 3)
    func moved(_ entry: Int, to offset: [UInt8]) -> [UInt8] {
      var changed = bytes
      changed.replaceSubrange(entry + 42..<entry + 46, with: offset)
      return changed
    }
    // An offset beyond the end, and one into another member.
    expectError(.format) { _ = try load(moved(entries[0], to: [0xF0, 0xFF, 0xFF, 0x7F])) }
    expectError(.format, "contradicts") { _ = try load(moved(entries[1], to: [0, 0, 0, 0])) }
    // The directory entry of the first member twice: same name, same place.
    var twice = bytes
    twice.replaceSubrange(entries[1]..<entries[2], with: bytes[entries[0]..<entries[1]])
    let shorter = (entries[2] - entries[1]) - (entries[1] - entries[0])
    let size = twice.count - 22 + 12
    twice[size] -= UInt8(shorter)
    expectError(.format, "two members named \"X.npy\"") { _ = try load(twice) }
  }

  @Test("An archive cut at any byte is refused", arguments: ArrayFixture.archives)
  func truncated(name: String) throws {
    let bytes = try ArrayFixture.bytes(name)
    for length in 0..<bytes.count {
      #expect(throws: EngineError.self) { try load(Array(bytes[..<length])) }
    }
  }

  /// Checksums cover the data, and each header is there twice: no damage can give wrong arrays.
  @Test("Any damaged byte is noticed or does not matter", arguments: ArrayFixture.archives)
  func corrupted(name: String) throws {
    let bytes = try ArrayFixture.bytes(name)
    for index in bytes.indices {
      for value in [bytes[index] ^ 1, bytes[index] ^ 0x80, bytes[index] &+ 1, ~bytes[index], 0, 0xFF]
      where value != bytes[index] {
        var damaged = bytes
        damaged[index] = value
        guard let found = try? load(damaged) else { continue }
        #expect(isSound(found), "byte \(index) became \(value)")
      }
    }
  }
}

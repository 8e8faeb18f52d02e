import Numerics
import Snapshots
import Testing

@Suite("Archives of NumPy files")
struct ZipTests {
  private func load(_ bytes: [UInt8], _ options: LoadOptions = LoadOptions()) throws -> SnapshotSeries {
    try SnapshotSeries.load(npz: bytes, name: "a.npz", options: options)
  }

  /// All that hold the series of Fixture.
  static let sound = [
    "stored.npz", "deflated.npz", "streamed-stored.npz", "streamed-deflated.npz", "classic.npz", "mixed.npz",
    "zip64.npz", "zip64-only.npz",
  ]

  @Test("Stored and deflated members, zip64 sizes, data descriptors, comments", arguments: sound)
  func variants(name: String) throws {
    let bytes = try Fixture.bytes(name)
    #expect(sameBits(try load(bytes), try Fixture.series()))
    #expect(sameBits(try SnapshotSeries.load(Fixture.path(name), options: LoadOptions()), try Fixture.series()))
  }

  @Test("Members that are not asked for may be of any kind; names can be chosen")
  func names() throws {
    let bytes = try Fixture.bytes("unusual.npz")
    let series = try load(bytes)
    #expect(series.snapshots.map(\.time) == [0, 1, 2])
    let integers = Matrix(rows: 7, columns: 2, elements: Fixture.pattern(14))
    let expected = try SnapshotSeries(points: integers, times: Fixture.times.map { 2 * $0 }, weights: nil)
    #expect(sameBits(series, expected))
    #expect(sameBits(try load(bytes, LoadOptions(points: "points", time: "labels")), expected))
    expectError(.format, "has no \"weights\" for the weights array; it has arrays") {
      _ = try load(bytes, LoadOptions(weights: "weights"))
    }
    expectError(.format, "has no \"day\" for the time array") { _ = try load(bytes, LoadOptions(time: "day")) }
    expectError(.format, "Python objects") { _ = try load(bytes, LoadOptions(points: "meta")) }
    expectError(.shape, "\"points\" has shape (7, 2), not (n,)") { _ = try load(bytes, LoadOptions(time: "points")) }
    // A vector is a column.
    #expect(try load(bytes, LoadOptions(points: "labels")).dimension == 1)
  }

  @Test("What is not read is refused with its reason")
  func refused() throws {
    expectError(.format, "compression method 12") { _ = try load(try Fixture.bytes("bzip2.npz")) }
    expectError(.format, "not a zip archive") { _ = try load([]) }
    expectError(.format, "not a zip archive") { _ = try load([UInt8](repeating: 0, count: 100_000)) }
    expectError(.format, "not a zip archive") { _ = try load(try Fixture.bytes("shape-2.npy")) }
    // An archive without members: an end record alone.
    let empty: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    expectError(.format, "has no points array among its 0 arrays") { _ = try load(empty) }
  }

  @Test("Encrypted members are refused")
  func encrypted() throws {
    var bytes = try Fixture.bytes("classic.npz")
    for (signature, offset) in [([0x50, 0x4B, 3, 4] as [UInt8], 6), ([0x50, 0x4B, 1, 2], 8)] {
      for place in bytes.ranges(of: signature) { bytes[place.lowerBound + offset] |= 1 }
    }
    expectError(.format, "member \"X.npy\" is encrypted") { _ = try load(bytes) }
  }

  @Test("A promise of more than deflate can hold takes no memory")
  func bomb() throws {
    var bytes = try Fixture.bytes("classic.npz")
    // Both headers of the first member promise 2 GiB.
    for (signature, offset) in [([0x50, 0x4B, 3, 4] as [UInt8], 22), ([0x50, 0x4B, 1, 2], 24)] {
      let place = try #require(bytes.firstRange(of: signature)).lowerBound + offset
      bytes.replaceSubrange(place..<place + 4, with: [0, 0, 0, 0x80])
    }
    expectError(.format, "inflate to 2147483648; deflate reaches 1032 times") { _ = try load(bytes) }
  }

  @Test("Members that overlap, lie outside or have the same name are refused")
  func places() throws {
    let bytes = try Fixture.bytes("classic.npz")
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

  @Test("An archive cut at any byte is refused", arguments: sound)
  func truncated(name: String) throws {
    let bytes = try Fixture.bytes(name)
    for length in 0..<bytes.count {
      #expect(throws: EngineError.self) { try load(Array(bytes[..<length])) }
    }
  }

  /// Checksums cover the data, and each header is there twice: no damage can give a wrong series.
  @Test("Any damaged byte is noticed or does not matter", arguments: sound)
  func corrupted(name: String) throws {
    let bytes = try Fixture.bytes(name)
    let series = try Fixture.series()
    for index in bytes.indices {
      for value in [bytes[index] ^ 1, bytes[index] ^ 0x80, bytes[index] &+ 1, ~bytes[index], 0, 0xFF]
      where value != bytes[index] {
        var damaged = bytes
        damaged[index] = value
        guard let found = try? load(damaged) else { continue }
        #expect(sameBits(found, series), "byte \(index) became \(value)")
      }
    }
  }
}

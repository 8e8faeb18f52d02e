import Numerics
import Snapshots
import Testing

@Suite("Series in archives")
struct ArchiveTests {
  private func load(_ bytes: [UInt8], _ options: LoadOptions = LoadOptions()) throws -> SnapshotSeries {
    try SnapshotSeries.load(npz: bytes, name: "a.npz", options: options)
  }

  @Test("Archives in all ways that are read", arguments: Fixture.archives)
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
    expectError(.format, "weights = \"weights\" is not one of the arrays of") {
      _ = try load(bytes, LoadOptions(weights: "weights"))
    }
    expectError(.format, "time = \"day\" is not one of the arrays of") { _ = try load(bytes, LoadOptions(time: "day")) }
    expectError(.format, "Python objects") { _ = try load(bytes, LoadOptions(points: "meta")) }
    expectError(.shape, "\"points\" has shape (7, 2), not (n,)") { _ = try load(bytes, LoadOptions(time: "points")) }
    // A vector is a column.
    #expect(try load(bytes, LoadOptions(points: "labels")).dimension == 1)
  }

  @Test("An archive without arrays is refused")
  func empty() throws {
    // An end record alone.
    let empty: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    expectError(.format, "has no points array among its 0 arrays") { _ = try load(empty) }
    expectError(.format, "\"a.npz\" is not a zip archive") { _ = try load([]) }
  }
}

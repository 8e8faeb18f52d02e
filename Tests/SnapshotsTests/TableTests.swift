import Numerics
import Snapshots
import Testing

@Suite("Tables of particles")
struct TableTests {
  private func load(_ text: String, _ options: LoadOptions = LoadOptions()) throws -> SnapshotSeries {
    try SnapshotSeries.load(csv: Array(text.utf8), name: "a.csv", options: options)
  }

  @Test(
    "Line ends, byte order mark, quotes, spaces, blank last lines, order of columns, exponents",
    arguments: [
      "plain.csv", "crlf.csv", "bom.csv", "unended.csv", "blank.csv", "quoted.csv", "spaces.csv", "moved.csv",
      "exponents.csv",
    ])
  func variants(name: String) throws {
    let series = try SnapshotSeries.load(Fixture.path(name), options: LoadOptions())
    #expect(sameBits(series, try Fixture.series()))
  }

  @Test("Nearly the same times are one snapshot where that is asked for")
  func tolerance() throws {
    let text = "day,x\n0.98,1\n2,3\n1.02,2\n"
    let series = try load(text, LoadOptions(timeTolerance: 0.1))
    #expect(series.snapshots.map(\.time) == [0.98, 2] && series.snapshots[0].points.elements == [1, 2])
    #expect(try load(text).snapshots.count == 3)
  }

  @Test("Columns by name, also by one with quotes and a line end in it")
  func names() throws {
    let bytes = try Fixture.bytes("names.csv")
    func load(_ options: LoadOptions) throws -> SnapshotSeries {
      try SnapshotSeries.load(csv: bytes, name: "a.csv", options: options)
    }
    #expect(sameBits(try load(LoadOptions(weights: "w")), try Fixture.series()))
    // Unasked, w would be a coordinate, but it counts the rows as an index does; by name it is one.
    expectError(.format, "column \"w\" numbers the rows") { _ = try load(LoadOptions()) }
    #expect(try load(LoadOptions(points: "y,w")).dimension == 2)
    #expect(try load(LoadOptions(time: "a \"quoted\", name\nover two lines", weights: "w")).snapshots.count == 7)
    expectError(.format, "time = \"day\" is not one of the columns of") {
      _ = try load(LoadOptions(time: "day"))
    }
    expectError(.format, "weights = \"mass\" is not one of the columns of") {
      _ = try load(LoadOptions(weights: "mass"))
    }
  }

  @Test(
    "A bad cell is named by line and column",
    arguments: [
      ("abc", EngineError.Kind.format, "\"abc\" is not a number"), ("", .format, "is empty"),
      ("   ", .format, "is empty"), ("NA", .format, "\"NA\" is not a number"), ("0x10", .format, "not a number"),
      ("1,5", .format, "line 4 has 3 cells; the header has 2"), ("1_000", .format, "not a number"),
      ("1e", .format, "not a number"), ("--1", .format, "not a number"), ("1 2", .format, "not a number"),
      ("1e400", .nonfinite, "\"1e400\" exceeds the range of a double"), ("nan", .nonfinite, "\"nan\" is not finite"),
      ("-Inf", .nonfinite, "\"-Inf\" is not finite"), ("Infinity", .nonfinite, "is not finite"),
      ("\"1", .format, "line 4 has a quote that is not closed"), ("\"1\"2", .format, "text after a closing quote"),
      ("1\"2\"", .format, "a quote within an unquoted cell"), ("\"a\nb\"", .format, "\"a\\nb\" is not a number"),
      (".", .format, "not a number"), ("e5", .format, "not a number"), ("\0", .format, "\"\\0\" is not a number"),
    ])
  func badCells(cell: String, kind: EngineError.Kind, part: String) {
    expectError(kind, part) { _ = try load("t,my x\n0,1\n0,2\n0,\(cell)\n0,3\n") }
    guard !part.hasPrefix("line"), !part.contains("quote") else { return }
    expectError(kind, "line 4, column \"my x\"") { _ = try load("t,my x\n0,1\n0,2\n0,\(cell)\n0,3\n") }
  }

  @Test("Coordinates by name, in the order asked for; other columns may hold anything")
  func selectedColumns() throws {
    let bytes = Array("cell,PC1,time,PC2,n\na,1,0,2,?\nb,3,1,4,\n".utf8)
    let series = try SnapshotSeries.load(csv: bytes, name: "a.csv", options: LoadOptions(points: "PC2, PC1"))
    #expect(series.snapshots.map(\.points.elements) == [[2, 1], [4, 3]])
    expectError(.format, "points = \"PC9\" is not one of the columns of") {
      _ = try SnapshotSeries.load(csv: bytes, name: "a.csv", options: LoadOptions(points: "PC1,PC9"))
    }
    let all = try SnapshotSeries.load(csv: bytes, name: "a.csv", options: LoadOptions())
    #expect(all.names == ["PC1", "PC2"] && all.omitted == ["\"cell\" (index)", "\"n\" (no numbers)"])
    #expect(all.snapshots.map(\.points.elements) == [[1, 2], [3, 4]])
    #expect(all.shuffled(seed: 1).names == all.names)
  }

  @Test("Line numbers count the lines within quoted cells")
  func lineNumbers() {
    expectError(.format, "line 4, column \"x\"") { _ = try load("t,\"a\nb\",x\n0,1,1\n0,1,?\n") }
  }

  @Test("Tables that are none")
  func tables() {
    expectError(.format, "is empty") { _ = try load("") }
    expectError(.format, "is empty") { _ = try load("\n\n \n") }
    expectError(.format, "is empty") { _ = try load("\u{FEFF}") }
    expectError(.format, "has no time column among its columns \"x\", \"y\"") { _ = try load("x,y\n1,2\n") }
    expectError(.format, "has no header line: it begins with \"1\", \"2\"") { _ = try load("1,2\n3,4\n") }
    expectError(.format, "several columns that may be the time: \"T\", \"day\"") { _ = try load("T,x,day\n1,2,3\n") }
    expectError(.format, "has no coordinates: left out were \"\" (index), \"x\" (no numbers)") {
      _ = try load(",x,t\n0,one,2\n")
    }
    expectError(.format, "two columns are named \"x\"") { _ = try load("x, x ,t\n0,1,2\n") }
    expectError(.format, "line 3 has 1 cells") { _ = try load("x,t\n1,2\n\n3,4\n") }
    expectError(.format, "line 2 has 1 cells") { _ = try load("x,t\n1\n") }
    expectError(.shape, "points has no rows") { _ = try load("x,t\n") }
    expectError(.shape, "0 columns") { _ = try load("t\n0\n") }
    expectError(.population, "\"a.csv\": weights[1] = -2.0 is negative") {
      _ = try load("x,t,weights\n1,0,1\n1,0,-2\n")
    }
  }
}

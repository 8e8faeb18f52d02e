import Foundation
import Numerics
import Snapshots
import Testing

/// What Tests/Oracles/arrays.py wrote, and what it put into it.
enum Fixture {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Oracles/arrays")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  static func names(_ suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// Element i in C order is 37 i mod 101 - 50, divided by 8 where the type has fractions.
  static func pattern(_ count: Int, integers: Bool = false) -> [Double] {
    (0..<count).map { Double(37 * $0 % 101 - 50) / (integers ? 1 : 8) }
  }

  static let points = Matrix(rows: 7, columns: 2, elements: pattern(14))
  static let times = [0.5, 0, 0.5, 1, 0, 1, 0.5]
  static let weights: [Double] = [1, 2, 3, 4, 5, 6, 7]

  static func series(weighted: Bool = true) throws -> SnapshotSeries {
    try SnapshotSeries(points: points, times: times, weights: weighted ? weights : nil)
  }
}

/// Runs `body` with the path of an empty folder that is removed afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "snapshots-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// Expects an error of this kind whose one-line message contains `part`.
func expectError(
  _ kind: EngineError.Kind, _ part: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error; expected \(kind): \(part)", sourceLocation: sourceLocation)
  } catch let error as EngineError {
    #expect(error.kind == kind, "\(error.message)", sourceLocation: sourceLocation)
    #expect(part.isEmpty || error.message.contains(part), "\(error.message)", sourceLocation: sourceLocation)
    #expect(!error.message.contains("\n"), sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error) is not an engine error", sourceLocation: sourceLocation)
  }
}

/// The same bits everywhere: 0 and -0 differ.
func sameBits(_ first: SnapshotSeries, _ second: SnapshotSeries) -> Bool {
  func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }
  return first.dimension == second.dimension && first.snapshots.count == second.snapshots.count
    && zip(first.snapshots, second.snapshots).allSatisfy { one, other in
      one.points.rows == other.points.rows && bits(one.points.elements) == bits(other.points.elements)
        && bits([one.time]) == bits([other.time]) && bits(one.weights) == bits(other.weights)
    }
}

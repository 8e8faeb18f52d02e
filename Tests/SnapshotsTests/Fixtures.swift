import Foundation
import Numerics
import Snapshots
import TestSupport
import Testing

typealias Fixture = ArrayFixture

extension ArrayFixture {
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
  guard let error = engineError(body) else {
    Issue.record("no error of the engine; expected \(kind): \(part)", sourceLocation: sourceLocation)
    return
  }
  #expect(error.kind == kind, "\(error.message)", sourceLocation: sourceLocation)
  #expect(part.isEmpty || error.message.contains(part), "\(error.message)", sourceLocation: sourceLocation)
  #expect(!error.message.contains("\n"), sourceLocation: sourceLocation)
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

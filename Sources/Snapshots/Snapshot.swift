import Numerics

/// One observed population: particles, the time they were seen, and how much each counts.
package struct Snapshot: Sendable, Equatable {
  /// Shape (n, d), n >= 1.
  package let points: Matrix
  package let time: Double
  /// n weights, not negative, with sum 1.
  package let weights: [Double]
  /// Where each particle came from: its row among all pooled observations or, where snapshots were given one by one,
  /// within its snapshot. No computation uses them.
  package internal(set) var rows: [Int]

  init(points: Matrix, time: Double, weights: [Double], rows: [Int]) {
    self.points = points
    self.time = time
    self.weights = weights
    self.rows = rows
  }

  /// The particles of a snapshot at another time, where they have moved to.
  ///
  /// - Parameter weights: nil for those of the snapshot
  package init(_ start: Snapshot, movedTo points: Matrix, at time: Double, weights: [Double]? = nil) {
    precondition(points.rows == start.points.rows, "a particle got lost")
    self.init(points: points, time: time, weights: weights ?? start.weights, rows: start.rows)
  }

  /// The particles at some places, with weights of their own; each keeps its row.
  func selecting(_ places: [Int], weights: [Double]) -> Snapshot {
    Snapshot(points: points.selecting(rows: places), time: time, weights: weights, rows: places.map { rows[$0] })
  }
}

/// Snapshots mu_0 .. mu_T at increasing times, all in the same coordinates.
package struct SnapshotSeries: Sendable, Equatable {
  package let dimension: Int
  package internal(set) var snapshots: [Snapshot]
  /// Names of the coordinates, where they were columns of a table; else empty.
  package var names: [String] = []
  /// Columns of the table that were left out, each with the reason.
  package internal(set) var omitted: [String] = []

  package init(dimension: Int) {
    self.dimension = dimension
    snapshots = []
  }

  /// A series without snapshots, in the coordinates of another.
  package init(emptyLike other: SnapshotSeries) {
    self.init(dimension: other.dimension)
    names = other.names
  }

  /// Adds a snapshot of a series of the same dimension, later than all that are there.
  package mutating func append(_ snapshot: Snapshot) {
    precondition(snapshot.points.columns == dimension && snapshots.last?.time ?? -.infinity < snapshot.time)
    snapshots.append(snapshot)
  }

  /// Replaces the rows of snapshot k.
  ///
  /// - Parameter rows: one for each particle, 0 or more.
  /// - Throws: `.invalid`
  package mutating func setRows(_ rows: [Int], of k: Int) throws {
    precondition(rows.count == snapshots[k].points.rows)
    if let bad = rows.firstIndex(where: { $0 < 0 }) {
      throw EngineError(.invalid, "rows[\(bad)] = \(rows[bad]) is less than 0")
    }
    snapshots[k].rows = rows
  }
}

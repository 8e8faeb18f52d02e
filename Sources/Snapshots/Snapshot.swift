import Numerics

/// One observed population: particles, the time they were seen, and how much each counts.
package struct Snapshot: Sendable, Equatable {
  /// Shape (n, d), n >= 1.
  package let points: Matrix
  package let time: Double
  /// n weights, not negative, with sum 1.
  package let weights: [Double]

  package init(points: Matrix, time: Double, weights: [Double]) {
    self.points = points
    self.time = time
    self.weights = weights
  }
}

/// Snapshots mu_0 .. mu_T at increasing times, all in the same coordinates.
package struct SnapshotSeries: Sendable, Equatable {
  package let dimension: Int
  package internal(set) var snapshots: [Snapshot]
  /// Names of the coordinates, where they were columns of a table; else empty.
  package internal(set) var names: [String] = []
  /// Columns of the table that were left out, each with the reason.
  package internal(set) var omitted: [String] = []

  package init(dimension: Int) {
    self.dimension = dimension
    snapshots = []
  }
}

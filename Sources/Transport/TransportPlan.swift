import Numerics

/// The cost c(x, y) of moving a unit of mass from x to y.
package enum GroundCost: Sendable {
  /// ||x - y||^2
  case squaredEuclidean
  /// ||x - y||
  case euclidean
}

/// An optimal plan between two discrete populations, with the dual potentials that prove it.
package struct TransportPlan: Sendable {
  package struct Entry: Sendable, Equatable {
    package let row: Int
    package let column: Int
    package let mass: Double

    package init(row: Int, column: Int, mass: Double) { (self.row, self.column, self.mass) = (row, column, mass) }
  }

  package let rows: Int
  package let columns: Int
  /// The pairs that carry mass, ordered by row, then column; at most rows + columns - 1.
  package let entries: [Entry]
  /// u_i + v_j <= c(x_i, y_j), with equality where mass flows.
  package let dualX: [Double]
  package let dualY: [Double]
  package let cost: Double
  package let dualCost: Double
  /// Largest deviation of a row or column sum from its marginal, relative to the total mass.
  package let marginalError: Double
  /// (cost - dualCost) / max(cost, 1e-12 x the largest cost of a pair)
  package let gap: Double
  /// Simplex pivots.
  package let iterations: Int
}

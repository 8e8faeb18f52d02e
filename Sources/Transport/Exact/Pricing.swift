import Numerics

/// Dual potentials of the simplex, whose rounding does not count: u per row, v per column.
package struct Duals: Sendable {
  package var u: [DoubleDouble]
  package var v: [DoubleDouble]

  package init(u: [DoubleDouble], v: [DoubleDouble]) {
    self.u = u
    self.v = v
  }
}

/// Reduced costs c_ij - u_i - v_j of all pairs: what still violates dual feasibility.
package struct Pricing: Sendable {
  /// Up to `arcsPerRow` of the most violated pairs of each row, ordered by row.
  package let violated: [Arc]
  /// Per row, min(0, min_j c_ij - u_i - v_j): what u_i has to give up to be feasible.
  package let excess: [Double]

  package static let arcsPerRow = 6

  /// - Parameters:
  ///   - tolerance: reduced costs above -tolerance (c_ij + |u_i| + |v_j|) count as rounding for `violated`, though not
  ///     for `excess`
  ///   - nearest: of each row, for some weights; where its bounds are above u, only the pairs that it found are looked at
  package init(
    _ geometry: Geometry, _ duals: Duals, tolerance: Double, knowing nearest: NearestPairs? = nil,
    _ interruption: Interruption?
  ) throws {
    var rows = [RowPricing](repeating: RowPricing(), count: geometry.x.count)
    let open = nearest.map { Self.price($0, geometry, duals, tolerance, &rows) } ?? Array(rows.indices)
    if !open.isEmpty { try Self.price(open, geometry, duals, tolerance, &rows, interruption) }
    violated = rows.flatMap { $0.worst.map(\.arc) }
    excess = rows.map(\.excess)
  }

  /// What has been seen of a row.
  private struct RowPricing: Sendable {
    var worst: [(reduced: Double, arc: Arc)] = []
    var excess = 0.0

    @inline(__always)
    mutating func see(_ row: Int, _ column: Int, _ geometry: Geometry, _ duals: Duals, _ tolerance: Double) {
      let (u, v) = (duals.u[row], duals.v[column])
      let cost = geometry.cost(row, column)
      let reduced = (DoubleDouble.exactSum(cost, -u.hi) - v + DoubleDouble(-u.lo)).hi
      excess = min(excess, reduced)
      guard reduced < -tolerance * (cost + abs(u.hi) + abs(v.hi)) else { return }
      if worst.count == arcsPerRow {
        guard reduced < worst[arcsPerRow - 1].reduced else { return }
        worst.removeLast()
      }
      let place = worst.firstIndex { reduced < $0.reduced } ?? worst.count
      let arc = Arc(row: Int32(truncatingIfNeeded: row), column: Int32(truncatingIfNeeded: column), cost: cost)
      worst.insert((reduced, arc), at: place)
    }
  }

  /// Prices the rows whose other pairs are known to be feasible: c_ij - v_j is at least the row's bound less the most that
  /// a weight has grown since.
  ///
  /// - Returns: the other rows.
  private static func price(
    _ nearest: NearestPairs, _ geometry: Geometry, _ duals: Duals, _ tolerance: Double, _ rows: inout [RowPricing]
  ) -> [Int] {
    var growth = 0.0
    for (v, weight) in zip(duals.v, nearest.weights) {
      growth = max(growth, v.hi - weight.hi + 0x1p-51 * (abs(v.hi) + abs(weight.hi)))
    }
    var open: [Int] = []
    for row in rows.indices {
      let u = duals.u[row].hi
      guard u + 0x1p-51 * abs(u) < nearest.bounds[row] - growth else {
        open.append(row)
        continue
      }
      for column in nearest.found[row * nearest.size..<(row + 1) * nearest.size] {
        rows[row].see(row, Int(column), geometry, duals, tolerance)
      }
    }
    return open
  }

  /// Prices some rows; the search's own numbers decide which pairs to look at twice.
  private static func price(
    _ open: [Int], _ geometry: Geometry, _ duals: Duals, _ tolerance: Double, _ rows: inout [RowPricing],
    _ interruption: Interruption?
  ) throws {
    try rows.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let rows = buffer
      try geometry.forEachPair(rows: open, weights: duals.v, below: { duals.u[$0].hi }, interruption) { row, column in
        rows[row].see(row, column, geometry, duals, tolerance)
      }
    }
  }
}

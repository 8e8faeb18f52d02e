import Numerics

/// Dual potentials, u per row and v per column, in double-doubles, so that their rounding does not count.
package struct Duals: Sendable {
  package var u: [DoubleDouble]
  package var v: [DoubleDouble]

  package init(u: [DoubleDouble], v: [DoubleDouble]) {
    self.u = u
    self.v = v
  }
}

/// The pairs whose reduced cost c_ij - u_i - v_j violates dual feasibility, found among all pairs.
package struct Pricing: Sendable {
  /// Up to `arcsPerRow` of the most violated pairs of each row, ordered by row.
  package let violated: [Arc]
  /// Per row, min(0, min_j c_ij - u_i - v_j), which has to be added to u_i to make it feasible.
  package let excess: [Double]

  package static let arcsPerRow = 6

  /// - Parameters:
  ///   - tolerance: reduced costs above -tolerance (c_ij + |u_i| + |v_j|) count as rounding for `violated`, though not
  ///     for `excess`
  ///   - nearest: the nearest pairs of each row under some weights; where their bound is above u, only these pairs are
  ///     looked at
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

  /// The worst pairs of a row so far, and its excess.
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

  /// Prices the rows whose pairs beyond the nearest ones are known to be feasible: c_ij - v_j of these is at least the
  /// row's bound less the largest growth of a weight since the search.
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

  /// Prices some rows. The search finds the pairs that may be violated, whose reduced costs are then computed as
  /// double-doubles.
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

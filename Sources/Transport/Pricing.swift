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
struct Pricing: Sendable {
  /// Up to `arcsPerRow` of the most violated pairs of each row, ordered by row.
  let violated: [Arc]
  /// Per row, min(0, min_j c_ij - u_i - v_j): what u_i has to give up to be feasible.
  let excess: [Double]
  let largestCost: Double

  static let arcsPerRow = 6

  /// - Parameter tolerance: reduced costs above -tolerance (c_ij + |u_i| + |v_j|) count as rounding for `violated`,
  ///   though not for `excess`.
  init(_ geometry: Geometry, _ duals: Duals, tolerance: Double) {
    let rows = geometry.x.count
    // A vectorised estimate in plain doubles decides which pairs to look at twice; its rounding is below 2^-50 of
    // |u_i| + |v_j| + c_ij.
    let slack = 0x1p-49
    let weights = PairScan.blocked(duals.v.map { $0.hi + slack * abs($0.hi) })
    let grain = 64
    var pieces = [Piece](repeating: Piece(), count: (rows + grain - 1) / grain)
    pieces.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let pieces = buffer
      Parallel.forRanges(rows, grain: grain) { range in
        pieces[range.lowerBound / grain] = weights.withUnsafeBufferPointer { weights in
          guard let base = weights.baseAddress else { return Piece() }
          let scan = PairScan(set: geometry.y, metric: geometry.metric, weights: base)
          return Self.price(range, geometry, duals, scan, slack, tolerance)
        }
      }
    }
    violated = pieces.flatMap(\.violated)
    excess = pieces.flatMap(\.excess)
    largestCost = pieces.reduce(0) { max($0, $1.largestCost) }
  }

  private struct Piece: Sendable {
    var violated: [Arc] = []
    var excess: [Double] = []
    var largestCost = 0.0
  }

  private static func price(
    _ range: Range<Int>, _ geometry: Geometry, _ duals: Duals, _ scan: PairScan, _ slack: Double, _ tolerance: Double
  ) -> Piece {
    var piece = Piece()
    var worst: [(reduced: Double, arc: Arc)] = []
    for row in range {
      let u = duals.u[row]
      var excess = 0.0
      worst.removeAll(keepingCapacity: true)
      let limit = u.hi + slack * abs(u.hi)
      let largest = scan.run(from: geometry.x.rows + row * geometry.x.dimension, limit: limit) { column, squared, _ in
        let cost = geometry.cost(squared: squared)
        let v = duals.v[column]
        let reduced = (DoubleDouble.exactSum(cost, -u.hi) - v + DoubleDouble(-u.lo)).hi
        excess = min(excess, reduced)
        guard reduced < -tolerance * (cost + abs(u.hi) + abs(v.hi)) else { return }
        if worst.count == arcsPerRow {
          guard reduced < worst[arcsPerRow - 1].reduced else { return }
          worst.removeLast()
        }
        let place = worst.firstIndex { reduced < $0.reduced } ?? worst.count
        let arc = Arc(
          row: Int32(truncatingIfNeeded: row), column: Int32(truncatingIfNeeded: column), cost: cost)
        worst.insert((reduced, arc), at: place)
      }
      piece.violated.append(contentsOf: worst.lazy.map(\.arc))
      piece.excess.append(excess)
      piece.largestCost = max(piece.largestCost, geometry.cost(squared: largest))
    }
    return piece
  }
}

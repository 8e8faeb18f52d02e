import Numerics

/// Potentials to begin with.
enum RoughDuals {
  /// Of every `thinning` points one goes into the coarser problem.
  private static let thinning = 2
  /// Problems with fewer points than this are their own coarsest level.
  private static let coarsest = 400

  static func find(_ problem: TransportProblem) throws -> Duals {
    let geometry = problem.geometry
    guard min(geometry.x.count, geometry.y.count) >= coarsest else { return translation(geometry) }
    let rows = sample(geometry.x.count, stream: 0)
    let columns = sample(geometry.y.count, stream: 1)
    let coarse = problem.selecting(rows: rows, columns: columns)
    let duals = try SimplexPlan.solve(coarse, gap: 1e-3).duals
    let v = CandidateArcs.leastReducedCosts(geometry.y, among: coarse.geometry.x, geometry.metric, duals.u.map(\.hi))
    let u = CandidateArcs.leastReducedCosts(geometry.x, among: coarse.geometry.y, geometry.metric, duals.v.map(\.hi))
    return Duals(u: u.map { DoubleDouble($0) }, v: v.map { DoubleDouble($0) })
  }

  private static func sample(_ count: Int, stream: UInt64) -> [Int] {
    var random = PhiloxSequence(seed: 0, stream: stream)
    return random.permutation(count).prefix((count + thinning - 1) / thinning).sorted()
  }

  /// For squared distances, those of the best translation: moving y by the difference t of the means changes
  /// ||x - y||^2 by a function of x plus a function of y,
  ///
  ///     ||x_i - y_j||^2 - u_i - v_j = ||(x_i - mean x) - (y_j - mean y)||^2,
  ///     u_i = -2 t (x_i - mean x),  v_j = 2 t (y_j - mean y) + ||t||^2,
  ///
  /// so that neighbours are sought after alignment. For distances, zero.
  private static func translation(_ geometry: Geometry) -> Duals {
    var duals = Duals(
      u: [DoubleDouble](repeating: .zero, count: geometry.x.count),
      v: [DoubleDouble](repeating: .zero, count: geometry.y.count))
    guard geometry.metric == .squaredEuclidean else { return duals }
    let (meanX, meanY) = (mean(geometry.x), mean(geometry.y))
    let shift = zip(meanY, meanX).map { $0 - $1 }
    let constant = shift.reduce(0) { $0 + $1 * $1 }
    for i in duals.u.indices { duals.u[i] = DoubleDouble(-2 * dot(shift, geometry.x, i, meanX)) }
    for j in duals.v.indices { duals.v[j] = DoubleDouble(2 * dot(shift, geometry.y, j, meanY) + constant) }
    return duals
  }

  private static func mean(_ points: PointSet) -> [Double] {
    (0..<points.dimension).map { k in
      // Relative to the first point, which keeps far points apart.
      let origin = points.rows[k]
      let sum = (0..<points.count).reduce(0.0) { $0 + (points.rows[$1 * points.dimension + k] - origin) }
      return origin + sum / Double(points.count)
    }
  }

  private static func dot(_ shift: [Double], _ points: PointSet, _ index: Int, _ mean: [Double]) -> Double {
    shift.indices.reduce(0) { $0 + shift[$1] * (points.rows[index * points.dimension + $1] - mean[$1]) }
  }
}

import Numerics

/// What is known of the optimum before the simplex begins: rough potentials, and pairs that probably carry mass.
///
/// Both come from the plan of a thinner problem with half or a third of the points, which itself begins from a thinner
/// one. The quality of a guess affects the work only, never the result.
struct Guess {
  var duals: Duals
  var pairs: [CandidateArcs.Pair] = []

  /// One of so many points goes into the thinner problem: more in few dimensions, where its plan is more useful.
  private static func thinning(dimension: Int) -> Int { dimension <= neighbourlyDimensions ? 2 : 3 }
  /// Problems with fewer points than this are not thinned.
  private static let smallest = 400
  /// Relative duality gap to which the thinner problem is solved.
  private static let roughGap = 1e-3
  /// Neighbours of each point whose partners in the thinner plan become candidates, in up to `neighbourlyDimensions`.
  private static let neighbours = 8
  static let neighbourlyDimensions = 3

  init(_ problem: TransportProblem, _ interruption: Interruption?) throws {
    let geometry = problem.geometry
    guard min(geometry.x.count, geometry.y.count) >= Self.smallest else {
      duals = Self.translation(geometry)
      return
    }
    let thinner = problem.selecting(
      rows: Self.sample(geometry.x, side: 0), columns: Self.sample(geometry.y, side: 1))
    let solution = try SimplexPlan.solve(thinner, gap: Self.roughGap, isThinned: true, interruption)
    duals = try Self.extended(solution.duals, thinner.geometry, to: geometry, interruption)
    if geometry.x.dimension <= Self.neighbourlyDimensions {
      pairs = try Self.partnersOfNeighbours(solution.flows, thinner.geometry, geometry, interruption)
    }
  }

  /// - Parameter side: tells the points of x from those of y
  private static func sample(_ points: PointSet, side: Int) -> [Int] {
    var random = PhiloxSequence(seed: 0, stream: RandomPurpose.guess.stream(side))
    let thinning = thinning(dimension: points.dimension)
    return random.permutation(points.count).prefix((points.count + thinning - 1) / thinning).sorted()
  }

  /// The largest potentials that those of the thinner problem allow: u_i = min_j c(x_i, y_j) - v_j over its columns,
  /// and likewise v.
  private static func extended(
    _ duals: Duals, _ thinner: Geometry, to geometry: Geometry, _ interruption: Interruption?
  ) throws -> Duals {
    Duals(
      u: try thinner.leastReducedCosts(of: geometry.x, duals.v, interruption),
      v: try thinner.reversed.leastReducedCosts(of: geometry.y, duals.u, interruption))
  }

  /// If the thinner plan moves x' to y', then neighbours of x' probably go to neighbours of y'.
  private static func partnersOfNeighbours(
    _ flows: [Flow], _ thinner: Geometry, _ geometry: Geometry, _ interruption: Interruption?
  ) throws -> [CandidateArcs.Pair] {
    let noWeights = Duals(
      u: [DoubleDouble](repeating: .zero, count: thinner.x.count),
      v: [DoubleDouble](repeating: .zero, count: thinner.y.count))
    let rowsNear = pointsNear(
      try thinner.reversed.nearest(geometry.x, weights: noWeights.u, neighbours, interruption), thinner.x.count)
    let columnsNear = pointsNear(
      try thinner.nearest(geometry.y, weights: noWeights.v, neighbours, interruption), thinner.y.count)
    var pairs: [CandidateArcs.Pair] = []
    // Reserves room for the nearest pairs too, which the caller appends: growing the array for them would take three
    // times its memory for a while.
    pairs.reserveCapacity(flows.count * neighbours * neighbours + 16 * (geometry.x.count + geometry.y.count))
    for flow in flows {
      for row in rowsNear[flow.row] {
        for column in columnsNear[flow.column] { pairs.append(CandidateArcs.Pair(row: row, column: column)) }
      }
    }
    return pairs
  }

  /// For each of `count` points, the points that have it among their nearest, at most 32, which is about twice the
  /// usual number: a point may be near very many.
  private static func pointsNear(_ nearest: NearestPairs, _ count: Int) -> [[Int32]] {
    var near = [[Int32]](repeating: [], count: count)
    for (place, index) in nearest.found.enumerated() where near[Int(index)].count < 4 * neighbours {
      near[Int(index)].append(Int32(truncatingIfNeeded: place / nearest.size))
    }
    return near
  }

  /// For squared distances, the potentials of the best translation: moving y by the difference t of the means changes
  /// ||x - y||^2 by a function of x plus a function of y,
  ///
  ///     ||x_i - y_j||^2 - u_i - v_j = ||(x_i - mean x) - (y_j - mean y)||^2,
  ///     u_i = -2 t (x_i - mean x),  v_j = 2 t (y_j - mean y) + ||t||^2,
  ///
  /// so that neighbours are sought after the populations are aligned. For distances all potentials are zero.
  static func translation(_ geometry: Geometry) -> Duals {
    var duals = Duals(
      u: [DoubleDouble](repeating: .zero, count: geometry.x.count),
      v: [DoubleDouble](repeating: .zero, count: geometry.y.count))
    guard geometry.metric == .squaredEuclidean else { return duals }
    let (meanX, meanY) = (geometry.x.mean, geometry.y.mean)
    let shift = zip(meanY, meanX).map { $0 - $1 }
    let constant = shift.reduce(0) { $0 + $1 * $1 }
    for i in duals.u.indices { duals.u[i] = DoubleDouble(-2 * geometry.x.projection(i, from: meanX, on: shift).sum) }
    for j in duals.v.indices {
      duals.v[j] = DoubleDouble(2 * geometry.y.projection(j, from: meanY, on: shift).sum + constant)
    }
    return duals
  }
}

import Numerics

/// What the simplex begins with: arcs, a plan on some of them, and potentials of the rows.
struct SimplexStart {
  var arcs: [Arc]
  let flows: [Flow]
  let u: [Double]
  /// The nearest pairs of each row under the guess.
  let nearest: NearestPairs

  /// Nearest pairs per point, for rows and for columns: fewer where the guess has pairs of its own. With half or twice
  /// as many the running time differs little.
  private static func perPoint(dimension: Int) -> Int { dimension <= Guess.neighbourlyDimensions ? 5 : 8 }

  /// - Parameter isThinned: whether this is the thinner problem of another, for which shortest paths were too long.
  init(_ problem: TransportProblem, isThinned: Bool, _ interruption: Interruption?) throws {
    if !isThinned, let assignment = try Self.assignment(problem, interruption) {
      self = assignment
      return
    }
    var guess = try Guess(problem, interruption)
    let geometry = problem.geometry
    let perPoint = Self.perPoint(dimension: geometry.x.dimension)
    nearest = try geometry.nearest(weights: guess.duals.v, perPoint, interruption)
    let reverse = try geometry.reversed.nearest(weights: guess.duals.u, perPoint, interruption)
    // The lists are long, so each is released as soon as the next one is built.
    var pairs: [CandidateArcs.Pair] = []
    swap(&pairs, &guess.pairs)
    pairs += CandidateArcs.pairs(ofRows: nearest)
    pairs += CandidateArcs.pairs(ofColumns: reverse)
    arcs = CandidateArcs.arcs(geometry, pairs)
    pairs = []
    try interruption?.check()
    flows = try FeasibleStart.find(problem, arcs: arcs, guess.duals, interruption)
    var least = [Double](repeating: .infinity, count: problem.supply.count)
    for arc in arcs {
      least[Int(arc.row)] = min(least[Int(arc.row)], arc.cost - guess.duals.v[Int(arc.column)].hi)
    }
    u = least
  }

  init(arcs: [Arc], flows: [Flow], u: [Double], nearest: NearestPairs) {
    (self.arcs, self.flows, self.u, self.nearest) = (arcs, flows, u, nearest)
  }
}

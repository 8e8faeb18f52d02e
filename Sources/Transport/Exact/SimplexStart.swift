import Numerics

/// What the simplex begins with: arcs, a plan on some of them, and potentials of the rows.
struct SimplexStart {
  var arcs: [Arc]
  let flows: [Flow]
  let u: [Double]
  /// Of each row, under the guess.
  let nearest: NearestPairs

  /// Nearest pairs per point, both ways, for the simplex: fewer where the guess has pairs, too. Between half and twice as many
  /// the running time differs little.
  private static func perPoint(dimension: Int) -> Int { dimension <= Guess.neighbourlyDimensions ? 5 : 8 }

  /// - Parameter isThinned: whether the problem is a thinner one of another, for which shortest paths were too long.
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
    // There are many: each list is let go as soon as the next one stands.
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

  private init(arcs: [Arc], flows: [Flow], u: [Double], nearest: NearestPairs) {
    (self.arcs, self.flows, self.u, self.nearest) = (arcs, flows, u, nearest)
  }

  /// Of every so many rows one may be left without a column by the nearest pairs; else shortest paths will be long.
  private static let rowsPerFreeRow = 20

  /// Where every row goes to one column: shortest augmenting paths from the nearest pairs, or nil where those do not get far.
  private static func assignment(
    _ problem: TransportProblem, _ interruption: Interruption?
  ) throws -> SimplexStart? {
    let (supply, demand, geometry) = (problem.supply, problem.demand, problem.geometry)
    guard supply.count == demand.count, let units = supply.first, (supply + demand).allSatisfy({ $0 == units })
    else { return nil }
    let guess = Guess.translation(geometry)
    // Populations one step apart need a few pairs of the rows only.
    for (perPoint, columnsToo) in [(4, false), (8, true)] {
      let nearest = try geometry.nearest(weights: guess.v, perPoint, interruption)
      var pairs = CandidateArcs.pairs(ofRows: nearest)
      if columnsToo {
        pairs += CandidateArcs.pairs(
          ofColumns: try geometry.reversed.nearest(weights: guess.u, perPoint, interruption))
      }
      let arcs = CandidateArcs.arcs(geometry, pairs)
      let assignment = Assignment(ArcList(arcs, rows: supply.count), v: guess.v.map(\.hi))
      try assignment.reduce { try interruption?.check() }
      let free = assignment.freeRows.count
      guard free * rowsPerFreeRow <= (columnsToo ? 1 : 6) * supply.count else { return nil }
      if free > 0, !columnsToo { continue }
      try assignment.augment { try interruption?.check() }
      let duals = Duals(u: assignment.u.map { DoubleDouble($0) }, v: assignment.v.map { DoubleDouble($0) })
      let assigned = assignment.columnOfRow.enumerated().compactMap { row, column in
        column < 0 ? nil : Flow(row: row, column: Int(column), units: units)
      }
      return SimplexStart(
        arcs: arcs, flows: try FeasibleStart.find(problem, flows: assigned, arcs: [], duals, interruption),
        u: assignment.u, nearest: nearest)
    }
    return nil
  }
}

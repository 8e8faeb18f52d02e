import Numerics

extension SimplexStart {
  /// The start of problems in which every row goes to one column: shortest augmenting paths from the nearest pairs. Nil
  /// for other problems, and where row reductions leave so many rows without a column that paths would be long.
  static func assignment(_ problem: TransportProblem, _ interruption: Interruption?) throws -> SimplexStart? {
    guard let units = problem.unitsOfEveryPoint else { return nil }
    let guess = Guess.translation(problem.geometry)
    let count = problem.supply.count
    // For populations one step apart, a few pairs of the rows are enough.
    let few = try ReducedPairs(problem.geometry, guess, perPoint: 4, ofColumnsToo: false, interruption)
    if few.freeRows == 0 { return try few.start(problem, units, interruption) }
    guard 20 * few.freeRows <= 6 * count else { return nil }
    let more = try ReducedPairs(problem.geometry, guess, perPoint: 8, ofColumnsToo: true, interruption)
    guard 20 * more.freeRows <= count else { return nil }
    return try more.start(problem, units, interruption)
  }
}

/// Nearest pairs, and the assignment that row reductions make of them.
private struct ReducedPairs {
  private let nearest: NearestPairs
  private let arcs: [Arc]
  private let assignment: Assignment
  /// Rows that are left without a column.
  let freeRows: Int

  init(
    _ geometry: Geometry, _ guess: Duals, perPoint: Int, ofColumnsToo: Bool, _ interruption: Interruption?
  ) throws {
    nearest = try geometry.nearest(weights: guess.v, perPoint, interruption)
    var pairs = CandidateArcs.pairs(ofRows: nearest)
    if ofColumnsToo {
      pairs += CandidateArcs.pairs(
        ofColumns: try geometry.reversed.nearest(weights: guess.u, perPoint, interruption))
    }
    arcs = CandidateArcs.arcs(geometry, pairs)
    assignment = Assignment(ArcList(arcs, rows: geometry.x.count), v: guess.v.map(\.hi))
    try assignment.reduce { try interruption?.check() }
    freeRows = assignment.freeRows.count
  }

  /// Assigns the free rows along shortest paths. Rows that stay free are filled from their nearest pairs.
  func start(_ problem: TransportProblem, _ units: Int, _ interruption: Interruption?) throws -> SimplexStart {
    try assignment.augment { try interruption?.check() }
    let duals = Duals(u: assignment.u.map { DoubleDouble($0) }, v: assignment.v.map { DoubleDouble($0) })
    let assigned = assignment.columnOfRow.enumerated().compactMap { row, column in
      column < 0 ? nil : Flow(row: row, column: Int(column), units: units)
    }
    return SimplexStart(
      arcs: arcs, flows: try FeasibleStart.find(problem, flows: assigned, arcs: [], duals, interruption),
      u: assignment.u, nearest: nearest)
  }
}

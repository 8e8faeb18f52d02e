import Numerics

extension EntropicOptions {
  /// The options with numbers in place of the usual relaxations: twice the mean cost of the exact plan, so that mass is
  /// rather destroyed than moved to where hardly any goes. The entropy is then a twentieth of that mean cost, unless it
  /// is given.
  func resolved(_ populations: PlanArguments, _ metric: GroundCost, _ interruption: Interruption?) throws
    -> EntropicOptions
  {
    let usual = Self.usualRelaxation
    guard relaxationX == usual || relaxationY == usual else { return self }
    let moved = try populations.meanExactCost(metric, interruption)
    let cost = moved > 0 ? moved : populations.extent(metric)
    var options = self
    if relaxationX == usual { options.relaxationX = 2 * cost }
    if relaxationY == usual { options.relaxationY = 2 * cost }
    if epsilon == nil, cost > 0 {
      options.epsilon = min(0.05 * cost, 0.1 * min(options.relaxationX, options.relaxationY))
    }
    return options
  }
}

extension PlanArguments {
  private static let sample = 200

  /// The mean cost of the exact plan, as a scale: that between at most `sample` particles of each population, evenly
  /// spaced in their order.
  package func meanExactCost(_ metric: GroundCost, _ interruption: Interruption?) throws -> Double {
    let (x, a) = Self.thinned(x, a)
    let (y, b) = Self.thinned(y, b)
    return try Transport.exactPlan(from: x, masses: a, to: y, masses: b, cost: metric, interruption: interruption).cost
  }

  /// The largest cost from the first particle of x to another one; 1 where they coincide. It stands for the mean cost
  /// where nothing moves.
  fileprivate func extent(_ metric: GroundCost) -> Double {
    let first = x.row(0)
    let square = (0..<x.rows).reduce(0.0) { largest, row in
      max(largest, zip(x.row(row), first).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
    }
    guard square > 0, square.isFinite else { return 1 }
    return metric == .euclidean ? square.squareRoot() : square
  }

  /// Some of the particles that have mass, and their masses divided by their sum.
  private static func thinned(_ points: Matrix, _ masses: [Double]?) -> (points: Matrix, masses: [Double]?) {
    let weighed = masses.map { masses in masses.indices.filter { masses[$0] > 0 } } ?? Array(0..<points.rows)
    let count = min(sample, weighed.count)
    let chosen = (0..<count).map { weighed[$0 * weighed.count / count] }
    let sum = masses.map { masses in chosen.reduce(0) { $0 + masses[$1] } } ?? 0
    return (points.selecting(rows: chosen), masses.map { masses in chosen.map { masses[$0] / sum } })
  }
}

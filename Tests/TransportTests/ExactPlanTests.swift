import Numerics
import Testing
import Transport

/// Optimality is checked from the definitions alone (marginals, feasible duals, complementary slackness) on problems of
/// all kinds.
@Suite struct ExactPlanTests {
  @Test(arguments: bothCosts)
  func randomClouds(_ cost: GroundCost) throws {
    var source = PointSource(1)
    for (n, m, d) in [(1, 1, 1), (1, 9, 2), (9, 1, 3), (40, 40, 2), (60, 37, 5), (17, 90, 3), (120, 121, 10)] {
      try Problem("equal masses", source.normal(n, d), source.normal(m, d, offset: 1, scale: 2)).check(cost)
      try Problem(
        "weighted", source.normal(n, d), source.weights(n), source.normal(m, d, offset: 1), source.weights(m)
      ).check(cost)
    }
  }

  @Test(arguments: bothCosts)
  func degenerate(_ cost: GroundCost) throws {
    var source = PointSource(2)
    for round in 0..<20 {
      let n = 5 + 3 * round
      let x = source.grid(n, 2)
      try Problem("grid assignment", x, source.grid(n, 2)).check(cost)
      try Problem("grid", x, source.grid(n + 7, 2)).check(cost)
      try Problem(
        "grid, counts", x, source.counts(n, total: 60), source.grid(n + 1, 2), source.counts(n + 1, total: 60)
      )
      .check(cost)
      try Problem("line", source.line(n, 3), source.line(n + round % 2, 3)).check(cost)
      let same = try Problem("x = y", x, x).check(cost)
      #expect(same.cost == 0)
      let cloud = source.normal(n, 3)
      #expect(try Problem("x = y", cloud, cloud).check(cost).cost == 0)
    }
    let equal = Matrix(rows: 12, columns: 3, elements: [Double](repeating: 7, count: 36))
    let plan = try Problem("all points equal", equal, equal).check(cost)
    #expect(plan.cost == 0 && plan.gap == 0)
  }

  @Test(arguments: bothCosts)
  func offsetsAndScales(_ cost: GroundCost) throws {
    var source = PointSource(3)
    for (offset, scale) in [(1e6, 1.0), (-1e6, 1e-3), (0, 1e-9), (0, 1e9), (1e9, 1e9), (0, 1e-150), (0, 1e150)] {
      for d in [1, 2, 4] {
        try Problem(
          "offset \(offset), scale \(scale)", source.normal(40, d, offset: offset, scale: scale),
          source.normal(50, d, offset: offset, scale: scale)
        ).check(cost)
      }
    }
    try Problem("far apart", source.normal(50, 3), source.normal(50, 3, offset: 1e6)).check(cost)
  }

  /// The optimal cost is 10^12 times below the largest cost: potentials in plain doubles could not even express the
  /// optimum.
  @Test(arguments: bothCosts)
  func tinyCosts(_ cost: GroundCost) throws {
    var source = PointSource(4)
    for noise in [1e-3, 1e-5, 1e-6, 1e-9, 1e-13] {
      for d in [1, 2, 5] {
        let x = source.normal(60, d)
        var y = x
        for k in y.elements.indices { y.elements[k] += noise * source.random.normal() }
        try certified(Problem("noise \(noise)", x, y), cost)
        // Pairs of close points, so that the order within a pair matters too.
        let twins = Matrix(rows: 120, columns: d, elements: x.elements + y.elements)
        var moved = twins
        for k in moved.elements.indices { moved.elements[k] += noise * source.random.normal() }
        try certified(Problem("twins \(noise)", twins, moved), cost)
        // Both populations have one far outlier.
        var (far, farMoved) = (x, y)
        far.elements[0] = 1e6
        farMoved.elements[d] = 1e6
        try certified(Problem("outlier, noise \(noise)", far, farMoved), cost)
      }
    }
  }

  /// Above 400 points the simplex begins from thinner problems: the same kinds of problems again, and clusters of
  /// unequal mass.
  @Test(arguments: bothCosts)
  func large(_ cost: GroundCost) throws {
    var source = PointSource(11)
    let (n, m) = (900, 801)
    try Problem("cloud", source.normal(n, 2), source.normal(m, 2, offset: 3, scale: 2)).check(cost)
    try Problem("assignment", source.normal(n, 6), source.normal(n, 6)).check(cost)
    try Problem("weighted", source.normal(n, 3), source.weights(n), source.normal(m, 3), source.weights(m)).check(cost)
    try Problem("grid assignment", source.grid(n, 2, side: 4), source.grid(n, 2, side: 4)).check(cost)
    try Problem("grid", source.grid(n, 3, side: 10), source.grid(m, 3, side: 10)).check(cost)
    try Problem("line", source.line(n, 3), source.line(m, 3)).check(cost)
    let equal = Matrix(rows: n, columns: 2, elements: [Double](repeating: -3, count: 2 * n))
    try Problem("all points equal", equal, equal).check(cost)
    let cloud = source.normal(n, 2)
    try Problem("x = y", cloud, cloud).check(cost)
    // Nearly all mass is on one point.
    var heavy = [Double](repeating: 1, count: n)
    heavy[17] = 1e6
    try Problem("heavy", cloud, heavy, cloud, heavy.reversed()).check(cost)
    // Two far clusters: x has more points in one of them, and y in the other.
    var (x, y) = (source.normal(n, 2), source.normal(m, 2))
    for row in 0..<600 { x[row, 0] += 1000 }
    for row in 0..<200 { y[row, 0] += 1000 }
    try Problem("clusters", x, y).check(cost)
  }

  /// Masses differ by many orders of magnitude, and some are tiny.
  @Test(arguments: bothCosts)
  func unevenMasses(_ cost: GroundCost) throws {
    var source = PointSource(5)
    for total in [1.0, 1e-300, 1e300, 0x1p-1060] {
      let raw = (0..<30).map { _ in exp10(-20 * source.random.uniform()) }
      let sum = raw.reduce(0, +)
      let a = raw.map { $0 / sum * total }
      let y = source.normal(30, 2)
      let plan = try Problem("uneven", source.normal(30, 2), a, y, a.reversed()).plan(cost)
      #expect(plan.marginalError <= 1e-12)
      #expect(plan.gap <= 1e-9)
    }
  }

  @Test func zeroMassesCarryNothing() throws {
    var source = PointSource(6)
    for cost in bothCosts {
      for d in [1, 3] {
        let (x, y) = (source.normal(30, d), source.normal(40, d))
        let (a, b) = (source.counts(30, total: 25), source.counts(40, total: 25))
        let plan = try Problem("zeros", x, a, y, b).check(cost)
        #expect(plan.entries.allSatisfy { a[$0.row] > 0 && b[$0.column] > 0 })
        let rows = a.indices.filter { a[$0] > 0 }
        let columns = b.indices.filter { b[$0] > 0 }
        let without = try exactPlan(
          from: x.selecting(rows: rows), masses: rows.map { a[$0] }, to: y.selecting(rows: columns),
          masses: columns.map { b[$0] }, cost: cost)
        #expect(abs(plan.cost - without.cost) <= 1e-13 * plan.cost)
      }
    }
  }

  /// Equal masses, however given, make a permutation of exactly those masses.
  @Test func assignmentsArePermutations() throws {
    var source = PointSource(7)
    for d in [1, 3] {
      let (x, y) = (source.normal(77, d), source.normal(77, d))
      for masses in [nil, [Double](repeating: 1 / 77, count: 77)] {
        let plan = try exactPlan(from: x, masses: masses, to: y, masses: masses, cost: .squaredEuclidean)
        #expect(plan.entries.map(\.row) == Array(0..<77))
        #expect(plan.entries.map(\.column).sorted() == Array(0..<77))
        #expect(plan.entries.allSatisfy { $0.mass == 1 / 77 })
      }
    }
  }

  /// Equal points are solved as one. Their rows share its mass again, each with its own.
  @Test func equalPointsShareTheirMass() throws {
    let x = Matrix(rows: 5, columns: 2, elements: [0, 0, 1, 0, 0, 0, 1, 0, -0.0, 0])
    let y = Matrix(rows: 5, columns: 2, elements: [1, 1, 0, 1, 1, 1, 0, 1, 0, 1])
    for cost in bothCosts {
      let plan = try Problem("equal points", x, y).check(cost)
      #expect(plan.entries.map(\.column).sorted() == Array(0..<5))
      #expect(abs(plan.cost - 1) <= 1e-15)
    }
    let masses = [1.0, 2, 3, 4, 5]
    try Problem("equal points, own masses", x, masses, y, masses.reversed()).check(.squaredEuclidean)
  }

  /// Totals that differ by rounding are balanced; the plan then carries a, and b rescaled to its sum.
  @Test func totalsWithinTolerance() throws {
    var source = PointSource(8)
    let (x, y) = (source.normal(20, 2), source.normal(30, 2))
    let a = source.weights(20)
    let b = source.weights(30).map { $0 * (1 + 5e-10) }
    let plan = try exactPlan(from: x, masses: a, to: y, masses: b, cost: .squaredEuclidean)
    #expect(plan.marginalError <= 1e-12)
    var sums = [Double](repeating: 0, count: 20)
    for entry in plan.entries { sums[entry.row] += entry.mass }
    #expect(zip(sums, a).allSatisfy { abs($0 - $1) <= 1e-12 })
    try Problem("a alone", x, a, y, nil).check(.euclidean)
    try Problem("b alone", y, nil, x, a).check(.euclidean)
  }

  /// Costs scale and translations cancel: c(sx + t, sy + t) = s^p c(x, y).
  @Test func equivariance() throws {
    var source = PointSource(9)
    let (x, y) = (source.normal(70, 3), source.normal(80, 3))
    func moved(_ points: Matrix) -> Matrix {
      Matrix(rows: points.rows, columns: points.columns, elements: points.elements.map { 4 * $0 + 16 })
    }
    for (cost, power) in [(GroundCost.squaredEuclidean, 16.0), (.euclidean, 4.0)] {
      let plan = try exactPlan(from: x, masses: nil, to: y, masses: nil, cost: cost)
      let other = try exactPlan(from: moved(x), masses: nil, to: moved(y), masses: nil, cost: cost)
      // Adding 16 rounds coordinates of order 1 to 2^-48.
      #expect(abs(other.cost - power * plan.cost) <= 1e-12 * other.cost)
      let reversed = try exactPlan(from: y, masses: nil, to: x, masses: nil, cost: cost)
      #expect(abs(reversed.cost - plan.cost) <= 1e-13 * plan.cost)
    }
  }

  @Test(arguments: bothCosts)
  func independentOfThreads(_ cost: GroundCost) throws {
    var source = PointSource(10)
    let (x, y) = (source.normal(700, 3), source.normal(600, 3, offset: 1))
    let before = Parallel.threadCount
    defer { Parallel.threadCount = before }
    var plans: [TransportPlan] = []
    for count in [1, 2, 5] {
      Parallel.threadCount = count
      plans.append(try exactPlan(from: x, masses: nil, to: y, masses: nil, cost: cost))
    }
    for plan in plans {
      #expect(plan.entries == plans[0].entries)
      #expect(plan.dualX == plans[0].dualX && plan.dualY == plans[0].dualY)
      #expect(plan.cost == plans[0].cost && plan.iterations == plans[0].iterations)
    }
  }

  /// For duals that plain doubles cannot hold to the accuracy of the full check: checks the plan's own certificate, and
  /// its cost.
  private func certified(_ problem: Problem, _ cost: GroundCost) throws {
    let plan = try problem.plan(cost)
    #expect(abs(plan.gap) <= 1e-9, "\(problem)")
    #expect(plan.marginalError <= 1e-12, "\(problem)")
    let identity = (0..<problem.x.rows).reduce(0.0) { $0 + groundCost(problem.x, $1, problem.y, $1, cost) }
    let total = plan.entries.reduce(0.0) {
      $0 + $1.mass * groundCost(problem.x, $1.row, problem.y, $1.column, cost)
    }
    #expect(abs(plan.cost - total) <= 1e-12 * total, "\(problem)")
    #expect(plan.cost <= identity / Double(problem.x.rows) * (1 + 1e-12), "\(problem)")
  }
}

private func exp10(_ power: Double) -> Double {
  let whole = power.rounded(.down)
  return Double(sign: .plus, exponent: Int((whole * 3.32).rounded()), significand: 1 + (power - whole))
}

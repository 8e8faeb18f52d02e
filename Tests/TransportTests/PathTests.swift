import Numerics
import TestSupport
import Testing
import Transport

/// Problems for each method, verified from the definitions over all pairs.
@Suite struct PathTests {
  /// Independent clouds of equal size: shortest augmenting paths in many dimensions, the simplex in few.
  @Test(arguments: bothCosts)
  func assignments(_ cost: GroundCost) throws {
    var source = PointSource(50)
    for (n, d) in [(1500, 4), (1500, 10), (800, 50), (250, 1000)] {
      let plan = try Problem("assignment", source.normal(n, d), source.normal(n, d, offset: 0.3)).check(cost)
      #expect(plan.entries.map(\.row) == Array(0..<n))
      #expect(plan.entries.map(\.column).sorted() == Array(0..<n))
    }
    // Equal masses of any size, and whole multiples of them on equal points.
    let (x, y) = (source.normal(600, 10), source.normal(600, 10))
    let masses = [Double](repeating: 0.1, count: 600)
    try Problem("masses of 0.1", x, masses, y, masses).check(cost)
    let twice = Array(0..<600) + Array(0..<600)
    try Problem("pairs of twins", x.selecting(rows: twice), y.selecting(rows: twice)).check(cost)
  }

  /// No particle is nearest to the successor of another, so that the nearest pairs are the plan.
  @Test(arguments: bothCosts)
  func steps(_ cost: GroundCost) throws {
    var source = PointSource(51)
    for (n, d) in [(1500, 2), (1500, 4), (800, 50), (250, 1000)] {
      let x = source.normal(n, d)
      let order = source.random.permutation(n)
      var y = x.selecting(rows: order)
      // In the plane, neighbours of 1500 points are some 0.02 apart.
      for k in y.elements.indices { y.elements[k] += 1e-5 * source.random.normal() }
      let plan = try Problem("step", x, y).check(cost)
      #expect(plan.entries.allSatisfy { order[$0.column] == $0.row })
    }
  }

  /// A far outlier; drift that is large beside the spread; and populations of which one is so much narrower that all
  /// its points have the same nearest ones, which cannot carry a plan.
  @Test(arguments: bothCosts)
  func unevenGeometry(_ cost: GroundCost) throws {
    var source = PointSource(52)
    for d in [2, 12] {
      let (x, y, fewer) = (source.normal(450, d), source.normal(450, d), source.normal(420, d))
      var far = y
      far[17, 0] = 1e5
      try Problem("outlier", x, far).check(cost)
      try Problem("outliers", far, far.selecting(rows: Array(10..<440))).check(cost)
      for drift in [1e3, 1e6] {
        func moved(_ points: Matrix) -> Matrix {
          Matrix(rows: points.rows, columns: d, elements: points.elements.map { $0 + drift })
        }
        try Problem("drift \(drift)", x, moved(y)).check(cost)
        try Problem("drift \(drift)", x, moved(fewer)).check(cost)
      }
      for size in [1e-1, 1e-5] {
        let narrow = source.normal(450, d, scale: size)
        try Problem("narrow \(size) to wide", narrow, y).check(cost)
        try Problem("wide to narrow \(size)", fewer, narrow).check(cost)
      }
      // From the centre of a sphere, from which all its points are equally far.
      let sphere = Matrix(
        rows: 450, columns: d,
        elements: (0..<450).flatMap { row in y.row(row).map { $0 / euclideanNorm(Array(y.row(row))) } })
      try Problem("centre to sphere", source.normal(450, d, scale: 1e-4), sphere).check(cost)
    }
  }

  /// Clusters whose distance grows from their size to a million times that, so that searches change from single to
  /// double precision. Mass has to go from one cluster to the other.
  @Test(arguments: bothCosts)
  func clusters(_ cost: GroundCost) throws {
    var source = PointSource(53)
    for d in [2, 10] {
      for distance in [1, 30, 300, 1e3, 3e3, 1e4, 1e6] {
        var (x, y) = (source.normal(500, d), source.normal(450, d))
        for row in 0..<250 { x[row, d - 1] += distance }
        for row in 0..<240 { y[row, d - 1] += distance }
        try Problem("clusters \(distance) apart", x, y).check(cost)
        try Problem("clusters \(distance) apart", x.selecting(rows: Array(0..<450)), y).check(cost)
      }
    }
  }

  @Test(arguments: bothCosts)
  func sizesAndWeights(_ cost: GroundCost) throws {
    var source = PointSource(54)
    for (n, m, d) in [(1200, 400, 2), (500, 1100, 8), (1000, 3, 5), (1, 700, 30), (999, 1000, 3)] {
      let (x, y) = (source.normal(n, d), source.normal(m, d, scale: 0.5))
      try Problem("sizes", x, y).check(cost)
      try Problem("weights", x, source.weights(n), y, source.weights(m)).check(cost)
      try Problem("weights of x", x, source.weights(n), y, nil).check(cost)
    }
  }

  /// Points without mass have the largest potentials that the potentials of the others allow.
  @Test(arguments: bothCosts)
  func masslessPoints(_ cost: GroundCost) throws {
    var source = PointSource(55)
    for (n, m, d, offset) in [(500, 600, 2, 0), (300, 300, 10, 1e3), (200, 100, 100, 0)] {
      let (x, y) = (source.normal(n, d), source.normal(m, d, offset: offset))
      let (a, b) = (source.counts(n, total: n), source.counts(m, total: n))
      let plan = try Problem("massless", x, a, y, b).check(cost)
      // `check` proves them feasible, and each is tight for some pair.
      func slack(_ i: Int, _ j: Int) -> Double {
        let (c, u, v) = (groundCost(x, i, y, j, cost), plan.dualX[i], plan.dualY[j])
        return c - u - v - 0x1p-51 * (c + abs(u) + abs(v))
      }
      for i in 0..<n where a[i] == 0 {
        #expect((0..<m).contains { slack(i, $0) <= 0 }, "row \(i), d = \(d)")
      }
      for j in 0..<m where b[j] == 0 {
        #expect((0..<n).contains { a[$0] > 0 && slack($0, j) <= 0 }, "column \(j), d = \(d)")
      }
    }
  }

  /// Results have the same bits on one thread and on several, by every method.
  @Test(arguments: bothCosts)
  func threads(_ cost: GroundCost) throws {
    var source = PointSource(56)
    for (n, m, d) in [(900, 900, 10), (900, 900, 2), (700, 500, 4)] {
      let (x, y) = (source.normal(n, d), source.normal(m, d))
      let a = n == m ? nil : source.counts(n, total: m)
      let b = a.map { _ in [Double](repeating: 1, count: m) }
      let plans = try [1, 2, 3].map { count in
        try withThreads(count) { try exactPlan(from: x, masses: a, to: y, masses: b, cost: cost) }
      }
      for plan in plans {
        #expect(plan.entries == plans[0].entries && plan.iterations == plans[0].iterations)
        #expect(bits(plan.dualX) == bits(plans[0].dualX) && bits(plan.dualY) == bits(plans[0].dualY))
      }
    }
  }
}

import JKOnetStar
import Testing

@Suite struct PlanTests {
  /// n points on a line or in a plane, from remainders, so that no two lie alike.
  private func scattered(_ n: Int, _ factors: (Int, Int), _ moduli: (Int, Int)) throws -> Points {
    var rows: [[Double]] = []
    for k in 0..<n {
      let first = (k * factors.0) % moduli.0
      let second = (k * factors.1) % moduli.1
      rows.append([Double(first), Double(second)])
    }
    return try Points(rows)
  }

  private func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for k in a.indices { sum += (a[k] - b[k]) * (a[k] - b[k]) }
    return sum
  }

  @Test func thePlanBetweenLinesSortsThem() throws {
    let x = try Points([[3], [1], [2]])
    let y = try Points([[10], [30], [20]])
    let plan = try TransportPlan(from: x, to: y)
    #expect(plan.entries.map(\.source) == [0, 1, 2])
    #expect(plan.entries.map(\.target) == [1, 0, 2])
    // (27^2 + 9^2 + 18^2) / 3
    #expect(abs(plan.cost - 378) < 1e-9)
    #expect(plan.gap < 1e-12 && plan.marginalError < 1e-12)
    // The mean of 27, 9 and 18.
    #expect(abs(try wassersteinDistance(x, y) - 18) < 1e-12)
  }

  @Test func dualPotentialsProveTheCost() throws {
    let x = try scattered(30, (7, 5), (11, 13))
    let y = try scattered(20, (3, 11), (17, 7))
    let plan = try TransportPlan(from: x, to: y)
    let (u, v) = plan.dualPotentials
    for (i, source) in x.enumerated() {
      for (j, target) in y.enumerated() {
        // Costs reach 400; potentials are sums of few of them.
        #expect(u[i] + v[j] <= squaredDistance(source, target) + 1e-11)
      }
    }
    let dual: Double = u.reduce(0, +) / 30 + v.reduce(0, +) / 20
    #expect(abs(dual - plan.cost) < 1e-10)
    let mass = plan.entries.map(\.mass).reduce(0, +)
    #expect(abs(mass - 1) < 1e-12)
  }

  @Test(arguments: Benchmark.names) func benchmarksHaveTheirGradients(_ name: String) throws {
    let x = [1.3, -0.4]
    let h = 1e-6
    let benchmark = try Benchmark(name)
    let gradient = try benchmark.gradient(at: Points([x]))[0]
    for k in 0..<2 {
      var (above, below) = (x, x)
      above[k] += h
      below[k] -= h
      let values = try benchmark.values(at: Points([above, below]))
      let difference = (values[0] - values[1]) / (2 * h)
      // Rounding of values of up to some hundred, divided by 2e-6, is 1e-8; third derivatives add less.
      #expect(abs(difference - gradient[k]) < 1e-5 * (1 + abs(gradient[k])))
    }
  }
}

import JKOnetStar
import Testing

@Suite struct PlanTests {
  @Test func thePlanBetweenLinesSortsThem() throws {
    let plan = try TransportPlan(from: Points([[3], [1], [2]]), to: Points([[10], [30], [20]]))
    #expect(plan.entries.map(\.source) == [0, 1, 2])
    #expect(plan.entries.map(\.target) == [1, 0, 2])
    // (27^2 + 9^2 + 18^2) / 3
    #expect(abs(plan.cost - 378) < 1e-9 && plan.gap < 1e-12 && plan.marginalError < 1e-12)
    let distance = try wassersteinDistance(Points([[3], [1], [2]]), Points([[10], [30], [20]]))
    #expect(abs(distance - 18) < 1e-12)
  }

  @Test func dualPotentialsProveTheCost() throws {
    let x = try Points((0..<30).map { [Double(($0 * 7) % 11), Double(($0 * 5) % 13)] })
    let y = try Points((0..<20).map { [Double(($0 * 3) % 17), Double(($0 * 11) % 7)] })
    let plan = try TransportPlan(from: x, to: y)
    let (u, v) = plan.dualPotentials
    for i in 0..<30 {
      for j in 0..<20 {
        let cost = zip(x[i], y[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        // Costs reach 400; potentials are sums of few of them.
        #expect(u[i] + v[j] <= cost + 1e-11)
      }
    }
    #expect(abs(u.reduce(0, +) / 30 + v.reduce(0, +) / 20 - plan.cost) < 1e-10)
    #expect(abs(plan.entries.reduce(0) { $0 + $1.mass } - 1) < 1e-12)
  }

  @Test func benchmarksHaveTheirGradients() throws {
    let (x, h) = ([1.3, -0.4], 1e-6)
    for name in Benchmark.names {
      let benchmark = try Benchmark(name)
      let gradient = try benchmark.gradient(at: Points([x]))[0]
      for k in 0..<2 {
        var (above, below) = (x, x)
        above[k] += h
        below[k] -= h
        let values = try benchmark.values(at: Points([above, below]))
        #expect(abs((values[0] - values[1]) / (2 * h) - gradient[k]) < 1e-5 * (1 + abs(gradient[k])), "\(name)")
      }
    }
  }
}

import CSystem
import Numerics
import Testing
import Transport

/// Sinkhorn's algorithm in its textbook form: dense matrices, natural logarithms, one epsilon, plain updates.
struct DenseSinkhorn {
  let costs: [[Double]]
  let a: [Double]
  let b: [Double]
  let epsilon: Double
  var f: [Double]
  var g: [Double]

  init(
    _ problem: Problem, _ cost: GroundCost, epsilon: Double, rho: (Double, Double) = (.infinity, .infinity),
    iterations: Int = 5000
  ) {
    let (x, y) = (problem.x, problem.y)
    costs = (0..<x.rows).map { i in (0..<y.rows).map { groundCost(x, i, y, $0, cost) } }
    (a, b) = (problem.massesX, problem.massesY)
    self.epsilon = epsilon
    f = [Double](repeating: 0, count: x.rows)
    g = [Double](repeating: 0, count: y.rows)
    let (kx, ky) = (1 / (1 + epsilon / rho.0), 1 / (1 + epsilon / rho.1))
    for _ in 0..<iterations {
      let old = f
      for i in f.indices { f[i] = kx * Self.softMinimum(costs[i], g, b, epsilon) }
      for j in g.indices { g[j] = ky * Self.softMinimum(costs.map { $0[j] }, f, a, epsilon) }
      if zip(f, old).allSatisfy({ abs($0 - $1) <= 1e-15 * (abs($0) + epsilon) }) { break }
    }
  }

  static func softMinimum(_ costs: [Double], _ potentials: [Double], _ masses: [Double], _ epsilon: Double) -> Double {
    let terms = costs.indices.map { log(masses[$0]) + (potentials[$0] - costs[$0]) / epsilon }
    let largest = terms.max() ?? 0
    return -epsilon * (largest + log(terms.reduce(0) { $0 + exp($1 - largest) }))
  }

  func mass(_ i: Int, _ j: Int) -> Double { a[i] * b[j] * exp((f[i] + g[j] - costs[i][j]) / epsilon) }

  var plan: [[Double]] { a.indices.map { i in b.indices.map { mass(i, $0) } } }

  var cost: Double {
    var sum = 0.0
    for i in a.indices { for j in b.indices { sum += mass(i, j) * costs[i][j] } }
    return sum
  }

  /// The minimised objective, at the plan.
  func objective(rho: (Double, Double)) -> Double {
    let plan = self.plan
    func divergence(_ p: Double, _ q: Double) -> Double { p > 0 ? p * log(p / q) - p + q : q }
    var sum = cost
    for i in a.indices { for j in b.indices { sum += epsilon * divergence(plan[i][j], a[i] * b[j]) } }
    if rho.0 < .infinity { for i in a.indices { sum += rho.0 * divergence(plan[i].reduce(0, +), a[i]) } }
    if rho.1 < .infinity {
      for j in b.indices { sum += rho.1 * divergence(plan.reduce(0) { $0 + $1[j] }, b[j]) }
    }
    return sum
  }
}

extension Problem {
  func entropicPlan(
    _ cost: GroundCost, _ epsilon: Double?, tolerance: Double = 1e-11,
    rho: (Double, Double) = (.infinity, .infinity), maxIterations: Int = 100_000
  ) throws -> EntropicPlan {
    try Transport.entropicPlan(
      from: x, masses: a, to: y, masses: b, cost: cost,
      options: EntropicOptions(
        epsilon: epsilon, tolerance: tolerance, maxIterations: maxIterations, relaxationX: rho.0, relaxationY: rho.1))
  }
}

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

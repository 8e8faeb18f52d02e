import CSystem
import Numerics
import Testing
import Transport

/// Plans with relaxed marginals against the dense algorithm, their optimality conditions and their limits.
@Suite struct UnbalancedTests {
  /// Different sums, a mass of zero, and clouds with an offset.
  private static func problems() -> [Problem] {
    var source = PointSource(60)
    var b = source.weights(33).map { 1.7 * $0 }
    b[5] = 0
    return [
      Problem("growing", source.normal(27, 2), source.weights(27), source.normal(33, 2, offset: 0.7), b),
      Problem("line", source.normal(31, 1), nil, source.normal(40, 1), source.weights(40)),
      Problem("one", source.normal(1, 3), [2], source.normal(12, 3), source.weights(12)),
    ]
  }

  private static let relaxations: [(Double, Double)] = [
    (1, 1), (0.1, 5), (.infinity, 0.5), (2, .infinity), (300, 300),
  ]

  @Test(arguments: bothCosts) func agreesWithTheDenseAlgorithm(cost: GroundCost) throws {
    for problem in Self.problems() {
      for rho in Self.relaxations {
        let dense = DenseSinkhorn(problem, cost, epsilon: 0.3, rho: rho, iterations: 60_000)
        let plan = try problem.entropicPlan(cost, 0.3, tolerance: 1e-11, rho: rho)
        #expect(plan.converged, "\(problem) \(rho): \(plan.marginalError)")
        #expect(abs(plan.cost - dense.cost) <= 1e-9 * max(1, dense.cost), "\(problem) \(rho)")
        let objective = dense.objective(rho: rho)
        #expect(abs(plan.objective - objective) <= 1e-9 * max(1, objective), "\(problem) \(rho)")
        let rows = dense.plan.map { $0.reduce(0, +) }
        #expect(largestDifference(plan.rowMasses, rows) <= 1e-9, "\(problem) \(rho)")
        // With both relaxations finite, no constant can be moved from one potential to the other.
        let mass = zip(problem.massesX, zip(plan.potentialX, dense.f)).reduce(0.0) {
          $1.0 > 0 ? max($0, abs($1.1.0 - $1.1.1)) : $0
        }
        #expect(mass <= 1e-7, "\(problem) \(rho)")
      }
    }
  }

  /// (P 1)_i = a_i exp(-f_i / rho_x) and (P^T 1)_j = b_j exp(-g_j / rho_y).
  @Test func massesFollowFromPotentials() throws {
    for problem in Self.problems() {
      let plan = try problem.entropicPlan(.squaredEuclidean, 0.2, tolerance: 1e-10, rho: (0.8, 1.5))
      for (i, mass) in problem.massesX.enumerated() {
        #expect(abs(plan.rowMasses[i] - mass * exp(-plan.potentialX[i] / 0.8)) <= 1e-9)
      }
      for (j, mass) in problem.massesY.enumerated() {
        #expect(abs(plan.columnMasses[j] - mass * exp(-plan.potentialY[j] / 1.5)) <= 1e-9)
      }
    }
  }

  /// As rho grows, the plan tends to the balanced one, with an error of 1 / rho.
  @Test func strongRelaxationsAreBalanced() throws {
    var source = PointSource(61)
    let problem = Problem("limit", source.normal(40, 2), source.normal(50, 2, offset: 1))
    let balanced = try problem.entropicPlan(.squaredEuclidean, 0.3, tolerance: 1e-9)
    for rho in [1e3, 1e6] {
      let plan = try problem.entropicPlan(.squaredEuclidean, 0.3, tolerance: 1e-9, rho: (rho, rho))
      #expect(plan.converged)
      #expect(abs(plan.cost - balanced.cost) <= 100 / rho)
      #expect(largestDifference(plan.rowMasses, balanced.rowMasses) <= 10 / rho)
    }
  }

  /// Mass that is far from everything is destroyed instead of moved.
  @Test func farMassDies() throws {
    let x = Matrix(rows: 3, columns: 1, elements: [0, 0.1, 50])
    let y = Matrix(rows: 2, columns: 1, elements: [0, 0.2])
    let plan = try Problem("far", x, y).entropicPlan(.squaredEuclidean, 0.05, tolerance: 1e-9, rho: (1, 1))
    #expect(plan.converged && plan.rowMasses[2] < 1e-100 && plan.rowMasses[0] > 0.3)
    // All mass is destroyed where both populations are far apart.
    let apart = try Problem("apart", x, Matrix(rows: 1, columns: 1, elements: [1e6]))
      .entropicPlan(.squaredEuclidean, 0.05, rho: (1, 1))
    #expect(apart.converged && apart.mass == 0 && apart.cost == 0)
  }

  /// Masses are far from 1, with epsilon and rho unchanged: P scales as (sum a sum b)^(rho/(2 rho + epsilon)) if both
  /// relaxations are equal.
  @Test(arguments: [1e-12, 1e12]) func anyMass(scale: Double) throws {
    var source = PointSource(62)
    let (x, y) = (source.normal(20, 2), source.normal(25, 2))
    let (a, b) = (source.weights(20), source.weights(25))
    let plain = try Problem("plain", x, a, y, b).entropicPlan(.squaredEuclidean, 0.4, rho: (2, 2))
    let scaled = try Problem("scaled", x, a.map { scale * $0 }, y, b.map { scale * $0 })
      .entropicPlan(.squaredEuclidean, 0.4, rho: (2, 2))
    let expected = plain.mass * pow(scale, 2 * (2 + 0.4) / (2 * 2 + 0.4))
    #expect(scaled.converged && abs(scaled.mass / expected - 1) <= 1e-9)
  }

  // MARK: Usual relaxations

  private static let usual = EntropicOptions(
    relaxationX: EntropicOptions.usualRelaxation, relaxationY: EntropicOptions.usualRelaxation)

  /// Twice the mean cost of the exact plan, with a twentieth of it as epsilon.
  @Test(arguments: bothCosts) func usualRelaxationsAreThoseOfTheExactPlan(cost: GroundCost) throws {
    var source = PointSource(65)
    let (x, y) = (source.normal(60, 2), source.normal(70, 2, offset: 1))
    let mean = try exactPlan(from: x, masses: nil, to: y, masses: nil, cost: cost).cost
    let plan = try entropicPlan(from: x, masses: nil, to: y, masses: nil, cost: cost, options: Self.usual)
    let given = try entropicPlan(
      from: x, masses: nil, to: y, masses: nil, cost: cost,
      options: EntropicOptions(epsilon: 0.05 * mean, relaxationX: 2 * mean, relaxationY: 2 * mean))
    #expect(plan.epsilon == given.epsilon && plan.rowMasses == given.rowMasses)
  }

  @Test func usualRelaxationsAreInTheUnitOfThePoints() throws {
    var source = PointSource(66)
    let (x, y) = (source.normal(60, 2), source.normal(70, 2, offset: 1))
    func scaled(_ points: Matrix) -> Matrix {
      Matrix(rows: points.rows, columns: 2, elements: points.elements.map { 1024 * $0 })
    }
    let plan = try entropicPlan(from: x, masses: nil, to: y, masses: nil, cost: .squaredEuclidean, options: Self.usual)
    let large = try entropicPlan(
      from: scaled(x), masses: nil, to: scaled(y), masses: nil, cost: .squaredEuclidean, options: Self.usual)
    #expect(largestDifference(plan.rowMasses, large.rowMasses) <= 1e-9)
  }

  /// Where nothing moves, and where there is but one place.
  @Test(arguments: [1.0, 0.0]) func populationsAtRestHaveUsualRelaxationsToo(spread: Double) throws {
    var source = PointSource(67)
    let x = Matrix(rows: 30, columns: 2, elements: source.normal(30, 2).elements.map { spread * $0 })
    let plan = try entropicPlan(from: x, masses: nil, to: x, masses: nil, cost: .squaredEuclidean, options: Self.usual)
    #expect(plan.converged && abs(plan.mass - 1) < 0.2)
  }
}

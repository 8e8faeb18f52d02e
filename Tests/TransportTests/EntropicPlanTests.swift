import CSystem
import Numerics
import TestSupport
import Testing
import Transport

/// Balanced entropic plans against the dense algorithm and against their definition.
@Suite struct EntropicPlanTests {
  static func problems() -> [Problem] {
    var source = PointSource(50)
    var weighted = Problem(
      "weighted", source.normal(30, 2), source.weights(30), source.normal(41, 2, offset: 1), source.weights(41))
    weighted.a?[3] = 0
    weighted.b?[40] = 0
    weighted.b = weighted.b.map { b in b.map { $0 * (weighted.massesX.reduce(0, +) / b.reduce(0, +)) } }
    return [
      Problem("one to many", source.normal(1, 2), source.normal(9, 2)),
      Problem("one to one", source.normal(1, 3), source.normal(1, 3)),
      Problem("line", source.normal(70, 1), source.normal(65, 1)),
      Problem("plane", source.normal(64, 2), source.normal(64, 2, offset: 0.5)),
      Problem("many coordinates", source.normal(20, 50), source.normal(25, 50)),
      Problem("grid", source.grid(40, 2), source.grid(50, 2)),
      weighted,
    ]
  }

  /// Cost and objective agree to 1e-10 of their size and potentials to 1e-8, with marginal errors below 1e-11.
  @Test(arguments: bothCosts) func agreesWithTheDenseAlgorithm(cost: GroundCost) throws {
    for problem in Self.problems() {
      for epsilon in [0.2, 2.0] {
        let dense = DenseSinkhorn(problem, cost, epsilon: epsilon)
        let plan = try problem.entropicPlan(cost, epsilon)
        #expect(plan.converged && plan.marginalError <= 1e-11, "\(problem) \(epsilon) \(plan.marginalError)")
        #expect(abs(plan.cost - dense.cost) <= 1e-10 * max(1, dense.cost), "\(problem) \(epsilon)")
        let objective = dense.objective(rho: (.infinity, .infinity))
        #expect(abs(plan.objective - objective) <= 1e-10 * max(1, abs(objective)), "\(problem) \(epsilon)")
        // Potentials are compared up to a constant, by their sums over pairs.
        let worst = problem.massesX.indices.reduce(0.0) { worst, i in
          problem.massesY.indices.reduce(worst) { worst, j in
            problem.massesX[i] * problem.massesY[j] == 0
              ? worst : max(worst, abs(plan.potentialX[i] + plan.potentialY[j] - dense.f[i] - dense.g[j]))
          }
        }
        #expect(worst <= 1e-8, "\(problem) \(epsilon): \(worst)")
      }
    }
  }

  /// f_i = -epsilon ln sum_j b_j exp((g_j - C_ij) / epsilon) for all rows, with and without mass, and likewise g.
  @Test(arguments: bothCosts) func potentialsAreSoftMinima(cost: GroundCost) throws {
    for problem in Self.problems() {
      let plan = try problem.entropicPlan(cost, 0.3)
      for i in 0..<problem.x.rows {
        let costs = (0..<problem.y.rows).map { groundCost(problem.x, i, problem.y, $0, cost) }
        let expected = DenseSinkhorn.softMinimum(costs, plan.potentialY, problem.massesY, 0.3)
        #expect(abs(plan.potentialX[i] - expected) <= 1e-9, "\(problem)")
      }
      for j in 0..<problem.y.rows {
        let costs = (0..<problem.x.rows).map { groundCost(problem.x, $0, problem.y, j, cost) }
        let expected = DenseSinkhorn.softMinimum(costs, plan.potentialX, problem.massesX, 0.3)
        #expect(abs(plan.potentialY[j] - expected) <= 1e-9, "\(problem)")
      }
      // The constant is chosen so that the means are equal.
      let means = (
        zip(problem.massesX, plan.potentialX).reduce(0) { $0 + $1.0 * $1.1 },
        zip(problem.massesY, plan.potentialY).reduce(0) { $0 + $1.0 * $1.1 }
      )
      #expect(abs(means.0 - means.1) <= 1e-11, "\(problem)")
    }
  }

  @Test(arguments: bothCosts) func imagesAndPairs(cost: GroundCost) throws {
    for problem in Self.problems() {
      let dense = DenseSinkhorn(problem, cost, epsilon: 0.5)
      let plan = try problem.entropicPlan(cost, 0.5)
      let (toY, toX) = (plan.imagesOfX(), plan.imagesOfY())
      let masses = dense.plan
      for i in problem.massesX.indices where problem.massesX[i] > 0 {
        for k in 0..<problem.x.columns {
          let sum = problem.massesY.indices.reduce(0.0) { $0 + masses[i][$1] * problem.y[$1, k] }
          #expect(abs(toY[i, k] - sum / masses[i].reduce(0, +)) <= 1e-9, "\(problem)")
        }
      }
      for j in problem.massesY.indices where problem.massesY[j] > 0 {
        let column = masses.map { $0[j] }
        for k in 0..<problem.x.columns {
          let sum = column.indices.reduce(0.0) { $0 + column[$1] * problem.x[$1, k] }
          #expect(abs(toX[j, k] - sum / column.reduce(0, +)) <= 1e-9, "\(problem)")
        }
      }
      let (all, count) = try plan.entries(above: 0, capacity: .max)
      #expect(count == all.count)
      #expect(all.allSatisfy { abs($0.mass - masses[$0.row][$0.column]) <= 1e-10 }, "\(problem)")
      #expect(abs(all.reduce(0) { $0 + $1.mass } - plan.mass) <= 1e-12)
      let (few, same) = try plan.entries(above: 1e-3, capacity: 3)
      #expect(same == all.filter { $0.mass > 1e-3 }.count && few.count == min(3, same))
      #expect(few == Array(all.filter { $0.mass > 1e-3 }.prefix(3)))
    }
  }

  /// Costs are squared lengths: coordinates times s with epsilon times s^2 are the same problem, and so are moved
  /// coordinates.
  @Test(arguments: [1e-9, 1e-3, 1e9]) func scalesAndOffsets(scale: Double) throws {
    var source = PointSource(51)
    let (x, y) = (source.normal(50, 3), source.normal(60, 3, offset: 0.5))
    let plain = try Problem("plain", x, y).entropicPlan(.squaredEuclidean, 0.3, tolerance: 1e-9)
    for offset in [0, 1e6] {
      func moved(_ points: Matrix) -> Matrix {
        Matrix(rows: points.rows, columns: 3, elements: points.elements.map { scale * ($0 + offset) })
      }
      let plan = try Problem("moved", moved(x), moved(y))
        .entropicPlan(.squaredEuclidean, 0.3 * scale * scale, tolerance: 1e-9)
      // Offsets cost the points their last digits: 1e6 x 2^-53, twice for the square.
      let rounding = offset == 0 ? 1e-9 : 1e-8
      #expect(plan.converged)
      #expect(abs(plan.cost / (scale * scale) - plain.cost) <= rounding * plain.cost)
      #expect(largestDifference(plan.potentialX.map { $0 / (scale * scale) }, plain.potentialX) <= 1e-6)
    }
  }

  /// A translation by v adds ||v||^2 + 2 v . (mean y - mean x) to the cost and changes nothing else, however far it
  /// goes.
  @Test func farPopulations() throws {
    var source = PointSource(52)
    let (x, y) = (source.normal(40, 2), source.normal(40, 2))
    let near = try Problem("near", x, y).entropicPlan(.squaredEuclidean, 0.1)
    var far = y
    for row in 0..<40 { far[row, 0] += 0x1p20 }
    let plan = try Problem("far", x, far).entropicPlan(.squaredEuclidean, 0.1)
    #expect(plan.converged)
    #expect(
      largestDifference(
        plan.imagesOfX().elements,
        near.imagesOfX().elements.enumerated().map {
          $0 % 2 == 0 ? $1 + 0x1p20 : $1
        }) <= 1e-8)
  }

  /// As epsilon falls the cost tends to that of the exact plan, from above.
  @Test(arguments: bothCosts) func smallEpsilonIsExact(cost: GroundCost) throws {
    var source = PointSource(53)
    let problem = Problem("small", source.normal(60, 2), source.normal(60, 2, offset: 1))
    let exact = try problem.plan(cost).cost
    var last = Double.infinity
    for epsilon in [1, 1e-1, 1e-2] {
      let plan = try problem.entropicPlan(cost, epsilon, tolerance: 1e-5)
      #expect(plan.converged, "\(epsilon): \(plan.marginalError)")
      #expect(plan.cost >= exact - 1e-4 && plan.cost <= last + 1e-4, "\(epsilon): \(plan.cost), exact \(exact)")
      last = plan.cost
    }
    // The difference is at most epsilon times the largest entropy of a plan, and most often below epsilon d / 2.
    #expect(last - exact <= 0.01)
  }

  /// A plan that has not converged says so, with its error.
  @Test func whatHasNotConvergedSaysSo() throws {
    var source = PointSource(54)
    let problem = Problem("hard", source.normal(100, 2), source.normal(100, 2, offset: 1))
    let plan = try problem.entropicPlan(.squaredEuclidean, 1e-3, tolerance: 1e-9, maxIterations: 20)
    #expect(!plan.converged && plan.marginalError > 1e-9 && plan.iterations <= 20)
    let dense = plan.rowMasses
    #expect(largestDifference(dense, problem.massesX) <= 1e-12)
  }

  /// Results have the same bits for any number of threads.
  @Test func threadsChangeNothing() throws {
    var source = PointSource(55)
    let problem = Problem("threads", source.normal(1500, 3), source.normal(1700, 3))
    let plans = try [1, 2, 3].map { threads in
      try withThreads(threads) { try problem.entropicPlan(.squaredEuclidean, 0.2, tolerance: 1e-6) }
    }
    for plan in plans {
      #expect(plan.potentialX == plans[0].potentialX && plan.cost == plans[0].cost)
      #expect(plan.imagesOfY() == plans[0].imagesOfY())
    }
  }

  @Test func cancels() throws {
    var source = PointSource(56)
    let (x, y) = (source.normal(2000, 2), source.normal(2000, 2))
    let error = engineError {
      _ = try entropicPlan(
        from: x, masses: nil, to: y, masses: nil, cost: .squaredEuclidean,
        options: EntropicOptions(epsilon: 1e-4, tolerance: 1e-12), interruption: Interruption("the plan") { false })
    }
    #expect(error?.kind == .cancelled)
  }
}

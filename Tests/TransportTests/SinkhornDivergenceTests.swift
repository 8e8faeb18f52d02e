import Numerics
import Testing
import Transport

@Suite struct SinkhornDivergenceTests {
  private func divergence(
    _ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?, _ cost: GroundCost, _ epsilon: Double?
  ) throws -> Double {
    let result = try sinkhornDivergence(
      from: x, masses: a, to: y, masses: b, cost: cost, options: EntropicOptions(epsilon: epsilon, tolerance: 1e-9))
    #expect(result.converged)
    return result.value
  }

  /// The divergence agrees with three dense problems; the objective is quadratic in the error of the potentials.
  @Test(arguments: bothCosts) func agreesWithTheDenseAlgorithm(cost: GroundCost) throws {
    var source = PointSource(70)
    let (x, y) = (source.normal(30, 2), source.normal(35, 2, offset: 0.4))
    let (a, b) = (source.weights(30), source.weights(35))
    func objective(_ x: Matrix, _ a: [Double], _ y: Matrix, _ b: [Double]) -> Double {
      DenseSinkhorn(Problem("", x, a, y, b), cost, epsilon: 0.4, iterations: 100_000).objective(
        rho: (.infinity, .infinity))
    }
    let expected = objective(x, a, y, b) - objective(x, a, x, a) / 2 - objective(y, b, y, b) / 2
    let value = try divergence(x, a, y, b, cost, 0.4)
    #expect(abs(value - expected) <= 1e-9)
    // Masses are divided by their sums.
    #expect(try abs(divergence(x, a.map { 7 * $0 }, y, b.map { 3 * $0 }, cost, 0.4) - expected) <= 1e-9)
  }

  /// The divergence is 0 for the same population in any order, positive for another, and symmetric.
  @Test(arguments: bothCosts) func isADivergence(cost: GroundCost) throws {
    var source = PointSource(71)
    let (x, y) = (source.normal(60, 3), source.normal(60, 3, offset: 0.1))
    let shuffled = x.selecting(rows: source.random.permutation(60))
    #expect(try divergence(x, nil, shuffled, nil, cost, nil) <= 1e-8)
    let there = try divergence(x, nil, y, nil, cost, 0.5)
    #expect(there > 1e-3)
    #expect(try abs(there - divergence(y, nil, x, nil, cost, 0.5)) <= 1e-8)
  }

  /// A translation by v costs ||v||^2.
  @Test func translation() throws {
    var source = PointSource(72)
    let x = source.normal(50, 2)
    var y = x
    for row in 0..<50 { y[row, 1] += 3 }
    #expect(try abs(divergence(x, nil, y, nil, .squaredEuclidean, 0.5) - 9) <= 1e-7)
  }
}

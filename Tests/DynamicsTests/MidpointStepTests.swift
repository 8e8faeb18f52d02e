import CSystem
import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

/// Predictions by the implicit midpoint rule, steps in parts, and steps that are not longer than their reach.
@Suite struct MidpointStepTests {
  private static let quadratic = Quadratic(matrix: [2, 0.5, 0.5, 1])

  private static func points(_ n: Int, seed: UInt64 = 17) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 0)
    return Matrix(rows: n, columns: 2, elements: random.normals(2 * n))
  }

  private static func rollout(_ scheme: Scheme, beta: Double = 0, reach: Double = .infinity) -> Rollout {
    var rollout = Rollout(
      potential: quadratic, beta: beta, seed: 3, scheme: scheme, length: 1, center: [0, 0], reach: reach)
    rollout.tolerance = 1e-13
    return rollout
  }

  /// y = x - tau A (x + y) / 2.
  @Test func theMiddleIsWhereForcesAre() throws {
    let x = Self.points(30)
    let y = try Self.rollout(.midpoint).step(x, from: 0, to: 0.3).population
    let middles = zip(x.elements, y.elements).map { ($0 + $1) / 2 }
    let forces = Self.quadratic.gradients(middles)
    let expected = x.elements.indices.map { x.elements[$0] - 0.3 * forces[$0] }
    #expect(largest(difference(y.elements, expected)) < 1e-12)
  }

  /// V varies in time: its value half-way through the step counts.
  @Test func halfWayInTime() throws {
    let growing = Quadratic(matrix: [1, 0, 0, 1], growth: 1)
    let rollout = Rollout(potential: growing, scheme: .midpoint, length: 1, center: [0, 0])
    let y = try rollout.step(Matrix(rows: 1, columns: 2, elements: [1, 2]), from: 1, to: 1.5).population
    let slope = 0.5 * (1 + 1.25) / 2
    #expect(largest(difference(y.elements, [1, 2].map { $0 * (1 - slope) / (1 + slope) })) < 1e-8)
  }

  /// exp(-A t) x with order 2.
  @Test func theOrderIsTwo() throws {
    let start = Self.points(7)
    let exact = try Self.rollout(.midpoint).run(
      from: start, times: (0...4096).map { Double($0) / 4096 }
    ) { _ in true }.populations[4096]
    let errors = try [4, 8, 16, 32].map { steps in
      let times = (0...steps).map { Double($0) / Double(steps) }
      let end = try Self.rollout(.midpoint).run(from: start, times: times) { _ in true }.populations[steps]
      return euclideanNorm(difference(end.elements, exact.elements))
    }
    let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
    #expect(orders.allSatisfy { (1.95...2.05).contains($0) }, "orders \(orders)")
  }

  /// Under V = a x^2 / 2 in one coordinate a step makes s <- r^2 (s + beta tau) + beta tau of the variance s, with r =
  /// (1 - a tau/2) / (1 + a tau/2), and the mean is multiplied by r. 40,000 particles know both to half a percent.
  @Test func noiseHasItsVariance() throws {
    let n = 40_000
    let rollout = Rollout(
      potential: Quadratic(matrix: [1.5]), beta: 0.4, seed: 5, scheme: .midpoint, length: 1, center: [0])
    let start = Matrix(rows: n, columns: 1, elements: [Double](repeating: 2, count: n))
    let end = try rollout.run(from: start, times: [0, 0.2, 0.4]) { _ in true }.populations[2].elements
    let r = (1 - 0.15) / (1 + 0.15)
    var (mean, variance) = (2.0, 0.0)
    for _ in 0..<2 { (mean, variance) = (r * mean, r * r * (variance + 0.08) + 0.08) }
    let found = end.reduce(0, +) / Double(n)
    let spread = end.reduce(0) { $0 + ($1 - found) * ($1 - found) } / Double(n - 1)
    #expect(abs(found - mean) < 4 * (variance / Double(n)).squareRoot())
    #expect(abs(spread / variance - 1) < 4 * (2 / Double(n)).squareRoot())
  }

  /// Parts of a step are steps.
  @Test(arguments: Scheme.allCases) func substepsAreSteps(scheme: Scheme) throws {
    let start = Self.points(20)
    for beta in [0, 0.3] {
      var parts = Self.rollout(scheme, beta: beta)
      parts.substeps = 4
      let whole = try parts.run(from: start, times: [0, 0.5, 1.25]) { _ in true }.populations
      let times = [0, 0.125, 0.25, 0.375, 0.5, 0.6875, 0.875, 1.0625, 1.25]
      let fine = try Self.rollout(scheme, beta: beta).run(from: start, times: times) { _ in true }.populations
      #expect(whole[1] == fine[4] && whole[2] == fine[8])
    }
  }

  /// No drift is longer than the reach, whatever the force; its direction stays. Shorter ones are as they were.
  @Test func explicitStepsStayWithinReach() throws {
    let start = Matrix(rows: 3, columns: 2, elements: [0.01, 0, 1e5, -3e5, 1e200, 1e200])
    let free = try Self.rollout(.explicit).step(start, from: 0, to: 0.1).population
    let bound = try Self.rollout(.explicit, reach: 2).step(start, from: 0, to: 0.1).population
    #expect(bound.row(0) == free.row(0))
    for row in 1..<2 {
      let moves = (0..<2).map { bound[row, $0] - start[row, $0] }
      let wanted = (0..<2).map { free[row, $0] - start[row, $0] }
      #expect(abs(euclideanNorm(moves) - 0.2) < 1e-9)
      #expect(abs(moves[0] * wanted[1] - moves[1] * wanted[0]) < 1e-9 * euclideanNorm(wanted))
    }
    #expect(bound.elements.allSatisfy { $0.isFinite })
  }
}

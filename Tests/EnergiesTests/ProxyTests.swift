import CSystem
import Energies
import Numerics
import TestSupport
import Testing

/// Means of Gaussian functions on a grid by proxies of the population, against the plain mean over particles.
@Suite struct ProxyTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let dimension: Int
    /// Standard deviation of the population, in widths of the functions.
    let spread: Double
    let offset: Double
    let particles: Int

    var testDescription: String { "d = \(dimension), spread \(spread) widths, at \(offset), n = \(particles)" }

    static let all =
      [0, 0.01, 0.3, 1, 2.5, 30].map { Case(dimension: 1, spread: $0, offset: 0, particles: 2000) }
      + [0, 0.3, 1, 30].map { Case(dimension: 2, spread: $0, offset: 0, particles: 1500) }
      + [0.1, 0.5].map { Case(dimension: 3, spread: $0, offset: 0, particles: 700) }
      + [
        Case(dimension: 4, spread: 0.1, offset: 0, particles: 500),
        Case(dimension: 2, spread: 1, offset: 1e5, particles: 1500),
        Case(dimension: 2, spread: 1, offset: 0, particles: 1),
      ]
  }

  @Test(arguments: Case.all) func meansOfGridsAreSumsOverParticles(test: Case) throws {
    let (d, n, width) = (test.dimension, 70, 0.8)
    var random = PhiloxSequence(seed: 21, stream: 3)
    let masses = (0..<test.particles).map { _ in random.uniform() }
    let total = masses.reduce(0, +)
    let population = Population(
      points: FamilyCase.normal(test.particles, d, 22, scale: test.spread * width, offset: test.offset),
      weights: masses.map { $0 / total })
    // Some points are far from the population.
    let points = FamilyCase.normal(n, d, 23, scale: 3 * width, offset: test.offset).elements
    let axes = (0..<d).map { k in (0..<(k == 1 ? 2 : 3)).map { 1.1 * width * (Double($0) - 1) + 0.1 * Double(k) } }
    let functions = RadialFunctions(.gaussian, axes: axes, width: width)
    let basis = FeatureBasis(dimension: d, families: [.radial(functions)], timeDegree: 0)
    let (values, jacobians) = (
      try basis.values(points, over: population), try basis.jacobians(points, over: population)
    )
    let (y, centers) = (population.points.elements, functions.centers.elements)
    var (valueError, slopeError) = (0.0, 0.0)
    for feature in 0..<basis.count {
      for i in 0..<n {
        var value = 0.0
        var slopes = [Double](repeating: 0, count: d)
        for j in 0..<test.particles {
          var squared = 0.0
          let z = (0..<d).map { (points[i * d + $0] - y[j * d + $0] - centers[feature * d + $0]) / width }
          for k in 0..<d { squared += z[k] * z[k] }
          let term = population.weights[j] * exp(-squared)
          value += term
          for k in 0..<d { slopes[k] -= 2 * z[k] / width * term }
        }
        valueError = max(valueError, abs(values[feature * n + i] - value))
        for k in 0..<d {
          slopeError = max(slopeError, abs(jacobians[feature * n * d + i * d + k] - slopes[k]))
        }
      }
    }
    // Values are at most 1, derivatives at most about 1 / width; places at 1e5 are known to 1e-11.
    let tolerance = test.offset == 0 ? 2e-14 : 1e-10
    #expect(valueError < tolerance)
    #expect(slopeError < tolerance)
  }
}

import CSystem
import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

/// The scheme of second order, on the Ornstein-Uhlenbeck process dX = -X dt + sqrt(2 beta) dW, beta = 1/2, whose
/// populations stay normal: from mean 2 and variance 0.1 the mean is 2 e^-t, and the variance 1/2 - 0.4 e^-2t.
@Suite struct MidpointTests {
  private static let beta = 0.5

  /// As many quantiles, which stand for all particles of the populations: their error is far below that of the step.
  private static func populations(_ n: Int, tau: Double, steps: Int) throws -> SnapshotSeries {
    let quantiles = (0..<n).map { normalQuantile((Double($0) + 0.5) / Double(n)) }
    let size = (quantiles.reduce(0) { $0 + $1 * $1 } / Double(n)).squareRoot()
    let times = (0...steps).map { tau * Double($0) }
    return try Populations.series(
      times.map { time in
        let spread = (0.5 - 0.4 * exp(-2 * time)).squareRoot() / size
        return Matrix(rows: n, columns: 1, elements: quantiles.map { 2 * exp(-time) + spread * $0 })
      }, times: times)
  }

  /// The inverse of the normal distribution function, by Newton's method from 0.
  private static func normalQuantile(_ level: Double) -> Double {
    var x = 0.0
    for _ in 0..<60 {
      let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
      x -= max(-1, min(1, (0.5 * erfc(-x / 2.0.squareRoot()) - level) / density))
    }
    return x
  }

  private static func fitted(_ scheme: Scheme, tau: Double, steps: Int) throws -> (curvature: Double, beta: Double) {
    var model = ModelOptions.linear(degree: 2, scheme)
    model.internal = .gaussianMixture(.init())
    let fit = try FittedModel.fit(
      populations(4000, tau: tau, steps: steps), model, FitOptions(ridge: .fixed(0)))
    let curvature = fit.requiredPotential.hessianProducts([0], along: [1], time: 0)[0]
    return (curvature, fit.beta ?? .nan)
  }

  /// The values of the schemes on infinitely many particles, computed from the moments. A mixture of one component has
  /// the populations' own variance; far sites count less with beta, which quantiles have none of beyond a thousandth of
  /// the mean density. The truth is 1 and 0.5.
  @Test(arguments: [
    (Scheme.explicit, 0.2, 5, 0.809, 0.374), (.implicit, 0.2, 5, 1.179, 0.623), (.midpoint, 0.05, 20, 0.999, 0.499),
    (.midpoint, 0.2, 5, 0.988, 0.491), (.midpoint, 0.4, 3, 0.966, 0.472), (.midpoint, 1.0, 3, 0.888, 0.415),
  ])
  func knownBiases(_ scheme: Scheme, _ tau: Double, _ steps: Int, _ curvature: Double, _ beta: Double) throws {
    let found = try Self.fitted(scheme, tau: tau, steps: steps)
    #expect(abs(found.curvature - curvature) < 0.004, "\(found.curvature)")
    #expect(abs(found.beta - beta) < 0.004, "\(found.beta)")
  }

  /// Errors fall with the square of the step, from tau = 0.2 to 0.1 to 0.05 over the same span of time.
  @Test func theOrderIsTwo() throws {
    let found = try [0.2, 0.1, 0.05].map { try Self.fitted(.midpoint, tau: $0, steps: Int((1 / $0).rounded())) }
    for errors in [found.map { abs($0.curvature - 1) }, found.map { abs($0.beta - Self.beta) }] {
      let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
      #expect(orders.allSatisfy { (1.8...2.2).contains($0) }, "orders \(orders)")
    }
  }

  /// U = |x|^2 / 2 alone pulls every particle to the mean, which stays: y = c + (1 - tau/2) / (1 + tau/2) (x - c). At
  /// the middles, whose mean is c too, the condition holds with coefficient 1.
  @Test func interactionsAreAveragedOverMiddles() throws {
    let start = Populations.normal(50, 2, seed: 5)
    let factor = (1 - 0.05) / (1 + 0.05)
    let mean = (0..<2).map { column in (0..<50).reduce(0) { $0 + start[$1, column] } / 50 }
    var end = start
    for row in 0..<50 {
      for column in 0..<2 { end[row, column] = mean[column] + factor * (start[row, column] - mean[column]) }
    }
    let features = FeatureOptions(polynomialDegree: 2, radialGrid: 0)
    let model = ModelOptions(potential: nil, interaction: .linear(features), scheme: .midpoint, timeVarying: false)
    let fit = try FittedModel.fit(
      Populations.series([start, end], times: [0, 0.1]), model, FitOptions(ridge: .fixed(0)))
    #expect(fit.history[0] < 1e-15)
    let interaction = try #require(fit.interaction)
    #expect(largest(difference(interaction.gradients([0.4, -1, 2, 0.5]), [0.4, -1, 2, 0.5])) < 1e-10)
    // Prediction takes the same step.
    let predicted = try fit.rollout.step(start, from: 0, to: 0.1).population
    #expect(largest(difference(predicted.elements, end.elements)) < 1e-8)
  }

  /// A sample of an entropic plan's pairs stands for all: row masses are exact, and means over columns are those of the
  /// plan within the error of 4 draws for each of 300 rows.
  @Test func sampledPairs() throws {
    let (x, y) = (Populations.normal(300, 2, seed: 8), Populations.normal(280, 2, seed: 9))
    let plan = try entropicPlan(
      from: x, masses: nil, to: y, masses: nil, cost: .squaredEuclidean, options: EntropicOptions(epsilon: 0.5))
    let sample = try plan.sample(perRow: 4)
    #expect(sample.count == 1200)
    let all = try plan.entries(above: 0, capacity: 300 * 280).entries
    for function in [
      { (entry: TransportPlan.Entry) -> Double in y[entry.column, 0] },
      { entry in y[entry.column, 1] * y[entry.column, 1] }, { entry in x[entry.row, 0] * y[entry.column, 0] },
    ] {
      let (found, expected) = (
        sample.reduce(0) { $0 + $1.mass * function($1) }, all.reduce(0) { $0 + $1.mass * function($1) }
      )
      #expect(abs(found - expected) < 0.05, "\(found) \(expected)")
    }
    var rows = [Double](repeating: 0, count: 300)
    for entry in sample { rows[entry.row] += entry.mass }
    #expect(largest(difference(rows, plan.rowMasses)) < 1e-15)
  }

  /// Entropic plans and networks fit in this scheme too, to less than half of what no energy leaves.
  @Test func entropicPlansAndNetworks() throws {
    let series = try Populations.contracting()
    let entropic = FitOptions(
      epochs: 60, batchSize: 20, coupling: .entropic(EntropicOptions(epsilon: 0.01)))
    let models = [ModelOptions.network([16], .midpoint, timeVarying: true), .linear(degree: 2, .midpoint)]
    for model in models {
      let fit = try FittedModel.fit(series, model, entropic)
      let still = series.snapshots[0].points
      let predicted = try fit.rollout.step(still, from: 0, to: 0.5).population
      func distance(_ points: Matrix) throws -> Double {
        try wassersteinDistance(
          from: points, masses: nil, to: series.snapshots[1].points, masses: nil, order: 1, interruption: nil)
      }
      #expect(try distance(predicted) < 0.6 * distance(still))
    }
  }
}

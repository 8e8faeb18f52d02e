import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Networks of the implicit scheme, trained at the landings of an explicit one.
@Suite struct LandingTests {
  private static let network = ModelOptions.network([32, 32], .implicit)

  private static func variance(_ population: Matrix) -> Double {
    let mean = (0..<population.columns).map { c in
      (0..<population.rows).reduce(0) { $0 + population[$1, c] } / Double(population.rows)
    }
    return (0..<population.rows).reduce(0) { sum, row in
      (0..<population.columns).reduce(sum) { $0 + (population[row, $1] - mean[$1]) * (population[row, $1] - mean[$1]) }
    } / Double(population.rows)
  }

  /// How much wider than before a population at rest is after one step.
  private static func growth(_ rollout: FitOptions.RolloutSteps) throws -> Double {
    let series = try Populations.series(
      (0..<3).map { Populations.normal(300, 6, seed: 400 + $0) }, times: [0, 1, 2])
    let model = try FittedModel.fit(series, network, FitOptions(epochs: 120, rollout: rollout))
    let start = Populations.normal(500, 6, seed: 410)
    return try variance(model.rollout.step(start, from: 0, to: 1).population) / variance(start)
  }

  /// Three independent samples of one population: plans are noise, whose regression on y the implicit step inverts.
  @Test func noiseIsNotAmplified() throws {
    #expect(try Self.growth(.none) > 1.6)
    let landed = try Self.growth(.some(.init()))
    #expect((0.6...1.2).contains(landed), "\(landed)")
    // What the data decide.
    let usual = try Self.growth(.usual)
    #expect(usual == landed, "\(usual)")
  }

  /// One step of V = |x|^2 / 2 without noise is found at landings too.
  @Test func stepsAreLearned() throws {
    let start = Populations.normal(200, 2, seed: 420)
    let factor = 1 / 1.5
    let populations = (0..<3).map { k in
      Matrix(rows: 200, columns: 2, elements: start.elements.map { x in (0..<k).reduce(x) { x, _ in factor * x } })
    }
    let series = try Populations.series(populations, times: [0, 0.5, 1])
    let model = try FittedModel.fit(series, Self.network, FitOptions(rollout: .some(.init())))
    let moved = try model.rollout.step(start, from: 0, to: 0.5).population
    #expect(largest(difference(moved.elements, populations[1].elements)) < 0.25)
    let sum = zip(moved.elements, populations[1].elements).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect((sum / 200).squareRoot() < 0.05, "\((sum / 200).squareRoot())")
  }

  /// Training goes on from where it stood, before the landings and after.
  @Test(arguments: [2, 5, 6, 12]) func resumedFitsAreTheSame(stop: Int) throws {
    let series = try Populations.contracting()
    let model = ModelOptions.network([8], .implicit, timeVarying: true)
    let fit = FitOptions(epochs: 15, batchSize: 20, rollout: .some(.init(rounds: 3)))
    let whole = try FittedModel.fit(series, model, fit)
    let resumed = try FittedModel.fitInTwoParts(series, model, fit, stop: stop, checkpointEvery: 3)
    #expect(resumed.learned == whole.learned && resumed.history == whole.history)
  }
}

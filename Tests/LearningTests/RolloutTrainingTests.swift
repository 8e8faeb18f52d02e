import CSystem
import Energies
import Files
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

/// Fits to steps that begin where predictions are.
@Suite struct RolloutTrainingTests {
  private static func cumulative(_ model: FittedModel, _ series: SnapshotSeries) throws -> Double {
    let populations = try model.rollout.run(
      from: series.snapshots[0].points, times: series.snapshots.map(\.time)
    ) { _ in true }.populations
    return try zip(populations, series.snapshots).dropFirst().reduce(0) { sum, pair in
      try sum
        + wassersteinDistance(
          from: pair.0, masses: nil, to: pair.1.points, masses: nil, order: 2, interruption: nil)
    }
  }

  /// Six steps along a spiral, which no potential drives: each step's best gradient field is off a little, and the
  /// offsets add up.
  private static func spiral() throws -> SnapshotSeries {
    let start = Populations.normal(80, 2, spread: 0.3, seed: 91)
    let populations = (0..<7).map { k -> Matrix in
      var moved = start
      let (angle, radius) = (0.6 * Double(k), 1 + 0.1 * Double(k))
      for row in 0..<80 {
        let (x, y) = (start[row, 0] + 2, start[row, 1])
        moved[row, 0] = radius * (cos(angle) * x - sin(angle) * y)
        moved[row, 1] = radius * (sin(angle) * x + cos(angle) * y)
      }
      return moved
    }
    return try Populations.series(populations, times: (0..<7).map(Double.init))
  }

  /// Shares of both plans of a step sum to that of the step.
  @Test func sharesAreDivided() throws {
    let series = try Populations.contracting()
    let plans = try SnapshotPlan.all(series, cost: .squaredEuclidean, nil, "testing") { _ in true }
    let planned = PlannedSeries(series, plans: plans)
    let joined = planned.adding(
      [(step: 1, start: series.snapshots[1], end: series.snapshots[2], plan: plans[1])], weight: 0.25)
    #expect(joined.steps.map(\.share) == [1, 0.75, 0.25] && joined.totalShare == 2)
    #expect(joined.populations.count == 5 && joined.steps[2].earlier == 3 && joined.steps[2].later == 4)
    // The same population and plan twice: the same sums.
    let standardization = try Standardization(series)
    func equations(_ planned: PlannedSeries) throws -> NormalEquations {
      let basis = EnergyBasis(
        dimension: 2,
        potential: FeatureBasis(
          monomials: Monomials(dimension: 2, degree: 2, limit: 100),
          bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 2), width: 1), timeDegree: 0),
        interaction: nil, hasInternal: false)
      return try NormalEquations(
        Transition.all(planned, scheme: .explicit, standardization: standardization), basis: basis)
    }
    let (once, twice) = (try equations(planned), try equations(joined))
    #expect(twice.transitions == once.transitions)
    #expect(abs(twice.constant - once.constant) < 1e-13 && abs(twice.scatter - once.scatter) < 1e-13)
    #expect(largest(difference(twice.matrix.elements, once.matrix.elements)) < 1e-12)
    #expect(largest(difference(twice.right, once.right)) < 1e-12)
  }

  /// Where the energy explains every step, predictions are where observations are, and nothing changes.
  @Test(arguments: Scheme.allCases) func exactModelsStay(scheme: Scheme) throws {
    var populations = [Populations.normal(40, 1, seed: 92)]
    for _ in 0..<3 {
      let factors: [Scheme: Double] = [.explicit: 0.8, .implicit: 1 / 1.2, .midpoint: 0.9 / 1.1]
      let factor = factors[scheme] ?? 1
      let last = populations[populations.count - 1]
      populations.append(Matrix(rows: 40, columns: 1, elements: last.elements.map { factor * $0 }))
    }
    let series = try Populations.series(populations, times: [0, 0.2, 0.4, 0.6])
    let fit = try FittedModel.fit(
      series, .linear(degree: 2, scheme), FitOptions(ridge: .fixed(0), rollout: .some(.init(weight: 0.5, rounds: 4))))
    #expect(abs(fit.requiredPotential.hessianProducts([0.3], along: [1], time: 0)[0] - 1) < 1e-8)
    #expect(fit.history[0] < 1e-14)
  }

  /// Rollouts end nearer to the data, of closed forms and of networks.
  @Test func rolloutsComeBack() throws {
    let series = try Self.spiral()
    for model in [
      ModelOptions.linear(degree: 3, .explicit, timeVarying: true), .network([24, 24], .explicit, timeVarying: true),
    ] {
      func fit(_ rollout: FitOptions.RolloutSteps) throws -> Double {
        try Self.cumulative(
          FittedModel.fit(series, model, FitOptions(epochs: 120, batchSize: 60, rollout: rollout)), series)
      }
      let (plain, rolled) = (try fit(.none), try fit(.some(.init())))
      #expect(rolled < plain, "\(rolled) \(plain)")
    }
  }

  /// A training that was interrupted moves the population by the weights by which it was moved before.
  @Test(arguments: [2, 6, 9, 13]) func resumedFitsAreTheSame(stop: Int) throws {
    let series = try Populations.contracting()
    var model = ModelOptions.network([8], .explicit, timeVarying: true)
    model.interaction = .linear(FeatureOptions(polynomialDegree: 2, radialGrid: 0))
    let rollout = FitOptions.RolloutSteps.some(.init(weight: 0.4, rounds: 3))
    let fit = FitOptions(epochs: 16, batchSize: 20, rollout: rollout)
    let whole = try FittedModel.fit(series, model, fit)
    let plain = try FittedModel.fit(series, model, FitOptions(epochs: 16, batchSize: 20, rollout: .none))
    #expect(whole.learned != plain.learned)
    let resumed = try FittedModel.fitInTwoParts(series, model, fit, stop: stop, checkpointEvery: 3)
    #expect(resumed.learned == whole.learned && resumed.history == whole.history)
  }

  /// Where it is left to the data, nothing is rolled out while the model explains all that is observed: the fit is bit
  /// for bit the one to observed steps alone. With noise it is another.
  @Test(arguments: [0, 0.1]) func onlyNoiseIsWorthARollout(noise: Double) throws {
    let start = Populations.normal(300, 2, seed: 75)
    let populations = (0..<4).map { k in
      let moved = Populations.normal(300, 2, spread: noise, seed: UInt64(76 + k))
      return Matrix(
        rows: 300, columns: 2, elements: zip(start.elements, moved.elements).map { pow(0.8, Double(k)) * $0 + $1 })
    }
    let series = try Populations.series(populations, times: [0, 1, 2, 3])
    func fit(_ rollout: FitOptions.RolloutSteps) throws -> FittedModel {
      try FittedModel.fit(
        series, .network([32, 32], .explicit), FitOptions(epochs: 400, batchSize: 10, rollout: rollout))
    }
    let (usual, plain) = (try fit(.usual), try fit(.none))
    #expect((usual.learned == plain.learned) == (noise == 0))
    #expect(try fit(.some(.init())).learned != plain.learned)
  }

  @Test func refusals() throws {
    let series = try Populations.contracting()
    let fit = FitOptions(errorBars: .influence, rollout: .some(.init(weight: 0.5, rounds: 4)))
    let error = engineError { _ = try FittedModel.fit(series, .linear(.explicit), fit) }
    #expect(error?.kind == .invalid && error?.message.contains("rollout_weight must be 0") ?? false)
  }
}

import CSystem
import Densities
import Energies
import Files
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// What happens around the steps of training: schedules, last layers, validation, checkpoints.
@Suite struct TrainingRunTests {
  private static let mixed = ModelOptions(
    potential: .network(.init(hidden: [9, 6], activation: .tanh)),
    interaction: .linear(FeatureOptions(polynomialDegree: 2, radialGrid: 0)),
    internal: MixtureOptions.components(1), scheme: .explicit, timeVarying: false)

  private static let models: [ModelOptions] = [
    .network([16, 8], timeVarying: true), mixed,
    ModelOptions(
      potential: .linear(FeatureOptions(polynomialDegree: 2, radialGrid: 0)),
      interaction: .network(.init(hidden: [7], activation: .silu)), scheme: .implicit, timeVarying: false),
  ]

  private static func options(
    epochs: Int = 12, precision: FitOptions.Precision = .float32, samples: Int? = nil,
    _ training: TrainingOptions = TrainingOptions()
  ) -> FitOptions {
    FitOptions(
      epochs: epochs, batchSize: 16, learningRate: 1e-2, precision: precision, seed: 3, interactionSamples: samples,
      rollout: .none, training: training)
  }

  private static func same(_ model: FittedModel, _ other: FittedModel) -> Bool {
    model.learned == other.learned && bits(model.history) == bits(other.history)
  }

  // MARK: Schedules

  /// The first step has the whole learning rate, the last the final part of it; in between they fall.
  @Test(arguments: [TrainingOptions.Schedule.cosine, .exponential])
  func ratesFall(schedule: TrainingOptions.Schedule) {
    let options = TrainingOptions(schedule: schedule, finalRate: 0.05)
    let rates = (0..<50).map { options.rate(epoch: $0, of: 50) }
    #expect(abs(rates[0] - 1) < 1e-15 && abs(rates[49] - 0.05) < 1e-15)
    #expect(zip(rates, rates.dropFirst()).allSatisfy(>))
    #expect(options.rate(epoch: 0, of: 1) == 1)
    #expect(TrainingOptions(schedule: .constant).rate(epoch: 7, of: 9) == 1)
  }

  // MARK: Checkpoints

  private static let runs: [TrainingOptions] = [
    TrainingOptions(), TrainingOptions(schedule: .cosine, lastLayer: .exact(every: 3)),
    TrainingOptions(validation: .init(criterion: .loss, fraction: 0.3, every: 2, patience: 3)),
  ]

  /// Cancelled after any epoch and resumed from its checkpoint, a fit ends as if nothing had happened: to the last bit.
  @Test(arguments: models, runs) func resumedFitsAreTheSame(model: ModelOptions, training: TrainingOptions) throws {
    let series = try Populations.contracting()
    try withFolder { folder in
      let sampled = model.interaction?.network == nil ? nil : 10
      for (precision, samples) in [(FitOptions.Precision.float32, nil), (.float64, sampled)] {
        let whole = try FittedModel.fit(
          series, model, Self.options(precision: precision, samples: samples, training))
        for stop in [1, 5, 11] {
          var interrupted = training
          let path = "\(folder)/\(precision)-\(stop).checkpoint"
          interrupted.checkpoint = .init(path: path, every: 4)
          let (part, cancelled) = try FittedModel.fit(
            series, model, Self.options(precision: precision, samples: samples, interrupted)
          ) { $0.stage != .training || $0.done < stop }
          // Without an early end, the epoch after which it was told to stop.
          let epochs = min(stop, whole.history.count)
          #expect(cancelled == (stop <= epochs) && part.history.count == epochs)
          // The checkpoint is the model that the cancelled fit returned.
          let kept = try FittedModel.load(path)
          #expect(Self.same(kept, part))
          interrupted.checkpoint?.resumes = true
          let resumed = try FittedModel.fit(
            series, model, Self.options(precision: precision, samples: samples, interrupted))
          #expect(Self.same(resumed, whole))
          // Resuming what has ended does nothing more.
          let again = try FittedModel.fit(
            series, model, Self.options(precision: precision, samples: samples, interrupted))
          #expect(Self.same(again, whole))
        }
      }
    }
  }

  /// An epoch that takes long is stopped in its midst, and has then not begun.
  @Test func longEpochsAreInterrupted() throws {
    let series = try Populations.series(
      [Populations.normal(1500, 2, seed: 1), Populations.normal(1500, 2, seed: 2)], times: [0, 1])
    let model = ModelOptions(
      potential: nil, interaction: .network(.init(hidden: [64, 64])), scheme: .explicit, timeVarying: false)
    // An epoch has 2 million pairs, in double precision without a lattice: seconds, of which the first fifth of one is
    // enough.
    let first = Self.options(epochs: 1000, precision: .float64)
    var asked = 0
    let (kept, cancelled) = try FittedModel.fit(
      series, model, first,
      progress: { progress in
        if progress.stage == .training { asked += 1 }
        return progress.stage != .training
      })
    #expect(cancelled && kept.history.isEmpty && asked == 1)
  }

  @Test func resumingNeedsTheSameFit() throws {
    let series = try Populations.contracting()
    try withFolder { folder in
      let path = "\(folder)/c"
      func fit(_ series: SnapshotSeries, _ model: ModelOptions = .network([5]), rate: Double = 1e-2, epochs: Int = 3)
        throws
        -> FittedModel
      {
        var options = Self.options(
          epochs: epochs, TrainingOptions(schedule: .constant, checkpoint: .init(path: path, every: 2, resumes: true)))
        options.learningRate = rate
        return try FittedModel.fit(series, model, options)
      }
      let first = try fit(series)
      #expect(first.history.count == 3)
      let longer = try fit(series, epochs: 5)
      #expect(longer.history.count == 5 && bits(Array(longer.history.prefix(3))) == bits(first.history))
      #expect(
        engineError { _ = try fit(series, rate: 2e-2) }?.message.contains(
          "learning_rate = 0.02 is not the 0.01 of the checkpoint") == true
      )
      #expect(
        engineError { _ = try fit(series, .network([6])) }?.message.contains(
          "hidden = [6] is not the [5] of the checkpoint") == true
      )
      let other = try Populations.contracting(offset: 0.5)
      #expect(engineError { _ = try fit(other.shuffled(seed: 1)) }?.message.contains("other data") == true)
      // A model that is no checkpoint, a damaged file, and a folder.
      try first.save(path)
      #expect(engineError { _ = try fit(series) }?.kind == .format)
      try File.write([1, 2, 3], to: path)
      #expect(engineError { _ = try fit(series) }?.kind == .format)
    }
  }

  // MARK: Validation

  /// The best epoch by held-out particles is kept, and training ends when none is better for long enough.
  @Test func theBestEpochIsKept() throws {
    let series = try Populations.contracting()
    let plans = try SnapshotPlan.all(series, cost: .squaredEuclidean, nil, "testing") { _ in true }
    let couplings = try Couplings(
      PlannedSeries(series, plans: plans), scheme: .implicit, standardization: try Standardization(series))
    let shape = NetworkShape(dimension: 2, timeVarying: false, hidden: [8], activation: .softplus)
    let validation = TrainingOptions.Validation(criterion: .emd, fraction: 0.3, every: 1, patience: 4)
    var asked: [[Double]] = []
    // Scores that fall to the sixth epoch, then rise.
    func judge(_ parameters: [Double]) -> Double {
      asked.append(parameters)
      return abs(Double(asked.count) - 6)
    }
    let outcome = try NetworkTraining(
      TrainingData(couplings), layout: TrainingLayout(potential: shape),
      options: Self.options(epochs: 50, TrainingOptions(validation: validation)), validate: judge
    ).run { _ in true }
    #expect(!outcome.cancelled && outcome.losses.count == 10 && asked.count == 10)
    #expect(outcome.parameters == asked[5])
  }

  /// By predictions, the epoch is kept whose mean one-step distance from the held-out particles is least. The epochs'
  /// models are those of shorter fits, which are judged at their end only.
  @Test func predictionsOfHeldOutParticlesChoose() throws {
    let series = try Populations.contracting()
    func fit(epochs: Int, every: Int) throws -> FittedModel {
      let validation = TrainingOptions.Validation(criterion: .emd, fraction: 0.3, every: every, patience: 100)
      let training = TrainingOptions(schedule: .constant, validation: validation)
      return try FittedModel.fit(series, .network([8]), Self.options(epochs: epochs, training))
    }
    let seed = Self.options().seed
    let heldOut = try series.split(alongTrajectories: false, testFraction: 0.3, seed: ~seed).test
    #expect(heldOut.snapshots.map(\.points.rows) == [12, 11, 10])
    let candidates = try (1...8).map { try fit(epochs: $0, every: $0) }
    let distances = try candidates.map { try $0.oneStepDistance(on: heldOut) }
    let best = try #require(distances.indices.min { distances[$0] < distances[$1] })
    #expect(try fit(epochs: 8, every: 1).learned == candidates[best].learned)
  }

  @Test func heldOutLossStopsOverfitting() throws {
    let series = try Populations.contracting()
    let validation = TrainingOptions.Validation(criterion: .loss, fraction: 0.3, every: 5, patience: 3)
    for model in Self.models {
      let fit = try FittedModel.fit(
        series, model,
        Self.options(
          epochs: 2000, samples: model.interaction?.network == nil ? nil : 12, TrainingOptions(validation: validation)))
      #expect(fit.history.count < 2000 && fit.history.count >= 20)
    }
  }

  @Test func aParticleEachIsTooFewToHoldOut() throws {
    let series = try Populations.series(
      [Populations.normal(1, 2, seed: 1), Populations.normal(1, 2, seed: 2)], times: [0, 1])
    let options = Self.options(TrainingOptions(validation: .init(criterion: .loss)))
    #expect(engineError { _ = try FittedModel.fit(series, .network([4]), options) }?.kind == .shape)
  }

  // MARK: Last layers

  /// Where the last layer is solved for, the objective has no slope in it: what is left is rounding and the ridge of
  /// 1e-6, which holds back directions that hardly matter.
  @Test(arguments: MixedObjectiveTests.Case.all) func lastLayersAreMinima(test: MixedObjectiveTests.Case) throws {
    let data = try test.data()
    let all = Array(0..<data.couplings.count)
    let layer = LastLayerSolver(data, test.layout)
    let before = test.parameters
    let after = try layer.solved(before, ridge: 1e-9, seed: 0, draw: 0)
    let objective = try test.objective(Double.self)
    let (first, last) = (evaluate(objective, before, all), evaluate(objective, after, all))
    #expect(last.value < first.value)
    let places = layer.places
    #expect(places.count < test.layout.count)
    // Other parameters are as they were.
    #expect(Set(before.indices.filter { before[$0] != after[$0] }).isSubset(of: places))
    let slope = euclideanNorm(places.map { last.gradient[$0] })
    #expect(slope < 1e-4 * euclideanNorm(places.map { first.gradient[$0] }))
    // Solving again changes next to nothing of the objective, and a damped solution lies between.
    let again = evaluate(objective, try layer.solved(after, ridge: 1e-9, seed: 0, draw: 0), all).value
    #expect(again <= last.value * (1 + 1e-12) && again > last.value * (1 - 1e-3))
    let damped = evaluate(objective, try layer.solved(before, ridge: 10, seed: 0, draw: 0), all).value
    #expect(damped < first.value && damped > last.value)
  }

  /// Training with it is no worse than without.
  @Test(arguments: models) func exactLastLayersHelp(model: ModelOptions) throws {
    let series = try Populations.contracting()
    let plain = try FittedModel.fit(series, model, Self.options(epochs: 60))
    let exact = try FittedModel.fit(
      series, model, Self.options(epochs: 60, TrainingOptions(lastLayer: .exact(every: 5))))
    #expect(exact.history[59] < 1.5 * plain.history[59])
  }
}

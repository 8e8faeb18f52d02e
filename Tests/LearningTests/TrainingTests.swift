import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

@Suite struct TrainingTests {
  private static let options = ModelOptions.network([16, 8])

  private static func fit(
    _ series: SnapshotSeries, _ options: ModelOptions = options, epochs: Int = 30, seed: UInt64 = 3,
    precision: FitOptions.Precision = .float64, rate: Double = 1e-2
  ) throws -> FittedModel {
    try FittedModel.fit(
      series, options,
      FitOptions(
        epochs: epochs, batchSize: 16, learningRate: rate, precision: precision, seed: seed, rollout: .none,
        training: TrainingOptions(schedule: .constant)))
  }

  /// A few places among the data, in standardised coordinates.
  private static let places = [-1.0, -0.5, 0, 0.25, 1, 0.75, 0.5, -1]

  private static func gradients(_ model: FittedModel, time: Double = 0.5) -> [Double] {
    let standard = model.standardization
    let points = places.enumerated().map { $1 * standard.length + standard.center[$0 % 2] }
    return model.requiredPotential.gradients(points, time: standard.origin + time * standard.duration)
  }

  // MARK: Determinism

  @Test(arguments: [FitOptions.Precision.float32, .float64], [false, true])
  func sameSeedSameBits(precision: FitOptions.Precision, timeVarying: Bool) throws {
    let series = try Populations.contracting()
    let options = ModelOptions.network([16, 8], timeVarying: timeVarying)
    let models = try [1, 2, 1].map { threads in
      try withThreads(threads) { try Self.fit(series, options, precision: precision) }
    }
    for model in models {
      #expect(bits(model.parameters) == bits(models[0].parameters) && bits(model.history) == bits(models[0].history))
    }
    #expect(try Self.fit(series, options, seed: 4, precision: precision).parameters != models[0].parameters)
  }

  @Test func linearModelsAreDeterministicToo() throws {
    let series = try Populations.contracting()
    let options = ModelOptions.linear(degree: 3, grid: 4)
    let models = try [1, 2].map { threads in try withThreads(threads) { try FittedModel.fit(series, options) } }
    #expect(bits(models[0].parameters) == bits(models[1].parameters))
  }

  // MARK: Precision and progress

  /// Adam divides each slope by its size, so that a step's relative error is that of the slope, 1e-6 for most and more
  /// where a slope nearly vanishes; 90 steps of 0.01 turn that into some 1e-4.
  @Test func singlePrecisionIsCloseToDouble() throws {
    let series = try Populations.contracting()
    let (double, single) = (try Self.fit(series), try Self.fit(series, precision: .float32))
    #expect(normError(Self.gradients(single), Self.gradients(double)) < 1e-3)
    #expect(relativeError(single.history, double.history) < 1e-4)
  }

  @Test(arguments: [Scheme.implicit, .explicit], [false, true])
  func lossDecreases(scheme: Scheme, timeVarying: Bool) throws {
    let series = try Populations.contracting()
    let options = ModelOptions.network([16, 8], scheme, timeVarying: timeVarying)
    let model = try Self.fit(series, options, epochs: 100)
    #expect(model.history.count == 100)
    // The populations are of different sizes, so that some of the objective remains whatever V is: a fifth of it at the
    // start.
    #expect(model.history.suffix(5).allSatisfy { $0 < 0.5 * model.history[0] })
  }

  /// With a learning rate too small to move anything, the loss of an epoch is the objective of the initial weights, in
  /// squared length, however the couplings are divided into batches: only the order of their sums differs.
  @Test(arguments: [1, 16, 1000]) func lossIsTheObjective(batch: Int) throws {
    let series = try Populations.contracting()
    let fit = FitOptions(
      epochs: 2, batchSize: batch, learningRate: 1e-300, precision: .float64, seed: 5, rollout: .none)
    let model = try FittedModel.fit(series, Self.options, fit)
    let shape = NetworkShape(dimension: 2, timeVarying: false, hidden: [16, 8], activation: .silu)
    let initial = shape.initialParameters(seed: 5)
    #expect(largest(difference(model.parameters, initial)) < 1e-290)
    let plans = try zip(series.snapshots, series.snapshots.dropFirst()).map {
      try exactPlan(from: $0.points, masses: $0.weights, to: $1.points, masses: $1.weights, cost: .squaredEuclidean)
    }
    let couplings = try Couplings(series, plans: plans, scheme: .implicit, standardization: model.standardization)
    let network = Network(shape: shape, parameters: initial)
    var objective = 0.0
    for index in 0..<couplings.count {
      let range = 2 * index..<2 * index + 2
      let residual = zip(network.gradients(Array(couplings.points[range])), couplings.shifts[range]).map {
        (couplings.rhos[index] * $0 + $1) * model.standardization.length
      }
      objective += couplings.weights[index] * residual.reduce(0) { $0 + $1 * $1 }
    }
    #expect(model.history.allSatisfy { abs($0 - objective) < 1e-12 * objective })
  }

  /// Whoever stops the training keeps what was learned so far: the model of as many epochs.
  @Test func cancellationKeepsTheModel() throws {
    let series = try Populations.contracting()
    var stages: [String] = []
    var losses: [Double] = []
    let (model, cancelled) = try FittedModel.fit(
      series, Self.options,
      FitOptions(
        epochs: 30, batchSize: 16, learningRate: 1e-2, precision: .float64, seed: 3, rollout: .none,
        training: TrainingOptions(schedule: .constant))
    ) { progress in
      stages.append("\(progress.stage) \(progress.done)/\(progress.total)")
      #expect((progress.stage == .training) == progress.loss.isFinite && progress.seconds >= 0)
      if progress.stage == .training { losses.append(progress.loss) }
      return !(progress.stage == .training && progress.done == 7)
    }
    #expect(cancelled && model.history.count == 7)
    // What was told on the way is what the history says, in the same units.
    #expect(losses == model.history)
    #expect(stages.last == "training 7/30" && stages.contains("plans 2/2"))
    #expect(bits(model.parameters) == bits(try Self.fit(series, epochs: 7).parameters))
  }

  @Test func cancellationDuringThePlansLeavesNothing() throws {
    let series = try Populations.contracting()
    let error = engineError {
      _ = try FittedModel.fit(series, Self.options, FitOptions()) { $0.stage != .plans }
    }
    #expect(error?.kind == .cancelled)
  }

  /// A learning rate beyond all numbers: an error, whether the loss tells or, after a last step, only the weights.
  @Test(arguments: [(1, 16), (1, 1000), (3, 16), (3, 1000)], [FitOptions.Precision.float32, .float64])
  func divergenceIsAnError(length: (epochs: Int, batch: Int), precision: FitOptions.Precision) throws {
    let series = try Populations.contracting()
    let options = FitOptions(
      epochs: length.epochs, batchSize: length.batch, learningRate: 1e308, precision: precision)
    let error = engineError { _ = try FittedModel.fit(series, Self.options, options) }
    #expect(error?.kind == .convergence && error?.message.contains("a learning rate of 1e+308") == true)
  }

  @Test func oneSnapshotIsNotEnough() throws {
    let series = try Populations.series([Populations.normal(5, 2, seed: 1)], times: [0])
    for options in [Self.options, .linear()] {
      #expect(engineError { _ = try FittedModel.fit(series, options) }?.kind == .shape)
    }
  }

  // MARK: Equivariance

  /// V is in length^2/time: data scaled by a and slowed by b give V(x / a, t / b) a^2 / b. Powers of two change no
  /// rounding anywhere, so that the weights agree to the last bit.
  @Test(arguments: [(16.0, 1.0), (1, 0.25), (0.0625, 8), (0x1p100, 0x1p-60)])
  func unitsArePowersOfTwo(scale: Double, timeScale: Double) throws {
    let reference = try Populations.contracting()
    let scaled = try Populations.contracting(scale: scale, timeScale: timeScale)
    let fits: [(SnapshotSeries) throws -> FittedModel] = [
      { try Self.fit($0, .network([8], timeVarying: true)) },
      { try FittedModel.fit($0, .linear(degree: 2, grid: 3, timeVarying: true)) },
    ]
    for fit in fits {
      let (model, other) = (try fit(reference), try fit(scaled))
      #expect(bits(other.parameters) == bits(model.parameters))
      #expect(other.history == model.history.map { $0 * scale * scale })
      #expect(Self.gradients(other) == Self.gradients(model).map { $0 * scale / timeScale })
      let values = model.requiredPotential.values(Self.places, time: 1)
      let scaledValues = other.requiredPotential.values(Self.places.map { scale * $0 }, time: timeScale)
      #expect(scaledValues == values.map { $0 * scale * scale / timeScale })
    }
  }

  /// Units that are not powers of two round the data differently, by 1e-16 of itself; training amplifies that no more
  /// than it does the rounding of its own sums: a thousandfold at most over 90 steps.
  @Test func anyUnits() throws {
    let model = try Self.fit(try Populations.contracting())
    let other = try Self.fit(try Populations.contracting(scale: 1e-3, timeScale: 7))
    #expect(normError(Self.gradients(other).map { $0 * 7 / 1e-3 }, Self.gradients(model)) < 1e-10)
  }

  /// Moved by 1e6, coordinates keep ten digits behind the point of their unit: the fit keeps somewhat fewer.
  @Test func farFromTheOrigin() throws {
    let (near, far) = (try Populations.contracting(), try Populations.contracting(offset: 1e6))
    #expect(normError(Self.gradients(try Self.fit(far)), Self.gradients(try Self.fit(near))) < 1e-6)
    let options = ModelOptions.linear(degree: 3, grid: 4)
    let (model, moved) = (try FittedModel.fit(near, options), try FittedModel.fit(far, options))
    #expect(normError(Self.gradients(moved), Self.gradients(model)) < 1e-6)
  }
}

import Densities
import Energies
import Files
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Error bars of energies with networks: the spread of fits to populations drawn anew.
@Suite struct EnsembleTests {
  private static let network = ModelOptions.network([6], .explicit)

  /// All terms at once: a network V, a linear U and beta.
  private static let mixed = ModelOptions(
    potential: .network(.init(hidden: [5])),
    interaction: .linear(FeatureOptions(polynomialDegree: 2, radialGrid: 0)),
    internal: MixtureOptions.components(1), scheme: .explicit, timeVarying: false)

  private static func options(
    _ bars: ErrorBars, rollout: FitOptions.RolloutSteps = .none, _ training: TrainingOptions = TrainingOptions()
  ) -> FitOptions {
    FitOptions(
      epochs: 6, batchSize: 20, precision: .float64, seed: 3, errorBars: bars, rollout: rollout, training: training)
  }

  private static func fit(_ model: ModelOptions, _ options: FitOptions = options(.bootstrap(samples: 3))) throws
    -> FittedModel
  { try FittedModel.fit(Populations.contracting(), model, options) }

  /// The models of the members.
  private static func members(_ model: FittedModel) throws -> [FittedModel] {
    try #require(model.ensemble).members.map {
      FittedModel(
        options: model.options, fitOptions: model.fitOptions, standardization: model.standardization, learned: $0,
        region: model.region, times: model.times, history: [])
    }
  }

  /// Sample standard deviations of numbers that several models have, in two passes.
  private static func deviations(_ models: [FittedModel], _ numbers: (FittedModel) -> [Double]) -> [Double] {
    let all = models.map(numbers)
    return all[0].indices.map { index in
      let mean = all.reduce(0) { $0 + $1[index] } / Double(all.count)
      let squares = all.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) }
      return (squares / Double(all.count - 1)).squareRoot()
    }
  }

  /// t_0.975 / 1.96 of Student's distribution; t from the tables of Abramowitz and Stegun (26.10).
  @Test(arguments: [(2, 12.706), (3, 4.303), (4, 3.182), (5, 2.776), (10, 2.262), (31, 2.042), (121, 1.980)])
  func factorsAreStudents(members: Int, t: Double) throws {
    let learned = try Self.fit(.network([2], .explicit), Self.options(.none)).learned
    let factor = Ensemble([LearnedEnergy](repeating: learned, count: members)).factor
    // The tables have three decimals.
    #expect(abs(factor * 1.959964 - t) < 6e-4)
  }

  /// A bootstrap does not change the energy itself. Its members differ from each other, and errors are their spread.
  @Test func errorsAreTheSpreadOfMembers() throws {
    let model = try Self.fit(Self.mixed)
    #expect(try model.learned == Self.fit(Self.mixed, Self.options(.none)).learned)
    let (members, factor) = (try Self.members(model), try #require(model.ensemble).factor)
    #expect(members.count == 3 && members[0].learned != members[1].learned && members[1].learned != members[2].learned)

    let (x, center) = (Populations.normal(4, 2, seed: 5), model.standardization.center)
    let origin = Matrix(rows: 1, columns: 2, elements: center)
    let value = Self.deviations(members) { member in
      let middle = member.requiredPotential.values(origin.elements, time: 0)[0]
      return member.requiredPotential.values(x.elements, time: 0).map { $0 - middle }
    }
    let slope = Self.deviations(members) { $0.requiredPotential.gradients(x.elements, time: 0) }
    let force = Self.deviations(members) { $0.groundedInteraction?.gradients(x.elements, time: 0) ?? [] }
    let beta = Self.deviations(members) { [$0.beta ?? 0] }
    for (found, spread) in try [
      (model.potentialErrors(x, times: .one(0)), value), (model.potentialGradientErrors(x, times: .one(0)), slope),
      (model.interactionGradientErrors(x), force), ([model.betaError()], beta),
    ] {
      // Both are differences of numbers of size 1, in another order.
      #expect(found.count == spread.count && largest(difference(found, spread.map { factor * $0 })) < 1e-12)
      #expect(found.allSatisfy { $0 > 0 })
    }
    #expect(try model.potentialErrors(origin, times: .one(0)) == [0])
    #expect(try model.interactionErrors(Matrix(rows: 1, columns: 2)) == [0])
    #expect(engineError { _ = try model.covariance() }?.kind == .invalid)
  }

  /// A time of each point gives what that time of all points gives.
  @Test func timesOfPoints() throws {
    let model = try Self.fit(.network([5], .explicit, timeVarying: true))
    let x = Populations.normal(3, 2, seed: 5)
    let each = try model.potentialGradientErrors(x, times: .each([0.5, 0, 0.5]))
    let (late, early) = try (
      model.potentialGradientErrors(x, times: .one(0.5)), model.potentialGradientErrors(x, times: .one(0))
    )
    #expect(each == Array(late[..<2] + early[2..<4] + late[4...]))
    #expect(try model.potentialErrors(x, times: .each([0, 0, 0])) == model.potentialErrors(x, times: .one(0)))
  }

  /// One explicit step of V is x - tau grad V(x), so that its error is tau times that of the gradient.
  @Test func errorsOfSteps() throws {
    let model = try Self.fit(Self.network)
    let x = Populations.normal(5, 2, spread: 0.5, seed: 6)
    func rollOut(_ model: FittedModel, _ progress: ProgressHandler) throws -> FittedModel.RolledOut {
      try model.rollOut(x, times: [0, 0.25, 0.5], seed: 1, tolerance: 1e-9, maxIterations: 100, progress: progress)
    }
    let errors = try model.rolloutErrors({ _ in true }, rollOut)
    let slopes = try model.potentialGradientErrors(x, times: .one(0))
    #expect(errors.populations.count == 3 && errors.populations[0].elements.allSatisfy { $0 == 0 })
    #expect(largest(difference(errors.populations[1].elements, slopes.map { 0.25 * $0 })) < 1e-12)
    #expect(errors.populations[2].elements.allSatisfy { $0 > 0 })
    let plain = try Self.fit(Self.network, Self.options(.none))
    let refused = engineError {
      _ = try plain.rolloutErrors({ _ in true }, { _, _ in preconditionFailure("there are no members") })
    }
    #expect(refused?.kind == .invalid)
  }

  /// In another unit of length the same energies are found, and errors have that unit. A power of two rounds nothing.
  @Test func errorsHaveUnits() throws {
    let (one, other) = try (
      FittedModel.fit(Populations.contracting(), Self.network, Self.options(.bootstrap(samples: 2))),
      FittedModel.fit(Populations.contracting(scale: 4), Self.network, Self.options(.bootstrap(samples: 2)))
    )
    let x = Populations.normal(4, 2, seed: 5)
    let scaled = Matrix(rows: 4, columns: 2, elements: x.elements.map { 4 * $0 })
    #expect(
      try other.potentialGradientErrors(scaled, times: .one(0))
        == one.potentialGradientErrors(x, times: .one(0)).map { 4 * $0 })
    #expect(
      try other.potentialErrors(scaled, times: .one(0)) == one.potentialErrors(x, times: .one(0)).map { 16 * $0 })
  }

  @Test func membersDoNotDependOnThreads() throws {
    let models = try [1, 3].map { count in try withThreads(count) { try Self.fit(Self.mixed) } }
    #expect(models[0].ensemble == models[1].ensemble)
  }

  /// Validation and steps along the rollout concern each member's own training.
  @Test func everyTrainingHasMembers() throws {
    let validation = TrainingOptions(validation: .init(criterion: .loss, fraction: 0.3, every: 2, patience: 3))
    let bars = ErrorBars.bootstrap(samples: 2)
    let found = try [
      Self.options(bars), Self.options(bars, validation),
      Self.options(bars, rollout: .some(.init(weight: 0.4, rounds: 2))),
    ].map { try #require(Self.fit(Self.network, $0).ensemble).members }
    #expect(found.allSatisfy { $0.count == 2 } && found[0] != found[1] && found[0] != found[2])
  }

  @Test func whatNetworksRefuse() throws {
    var training = TrainingOptions()
    training.checkpoint = .init(path: "/nowhere/checkpoint", every: 1, resumes: false)
    for (options, words) in [
      (Self.options(.influence), ["error_bars = influence", "potential"]),
      (Self.options(.bootstrap(samples: 3), training), ["error_bars = bootstrap", "checkpoint"]),
    ] {
      let error = try #require(engineError { _ = try Self.fit(Self.network, options) })
      #expect(error.kind == .invalid && words.allSatisfy(error.message.contains))
    }
    let error = engineError {
      _ = try WholeObjective(
        Populations.contracting(), Self.network, Self.options(.bootstrap(samples: 3))
      ) { _ in true }
    }
    #expect(error?.kind == .invalid && error?.message.hasPrefix("error_bars = bootstrap") == true)
    // More members than memory holds are refused before anything is trained.
    let huge = ModelOptions.network([4096, 4096], .explicit)
    #expect(engineError { _ = try Self.fit(huge, Self.options(.bootstrap(samples: 100_000))) }?.kind == .memory)
  }

  /// Cancelled between or within members, the model is the fitted one without error bars.
  @Test(arguments: [1, 4, 9]) func cancelledBootstraps(stop: Int) throws {
    var asked = 0
    let found = try FittedModel.fit(Populations.contracting(), Self.network, Self.options(.bootstrap(samples: 2))) {
      if $0.stage == .bootstrap { asked += 1 }
      return asked < stop
    }
    let plain = try Self.fit(Self.network, Self.options(.none))
    #expect(found.cancelled && asked == stop && found.model.ensemble == nil && found.model.learned == plain.learned)
    #expect(engineError { _ = try found.model.potentialErrors(Matrix(rows: 1, columns: 2), times: .one(0)) } != nil)
  }

  // MARK: Files

  @Test(arguments: [network, mixed]) func membersComeBack(options: ModelOptions) throws {
    let model = try Self.fit(options)
    try withFolder { folder in
      try model.save("\(folder)/model")
      let loaded = try FittedModel.load("\(folder)/model")
      #expect(loaded.ensemble == model.ensemble && loaded.learned == model.learned)
      #expect(loaded.fitOptions == model.fitOptions && loaded.residuals != nil)
      let x = Populations.normal(3, 2, seed: 5)
      #expect(
        bits(try loaded.potentialErrors(x, times: .one(0))) == bits(try model.potentialErrors(x, times: .one(0))))
    }
  }

  /// A single member, or one of another size, has no spread. A file without members has no error bars.
  @Test func filesOfOtherMembers() throws {
    let model = try Self.fit(Self.network)
    let count = model.parameterCount
    func reread(_ change: ([Safetensors.Tensor]) -> [Safetensors.Tensor]) throws -> FittedModel {
      try withFolder { folder in
        try model.save("\(folder)/model")
        let file = try Safetensors(reading: "\(folder)/model")
        let metadata = file.metadata.filter { $0.name != "crc32" }
        try File.write(
          Safetensors(metadata: metadata, tensors: change(file.tensors)).encoded(), to: "\(folder)/changed")
        return try FittedModel.load("\(folder)/changed")
      }
    }
    for (rows, columns, number) in [(1, count, 0.0), (3, count + 1, 0), (0, count, 0), (3, count, .nan)] {
      let error = engineError {
        _ = try reread {
          $0.filter { $0.name != "ensemble" } + [
            Safetensors.Tensor(
              "ensemble", shape: [rows, columns], doubles: [Double](repeating: number, count: rows * columns))
          ]
        }
      }
      #expect(error?.kind == .format, "\(rows) rows of \(columns) columns of \(number)")
    }
    #expect(try reread { $0.filter { $0.name != "ensemble" } }.ensemble == nil)
  }
}

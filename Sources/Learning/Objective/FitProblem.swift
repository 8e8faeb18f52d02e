import Energies
import Numerics
import Snapshots

/// What is to be learned: the terms of an energy that are linear in their coefficients, the coordinates in which they
/// are, and the options of model and fit. Terms that are networks follow from the options.
struct FitProblem: Sendable {
  /// The terms that are linear in their coefficients.
  let basis: EnergyBasis
  let standardization: Standardization
  var options: ModelOptions
  var fitOptions: FitOptions
  /// Rounds along the rollout, where the options leave them to the data.
  private var usualRounds = FitOptions.RolloutTraining().rounds

  init(basis: EnergyBasis, standardization: Standardization, options: ModelOptions, fitOptions: FitOptions) {
    self.basis = basis
    self.standardization = standardization
    self.options = options
    self.fitOptions = fitOptions
  }
}

extension FitProblem {
  /// Lays the features of a model over a series.
  init(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, _ progress: ProgressHandler
  ) throws {
    try series.requireTransition()
    let standardization = try Standardization(series, for: options)
    let start = monotonicSeconds()
    func goesOn() -> Bool {
      progress(Progress(.plans, done: 0, of: series.snapshots.count - 1, since: start))
    }
    let basis = try Interruption.during("fitting", goesOn) {
      try EnergyBasis(options, series, standardization, seed: fitOptions.seed)
    }
    self.init(basis: basis, standardization: standardization, options: options, fitOptions: fitOptions)
  }

  /// Sets the numbers of epochs and of rounds along the rollout, where they were left to the data. Large plans take
  /// long, and beyond 1,000 particles a snapshot there are fewer rounds: as many as that keep the time of all plans,
  /// but at least 5.
  mutating func chooseEpochs(_ coupled: CoupledSeries) {
    let sizes = coupled.series.snapshots.map { $0.points.rows }
    let particles = max(1, sizes.reduce(0, +) / sizes.count)
    usualRounds = max(5, min(usualRounds, usualRounds * 1000 / particles))
    guard fitOptions.epochs == 0 else { return }
    fitOptions.epochs = fitOptions.usualEpochs(couplings: coupled.couplings.count)
  }

  /// Nil where all steps begin at observed populations.
  var rollout: FitOptions.RolloutTraining? {
    guard var training = fitOptions.rolloutTraining(for: options) else { return nil }
    if fitOptions.rollout == .usual { training.rounds = usualRounds }
    return training
  }

  /// Whether a network of the implicit scheme is trained at the landings of an explicit one.
  var lands: Bool { fitOptions.lands(for: options) }

  /// The same in the explicit scheme.
  var explicit: FitProblem {
    var problem = self
    problem.options.scheme = .explicit
    return problem
  }

  /// Whether the forces of the energy are those of V alone, so that they do not depend on the other particles.
  var hasPotentialOnly: Bool { options.interaction == nil && options.internal == nil }

  /// The model of an energy that was learned from a series.
  ///
  /// - Parameter losses: the objective per epoch, in standardised squared length
  func model(
    _ learned: LearnedEnergy, from coupled: CoupledSeries, losses: [Double], linear: LinearFit? = nil
  ) -> FittedModel {
    model(
      learned, coupled.region, times: coupled.series.times,
      history: losses.map { $0 * standardization.squaredLength }, linear: linear)
  }

  /// - Parameter history: the objective per epoch, in squared length
  func model(
    _ learned: LearnedEnergy, _ region: TrainingRegion, times: [Double], history: [Double], linear: LinearFit? = nil
  ) -> FittedModel {
    FittedModel(
      options: options, fitOptions: fitOptions, standardization: standardization, learned: learned, region: region,
      times: times, history: history, linear: linear)
  }
}

extension SnapshotSeries {
  var times: [Double] { snapshots.map(\.time) }

  /// Throws where there is no transition to learn from.
  func requireTransition() throws {
    let count = snapshots.count
    guard count >= 2 else {
      throw EngineError(.shape, "snapshots has \(counted(count, "snapshot")); fitting needs at least 2")
    }
  }
}

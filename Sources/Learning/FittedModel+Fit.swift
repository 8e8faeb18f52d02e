import Numerics
import Snapshots

extension FittedModel {
  /// Learns the energy that drives a series of snapshots: by a closed form where all its terms are linear in their
  /// coefficients, else by gradient training.
  ///
  /// When `progress` stops the training of a network, the model has the weights reached so far and `cancelled` is true.
  /// When it stops the bootstrap of networks, the model is whole but for its error bars, and `cancelled` is true.
  package static func fit(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws -> (model: FittedModel, cancelled: Bool) {
    let (model, cancelled) = try fitAnonymous(series, options, fitOptions, progress)
    return (model.naming(series.names), cancelled)
  }

  /// The same without names of coordinates.
  private static func fitAnonymous(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, _ progress: ProgressHandler
  ) throws -> (model: FittedModel, cancelled: Bool) {
    try fitOptions.check(for: options)
    try fitOptions.checkGrowth(of: series.dimension)
    try fitOptions.training.checkpoint?.requireRoom()
    guard options.decidesTime || fitOptions.lands(for: options) else {
      return try fitDecided(series, options, fitOptions, progress: progress)
    }
    let (best, cancelled) = try FitDecision(options, fitOptions).decide(series, progress)
    if let cancelled { return (cancelled, true) }
    return try fitDecided(series, best.options, best.fitOptions, progress: progress)
  }

  /// The same where nothing is left to the data.
  static func fitDecided(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws -> (model: FittedModel, cancelled: Bool) {
    var problem = try FitProblem(series, options, fitOptions, progress)
    let coupled = try CoupledSeries(series, problem, progress)
    problem.chooseEpochs(coupled)
    // Losses are computed in standardised units and reported in the user's.
    let squaredLength = problem.standardization.squaredLength
    func report(_ state: Progress) -> Bool { progress(state.scalingLoss(by: squaredLength)) }
    guard options.hasNetworks else {
      return (try problem.closedFormModel(coupled, report).keepingResiduals(of: coupled), false)
    }
    let layout = try TrainingLayout(problem)
    if case .bootstrap(let samples) = fitOptions.errorBars {
      try requireMemory(
        samples, layout.count, of: Double.self, for: "\(samples) energies of \(layout.count) parameters")
    }
    let outcome = try problem.train(coupled, layout, report)
    let learned = layout.energy(outcome.parameters, linear: problem.basis)
    let model = try problem.model(learned, from: coupled, losses: outcome.losses)
      .keepingResiduals(of: coupled)
    guard case .bootstrap(let samples) = fitOptions.errorBars, !outcome.cancelled else {
      return (model, outcome.cancelled)
    }
    do {
      return (model.keeping(try problem.ensemble(of: samples, coupled, layout, progress)), false)
    } catch let error as EngineError where error.kind == .cancelled { return (model, true) }
  }
}

import Numerics
import Snapshots

extension FittedModel {
  /// Learns the energy that drives a series of snapshots: by a closed form where all its terms are linear in their
  /// coefficients, else by gradient training.
  ///
  /// When `progress` stops the training of a network, the model has the weights reached so far and `cancelled` is true.
  package static func fit(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws -> (model: FittedModel, cancelled: Bool) {
    try fitOptions.check(for: options)
    try fitOptions.training.checkpoint?.requireRoom()
    let problem = try FitProblem(series, options, fitOptions, progress)
    let coupled = try CoupledSeries(series, problem, progress)
    // Losses are computed in standardised units and reported in the user's.
    func report(_ state: Progress) -> Bool {
      progress(state.scalingLoss(by: problem.standardization.squaredLength))
    }
    guard options.hasNetworks else {
      let fit = try problem.closedForm(coupled, report)
      return (problem.model(fit.energy, from: coupled, losses: [fit.objective], linear: fit), false)
    }
    let layout = try TrainingLayout(problem)
    let outcome = try problem.train(coupled, layout, report)
    let learned = layout.energy(outcome.parameters, linear: problem.basis)
    return (problem.model(learned, from: coupled, losses: outcome.losses), outcome.cancelled)
  }
}

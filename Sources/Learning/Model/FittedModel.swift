import Energies
import Numerics
import Snapshots
import Transport

/// A learned energy, with all that prediction and description need.
package struct FittedModel: Sendable {
  package let options: ModelOptions
  package let fitOptions: FitOptions
  package let standardization: Standardization
  /// In standardised coordinates.
  package let learned: LearnedEnergy
  package let region: TrainingRegion
  /// t_0 < .. < t_T
  package let times: [Double]
  /// The objective per epoch, in squared length.
  package let history: [Double]
  /// Of closed forms.
  package let linear: LinearFit?

  package init(
    options: ModelOptions, fitOptions: FitOptions, standardization: Standardization, learned: LearnedEnergy,
    region: TrainingRegion, times: [Double], history: [Double], linear: LinearFit? = nil
  ) {
    self.options = options
    self.fitOptions = fitOptions
    self.standardization = standardization
    self.learned = learned
    self.region = region
    self.times = times
    self.history = history
    self.linear = linear
  }

  package var dimension: Int { standardization.center.count }

  package var parameterCount: Int { learned.parameterCount }
}

extension FittedModel {
  /// Learns the energy that drives a series of snapshots. When `progress` stops the training of a network, the model
  /// has the weights reached so far and `cancelled` is true.
  package static func fit(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws -> (model: FittedModel, cancelled: Bool) {
    try fitOptions.check(for: options)
    try fitOptions.training.checkpoint?.requireRoom()
    let snapshots = series.snapshots
    try check(series)
    let standardization = try Standardization(series, for: options)
    // Losses are computed in standardised units and told in the user's.
    let squaredLength = standardization.length * standardization.length
    func report(_ state: Progress) -> Bool { progress(state.scalingLoss(by: squaredLength)) }
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.plans, done: 0, of: snapshots.count - 1, since: start)) }
    let basis = try Interruption.during("fitting", goesOn) {
      try EnergyBasis(options, series, standardization, seed: fitOptions.seed)
    }
    let form = ClosedForm(basis: basis, standardization: standardization, options: options, fitOptions: fitOptions)
    let plans = try plans(series, fitOptions.coupling, progress)
    let couplings = Couplings(series, plans: plans, scheme: options.scheme, standardization: standardization)
    let region = TrainingRegion(series, couplings)
    func model(_ learned: LearnedEnergy, _ losses: [Double], _ linear: LinearFit? = nil) -> FittedModel {
      FittedModel(
        options: options, fitOptions: fitOptions, standardization: standardization, learned: learned,
        region: region, times: snapshots.map(\.time), history: losses.map { $0 * squaredLength }, linear: linear)
    }
    if options.hasNetworks {
      let problem = try TrainingProblem(form)
      let outcome = try train(
        series, problem, plans: plans, model: { model($0, $1) }, progress: report)
      return (model(problem.layout.energy(outcome.parameters, linear: form.basis), outcome.losses), outcome.cancelled)
    }
    let fit = try form.fit(series, plans: plans, report)
    return (model(fit.energy, [fit.objective], fit), false)
  }

  /// Throws where there is no transition to learn from.
  static func check(_ series: SnapshotSeries) throws {
    let count = series.snapshots.count
    guard count >= 2 else {
      throw EngineError(.shape, "snapshots has \(count) snapshot\(count == 1 ? "" : "s"); fitting needs at least 2")
    }
  }

  /// The W2 plans between consecutive snapshots.
  static func plans(
    _ series: SnapshotSeries, _ coupling: FitOptions.Coupling, _ progress: ProgressHandler
  ) throws -> [SnapshotPlan] {
    var entropic: EntropicOptions?
    if case .entropic(let options) = coupling { entropic = options }
    let plans = try SnapshotPlan.all(series, cost: .squaredEuclidean, entropic, "fitting", progress)
    for (k, plan) in plans.enumerated() {
      guard case .entropic(let plan) = plan, let entropic else { continue }
      guard plan.converged else {
        throw EngineError(
          .convergence,
          "the \(coupling.name) plan from snapshot \(k) to \(k + 1) has marginal error \(plan.marginalError) after \(plan.iterations) iterations, more than \(entropic.tolerance); a larger epsilon converges faster"
        )
      }
      guard plan.mass > 0 else {
        throw EngineError(
          .convergence, "the unbalanced plan from snapshot \(k) to \(k + 1) has no mass; relaxations may be larger")
      }
    }
    return plans
  }
}

import Energies
import Numerics
import Snapshots
import Transport

/// An energy with networks, and how data becomes what its training sees.
struct TrainingProblem: Sendable {
  let form: ClosedForm
  let layout: TrainingLayout

  init(_ form: ClosedForm) throws {
    self.form = form
    layout = TrainingLayout(form.options, linear: form.basis)
    // Parameters, their gradient, two moments and copies.
    try requireMemory(8 * layout.count, of: Double.self, for: "networks of \(layout.count) parameters")
  }

  func plans(_ series: SnapshotSeries, _ progress: ProgressHandler) throws -> [SnapshotPlan] {
    try FittedModel.plans(series, form.fitOptions.coupling, progress)
  }

  func data(_ series: SnapshotSeries, _ plans: [SnapshotPlan], _ progress: ProgressHandler) throws -> TrainingData {
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.plans, done: plans.count, of: plans.count, since: start)) }
    return try Interruption.during("fitting", goesOn) { try data(series, plans) }
  }

  private func data(_ series: SnapshotSeries, _ plans: [SnapshotPlan]) throws -> TrainingData {
    if form.options.interaction == nil, form.options.internal == nil {
      return TrainingData(
        Couplings(series, plans: plans, scheme: form.options.scheme, standardization: form.standardization))
    }
    return try form.trainingData(series, plans: plans)
  }
}

import Numerics
import Snapshots
import Transport

extension FitOptions.Coupling {
  /// The W2 plans between pairs of snapshots.
  ///
  /// - Throws: `.convergence` for an entropic plan that has not converged or has no mass
  func plans(
    _ pairs: [(source: Snapshot, target: Snapshot)], _ progress: ProgressHandler
  ) throws -> [SnapshotPlan] {
    var entropic: EntropicOptions?
    if case .entropic(let options) = self { entropic = options }
    let plans = try SnapshotPlan.all(pairs, cost: .squaredEuclidean, entropic, "fitting", progress)
    for (k, plan) in plans.enumerated() {
      guard case .entropic(let plan) = plan, let entropic else { continue }
      guard plan.converged else {
        throw EngineError(
          .convergence,
          "the \(name) plan from snapshot \(k) to \(k + 1) has marginal error \(plan.marginalError) after \(plan.iterations) iterations, more than \(entropic.tolerance); a larger epsilon converges faster"
        )
      }
      guard plan.mass > 0 else {
        throw EngineError(
          .convergence,
          "the unbalanced plan from snapshot \(k) to \(k + 1) has no mass; a larger relaxation of its marginals keeps more"
        )
      }
    }
    return plans
  }
}

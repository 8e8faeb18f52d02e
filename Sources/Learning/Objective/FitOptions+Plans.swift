import Energies
import Fields
import Numerics
import Snapshots
import Transport

extension FitOptions {
  /// The W2 plans between pairs of snapshots: from the masses that the particles of the first will have at the time of
  /// the second.
  func plans(
    _ pairs: [(source: Snapshot, target: Snapshot)], _ progress: ProgressHandler
  ) throws -> [SnapshotPlan] {
    guard let growth, let first = pairs.first else { return try coupling.plans(pairs, progress) }
    try checkGrowth(of: first.source.points.columns)
    return try coupling.plans(
      pairs.map { (source: try $0.grown(by: growth, until: $1.time), target: $1) }, progress)
  }

  func checkGrowth(of dimension: Int) throws {
    guard let growth, growth.dimension != dimension else { return }
    throw EngineError(
      .shape, "growth has \(counted(growth.dimension, "coordinate")), the snapshots have \(dimension)")
  }
}

extension Snapshot {
  /// The particles where they are, with the weights that they will have at a later time if they grow as fast as now.
  fileprivate func grown(by growth: Growth, until end: Double) throws -> Snapshot {
    let rates = try growth.rates(at: points, time: time)
    let grown = try Population(points: points, weights: weights)
      .grown(by: { _, _ in rates }, from: points, times: [time, end])
    return Snapshot(self, movedTo: points, at: time, weights: grown.weights)
  }

  /// The particles of a snapshot where they moved to, with the weights that they have there.
  init(_ snapshot: Snapshot, movedTo points: Matrix, at time: Double, growth: Growth) throws {
    let moved = Population(points: points, weights: snapshot.weights)
    let grown = try growth.grown(moved, from: snapshot.points, times: [snapshot.time, time])
    self.init(snapshot, movedTo: points, at: time, weights: grown.weights)
  }
}

extension FitOptions.Coupling {
  /// The W2 plans between pairs of snapshots.
  ///
  /// - Throws: `.convergence` for an entropic plan that has not converged or has no mass
  fileprivate func plans(
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

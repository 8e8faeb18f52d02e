import Snapshots
import Transport

/// Populations and the steps between them, each with its plan: what the couplings of a fit are made of.
package struct PlannedSeries: Sendable {
  package struct Step: Sendable {
    /// Places among `populations`.
    package let earlier: Int
    package let later: Int
    /// Between the weights of both populations.
    package let plan: SnapshotPlan
    /// How much the step counts beside others.
    package let share: Double
  }

  /// Those that were observed, then others.
  package private(set) var populations: [Snapshot]
  package private(set) var steps: [Step]

  /// The steps from each snapshot to the next, which count the same.
  package init(_ series: SnapshotSeries, plans: [SnapshotPlan]) {
    populations = series.snapshots
    steps = plans.enumerated().map { Step(earlier: $0, later: $0 + 1, plan: $1, share: 1) }
  }

  /// The sum of all shares.
  package var totalShare: Double { steps.reduce(0) { $0 + $1.share } }

  /// The series with a second kind of some of its steps: a step counts 1 - weight as it was observed, and `weight`
  /// between two other populations at the same times.
  ///
  /// - Parameter others: the step, the other populations, and the plan between them
  package func adding(
    _ others: [(step: Int, start: Snapshot, end: Snapshot, plan: SnapshotPlan)], weight: Double
  ) -> PlannedSeries {
    var joined = self
    for (step, start, end, plan) in others {
      let observed = steps[step]
      joined.steps[step] = Step(
        earlier: observed.earlier, later: observed.later, plan: observed.plan, share: observed.share * (1 - weight))
      joined.steps.append(
        Step(
          earlier: joined.populations.count, later: joined.populations.count + 1, plan: plan,
          share: observed.share * weight))
      joined.populations += [start, end]
    }
    return joined
  }
}

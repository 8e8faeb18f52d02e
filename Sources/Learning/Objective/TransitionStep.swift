import Energies
import Numerics
import Snapshots
import Transport

/// One step of a series: where and when a scheme asks the first-order condition.
///
/// Sites are the places at which it is asked: the particles of the later population in the implicit scheme, those of
/// the earlier one in the explicit one, and the middles of the pairs in the midpoint scheme.
struct TransitionStep {
  let earlier: Snapshot
  let later: Snapshot
  let plan: SnapshotPlan
  let scheme: Scheme
  /// When the condition is asked, standardised.
  let time: Double
  /// tau / tau-bar.
  let rho: Double

  init(_ planned: PlannedSeries, _ step: PlannedSeries.Step, scheme: Scheme, standardization: Standardization) {
    (earlier, later) = (planned.populations[step.earlier], planned.populations[step.later])
    plan = step.plan
    self.scheme = scheme
    switch scheme {
    case .implicit: time = standardization.time(later.time)
    case .explicit: time = standardization.time(earlier.time)
    case .midpoint:
      time = standardization.time(earlier.time + (later.time - earlier.time) / 2)
    }
    rho = (later.time - earlier.time) / standardization.duration
  }

  /// The place of a pair's site, from x of the earlier population to y of the later one.
  func site(_ x: Double, _ y: Double) -> Double {
    switch scheme {
    case .implicit: return y
    case .explicit: return x
    case .midpoint: return x + (y - x) / 2
    }
  }

  /// The barycentres of the sites' partners in a plan of all pairs, shape (n, d), and the sites' masses. These sum to
  /// `plan.mass`, by which they are to be divided: a transition counts the same however many were born or died in it.
  func barycentres(_ plan: EntropicPlan) -> (partners: Matrix, masses: [Double]) {
    scheme == .implicit ? (plan.imagesOfY(), plan.columnMasses) : (plan.imagesOfX(), plan.rowMasses)
  }
}

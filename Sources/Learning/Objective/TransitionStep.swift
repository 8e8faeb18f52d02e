import Energies
import Numerics
import Snapshots
import Transport

/// The step from one snapshot of a series to the next: where and when a scheme asks the first-order condition.
///
/// Sites are the particles at which it is asked: those of the later snapshot in the implicit scheme, of the earlier one
/// in the explicit one. The particles of the other snapshot are their partners.
struct TransitionStep {
  let earlier: Snapshot
  let later: Snapshot
  let scheme: Scheme
  /// When the condition is asked, standardised.
  let time: Double
  /// tau / tau-bar.
  let rho: Double

  /// From snapshot `k` to the next.
  init(_ series: SnapshotSeries, _ k: Int, scheme: Scheme, standardization: Standardization) {
    (earlier, later) = (series.snapshots[k], series.snapshots[k + 1])
    self.scheme = scheme
    time = standardization.time(scheme == .implicit ? later.time : earlier.time)
    rho = (later.time - earlier.time) / standardization.duration
  }

  /// 1 where shifts, which lead from x to y, lead from the partner to the site; -1 where they lead the other way.
  var sign: Double { scheme == .implicit ? 1 : -1 }

  var sites: Snapshot { scheme == .implicit ? later : earlier }

  /// The barycentres of the sites' partners in a plan of all pairs, shape (n, d), and the sites' masses. These sum to
  /// `plan.mass`, by which they are to be divided: a transition counts the same however many were born or died in it.
  func barycentres(_ plan: EntropicPlan) -> (partners: Matrix, masses: [Double]) {
    scheme == .implicit ? (plan.imagesOfY(), plan.columnMasses) : (plan.imagesOfX(), plan.rowMasses)
  }
}

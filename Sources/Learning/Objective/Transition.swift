import Energies
import Numerics
import Snapshots
import Transport

/// One step of a series as the closed form sees it, in standardised coordinates. The first-order condition
///
///     rho D(z) + shift = 0,   D(z) = grad V(z, time) + sum_j w_j grad U(z - z_j) + beta grad log density(z)
///
/// is asked at sites z: the particles of the later snapshot in the implicit scheme, of the earlier one in the explicit
/// one. All pairs of a site have the same D, so that they enter by their mass and their mean shift, and otherwise only
/// by what no energy can change, `scatter`.
package struct Transition: Sendable {
  /// All particles of the snapshot, with its weights.
  package let sites: Population
  /// Mass of the plan at each site; they sum to 1.
  package let masses: [Double]
  /// Mean of y - x over the plan at each site, row-major (n, d).
  package let shifts: [Double]
  /// sum over pairs of mass |y - x - mean shift of its site|^2.
  package let scatter: Double
  package let time: Double
  /// tau / tau-bar.
  package let rho: Double
  /// The other snapshot's particles and what each site exchanges with them; nil for entropic plans, which have n m
  /// pairs.
  package let pairs: Pairs?

  /// Who is paired with whom.
  package struct Pairs: Sendable {
    package let partners: Matrix
    /// One entry per pair.
    package let site: [Int]
    package let partner: [Int]
    package let mass: [Double]
  }

  package init(
    sites: Population, masses: [Double], shifts: [Double], scatter: Double, time: Double, rho: Double,
    pairs: Pairs? = nil
  ) {
    self.sites = sites
    self.masses = masses
    self.shifts = shifts
    self.scatter = scatter
    self.time = time
    self.rho = rho
    self.pairs = pairs
  }

  package var dimension: Int { sites.points.columns }
  package var count: Int { masses.count }

  /// sum of mass |y - x|^2: the objective of no energy at all.
  package var constant: Double {
    var sum = scatter
    for (index, shift) in shifts.enumerated() { sum += masses[index / dimension] * shift * shift }
    return sum
  }

  /// The transitions of a series under the plans between its snapshots.
  package static func all(
    _ series: SnapshotSeries, plans: [SnapshotPlan], scheme: Scheme, standardization: Standardization
  ) -> [Transition] {
    let standardized = series.snapshots.map { snapshot in
      Matrix(
        rows: snapshot.points.rows, columns: snapshot.points.columns,
        elements: snapshot.points.elements.withUnsafeBufferPointer { standardization.points($0) })
    }
    return plans.enumerated().map { k, plan in
      let step = TransitionStep(series, k, scheme: scheme, standardization: standardization)
      let (evaluated, other) = scheme == .implicit ? (k + 1, k) : (k, k + 1)
      let sites = Population(points: standardized[evaluated], weights: step.sites.weights)
      switch plan {
      case .exact(let plan): return Transition(plan, step, sites, standardized[other])
      case .entropic(let plan): return Transition(plan, step, sites, standardization)
      }
    }
  }

  private init(_ plan: TransportPlan, _ step: TransitionStep, _ sites: Population, _ partners: Matrix) {
    let (d, sign, entries) = (sites.points.columns, step.sign, plan.entries)
    let (site, partner) =
      step.scheme == .implicit
      ? (entries.map(\.column), entries.map(\.row)) : (entries.map(\.row), entries.map(\.column))
    var masses = [Double](repeating: 0, count: sites.points.rows)
    var shifts = [Double](repeating: 0, count: masses.count * d)
    func shift(_ pair: Int, _ column: Int) -> Double {
      sign * (sites.points[site[pair], column] - partners[partner[pair], column])
    }
    for (pair, entry) in entries.enumerated() {
      masses[site[pair]] += entry.mass
      for column in 0..<d { shifts[site[pair] * d + column] += entry.mass * shift(pair, column) }
    }
    for index in shifts.indices where masses[index / d] > 0 { shifts[index] /= masses[index / d] }
    var scatter = 0.0
    for (pair, entry) in entries.enumerated() {
      for column in 0..<d {
        let offset = shift(pair, column) - shifts[site[pair] * d + column]
        scatter += entry.mass * offset * offset
      }
    }
    self.init(
      sites: sites, masses: masses, shifts: shifts, scatter: scatter, time: step.time, rho: step.rho,
      pairs: Pairs(partners: partners, site: site, partner: partner, mass: entries.map(\.mass)))
  }

  /// The scatter of an entropic plan about its barycentres is not computed: it would take all pairs.
  private init(
    _ plan: EntropicPlan, _ step: TransitionStep, _ sites: Population, _ standardization: Standardization
  ) {
    let (partners, massesOfPlan) = step.barycentres(plan)
    let images = partners.elements.withUnsafeBufferPointer { standardization.points($0) }
    let masses = massesOfPlan.map { $0 / plan.mass }
    let (d, sign) = (sites.points.columns, step.sign)
    let shifts = images.indices.map { masses[$0 / d] > 0 ? sign * (sites.points.elements[$0] - images[$0]) : 0 }
    self.init(sites: sites, masses: masses, shifts: shifts, scatter: 0, time: step.time, rho: step.rho)
  }
}

import Energies
import Numerics
import Snapshots

/// One step of a series as the closed form sees it, in standardised coordinates. The first-order condition
///
///     rho D(z) + shift = 0,   D(z) = grad V(z, time) + sum_j w_j grad U(z - z_j) + beta grad log density(z)
///
/// is asked at sites z: the particles of the later population in the implicit scheme, of the earlier one in the
/// explicit one, the middles of the pairs in the midpoint scheme. All pairs of a site have the same D, so that they
/// enter by their mass and their mean shift, and otherwise only by what no energy can change, `scatter`.
package struct Transition: Sendable {
  /// All particles of the population, with its weights; or all middles, with their pairs' masses.
  package let sites: Population
  /// Mass of the plan at each site; they sum to `share`.
  package let masses: [Double]
  /// Mean of y - x over the plan at each site, row-major (n, d).
  package let shifts: [Double]
  /// sum over pairs of mass |y - x - mean shift of its site|^2, times `share`.
  package let scatter: Double
  package let time: Double
  /// tau / tau-bar.
  package let rho: Double
  /// How much the transition counts beside others.
  package let share: Double
  /// The other snapshot's particles and what each site exchanges with them; nil for entropic plans, which have n m
  /// pairs, and where the sites are middles.
  package let pairs: Pairs?
  /// The particles whose middles the sites are, by their places in both populations; nil where sites are particles.
  package let ends: Ends?

  /// Who is paired with whom.
  package struct Pairs: Sendable {
    package let partners: Matrix
    /// One entry per pair.
    package let site: [Int]
    package let partner: [Int]
    package let mass: [Double]
  }

  /// One entry per site.
  package struct Ends: Sendable {
    package let earlier: [Int]
    package let later: [Int]
  }

  /// - Parameter masses: of transitions that count 1, as `scatter` is
  package init(
    sites: Population, masses: [Double], shifts: [Double], scatter: Double, time: Double, rho: Double,
    share: Double = 1, pairs: Pairs? = nil, ends: Ends? = nil
  ) {
    self.sites = sites
    self.masses = share == 1 ? masses : masses.map { share * $0 }
    self.shifts = shifts
    self.scatter = share * scatter
    self.time = time
    self.rho = rho
    self.share = share
    self.pairs = pairs
    self.ends = ends
  }

  package var dimension: Int { sites.points.columns }
  package var count: Int { masses.count }

  /// sum of mass |y - x|^2: the objective of no energy at all.
  package var constant: Double {
    var sum = scatter
    for (index, shift) in shifts.enumerated() { sum += masses[index / dimension] * shift * shift }
    return sum
  }

  /// The transition with other masses.
  func weighing(_ factors: [Double]) -> Transition {
    Transition(
      sites: sites, masses: zip(masses, factors).map { $0 * $1 / share }, shifts: shifts, scatter: scatter / share,
      time: time, rho: rho, share: share, pairs: pairs, ends: ends)
  }
}

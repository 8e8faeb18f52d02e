import Densities
import Energies
import Numerics

/// How a particle's presence moves the partners of all others, in its effect on the estimating equations.
///
/// With S the optimal map from sites to partners, the equations hold M_f = int psi_f . S dnu, psi_f = rho J_f. When the populations
/// nu of the sites and mu of the partners change, S changes by grad chi with div(nu grad chi) fixed by dnu and dmu (the linearised
/// Monge-Ampere equation; Villani, Topics in Optimal Transportation, section 4.1), and so
///
///     dM_f = int h_f dmu - int h_f(S) dnu + (direct part),   int grad h_f(S) . grad eta dnu = int psi_f . grad eta dnu  for all eta.
///
/// The last is solved among combinations h_f of the potentials of the coefficients themselves (Galerkin). That is exact where S is linear
/// and they are quadratic; for short steps, S near the identity, h_f is near rho times the potential of f in any case, so that a
/// particle's roles in consecutive transitions nearly cancel, as they should: of sum_k E phi(mu_{k+1}) - E phi(mu_k) only the ends are left.
struct PlanResponse {
  /// h_f at each site's (mean) partner, shape (n, F).
  let ofSites: Matrix
  /// h_f at each partner, shape (m, F).
  let ofPartners: Matrix

  /// Directions below this part of the largest eigenvalue of the sites' matrix are not told apart by the data.
  private static let cutoff = 1e-10

  init(_ transition: Transition, _ fields: SiteFields, density: GaussianMixture?, basis: EnergyBasis) throws {
    guard let pairs = transition.pairs else { throw EngineError(.invalid, "the transition has no pairs") }
    let (d, count) = (basis.dimension, basis.count)
    let partnerGradients = try basis.gradients(pairs.partners, of: transition, density)
    // Mean over each site's pairs of the partners' gradients, times the site's mass; and the sites' gradients by mass.
    var averaged = Matrix(rows: count, columns: transition.count * d)
    var weighed = fields.gradients
    try averaged.elements.withUnsafeMutableBufferPointer { averaged in
      for feature in 0..<count {
        try Interruption.check()
        let (row, source) = (feature * transition.count * d, feature * pairs.partners.rows * d)
        for (pair, mass) in pairs.mass.enumerated() {
          for column in 0..<d {
            averaged[row + pairs.site[pair] * d + column] +=
              mass * partnerGradients.elements[source + pairs.partner[pair] * d + column]
          }
        }
      }
    }
    weighed.elements.withUnsafeMutableBufferPointer { weighed in
      for index in weighed.indices { weighed[index] *= transition.masses[index % (transition.count * d) / d] }
    }
    let mixed = try fields.gradients.timesTransposed(averaged)
    let own = try weighed.timesTransposed(fields.gradients)

    // In a frame where `own` is 1, `mixed` is nearly so.
    let frame = try own.whitening(cutoff: Self.cutoff)
    let system = try frame.transposedTimes(mixed.times(frame))
    let side = try frame.transposedTimes(own)
    let solution = try SymmetricSolver(system.transposedTimes(system)).solve(system.transposedTimes(side))
    var coefficients = try frame.times(solution)
    for index in coefficients.elements.indices { coefficients.elements[index] *= transition.rho }

    let values = try basis.values(pairs.partners, of: transition, density).transposedTimes(coefficients)
    ofPartners = values
    var means = Matrix(rows: transition.count, columns: count)
    var given = [Double](repeating: 0, count: transition.count)
    for (pair, mass) in pairs.mass.enumerated() { given[pairs.site[pair]] += mass }
    for (pair, mass) in pairs.mass.enumerated() {
      let share = mass / given[pairs.site[pair]]
      for feature in 0..<count { means[pairs.site[pair], feature] += share * values[pairs.partner[pair], feature] }
    }
    ofSites = means
  }
}

import Densities
import Energies
import Numerics

/// How a particle's presence moves the partners of all others, in its effect on the estimating equations.
///
/// With S the optimal map from sites to partners, the equations hold M_f = int psi_f . S dnu, psi_f = rho J_f. When the
/// populations nu of the sites and mu of the partners change, S changes by grad chi with div(nu grad chi) fixed by dnu
/// and dmu (the linearised Monge-Ampere equation; Villani, Topics in Optimal Transportation, section 4.1), and so
///
///     dM_f = int h_f dmu - int h_f(S) dnu + (direct part),
///     int grad h_f(S) . grad eta dnu = int psi_f . grad eta dnu   for all eta.
///
/// The last equation is solved among combinations h_f of the potentials of the coefficients themselves (Galerkin). That
/// is exact where S is linear and they are quadratic. For short steps S is near the identity, and h_f near rho times
/// the potential of f in any case. A particle's roles in consecutive transitions then nearly cancel, as they should: of
/// sum_k E phi(mu_{k+1}) - E phi(mu_k) only the ends are left.
struct PlanResponse {
  /// h_f at each site's (mean) partner, shape (n, F).
  let ofSites: Matrix
  /// h_f at each partner, shape (m, F).
  let ofPartners: Matrix

  /// Directions below this part of the largest eigenvalue of the sites' matrix are not told apart by the data.
  private static let cutoff = 1e-10

  init(_ transition: Transition, _ fields: SiteFields, density: GaussianMixture?, basis: EnergyBasis) throws {
    guard let pairs = transition.pairs else { throw EngineError(.invalid, "the transition has no pairs") }
    let partnerGradients = try basis.gradients(pairs.partners, of: transition, density)
    let averaged = try pairs.sums(partnerGradients, sites: transition.count, width: basis.dimension)
    var coefficients = try Self.projected(transition, fields.gradients, averaged)
    for index in coefficients.elements.indices { coefficients.elements[index] *= transition.rho }
    ofPartners = try basis.values(pairs.partners, of: transition, density).transposedTimes(coefficients)
    ofSites = pairs.means(ofPartners, sites: transition.count)
  }

  /// The coefficients of h_f divided by rho, shape (F, F).
  ///
  /// - Parameters:
  ///   - gradients: at the sites, shape (F, n d)
  ///   - averaged: sums over each site's pairs of the partners' gradients by mass, shape (F, n d)
  private static func projected(
    _ transition: Transition, _ gradients: Matrix, _ averaged: Matrix
  ) throws -> Matrix {
    let d = transition.dimension
    var weighed = gradients
    weighed.elements.withUnsafeMutableBufferPointer { weighed in
      for index in weighed.indices { weighed[index] *= transition.masses[index % (transition.count * d) / d] }
    }
    let mixed = try gradients.timesTransposed(averaged)
    let own = try weighed.timesTransposed(gradients)
    // In the coordinates in which `own` is the identity, `mixed` is close to it.
    let frame = try own.whitening(cutoff: cutoff)
    let system = try frame.transposedTimes(mixed.times(frame))
    let side = try frame.transposedTimes(own)
    let solution = try SymmetricSolver(system.transposedTimes(system)).solve(system.transposedTimes(side))
    return try frame.times(solution)
  }
}

extension Transition.Pairs {
  /// For each site the sum over its pairs of mass times a row of numbers of the partner.
  ///
  /// - Parameter numbers: shape (F, m width); the result has shape (F, sites width)
  fileprivate func sums(_ numbers: Matrix, sites: Int, width: Int) throws -> Matrix {
    var sums = Matrix(rows: numbers.rows, columns: sites * width)
    try sums.elements.withUnsafeMutableBufferPointer { sums in
      for feature in 0..<numbers.rows {
        try Interruption.check()
        let (row, source) = (feature * sites * width, feature * numbers.columns)
        for (pair, mass) in mass.enumerated() {
          for column in 0..<width {
            sums[row + site[pair] * width + column] +=
              mass * numbers.elements[source + partner[pair] * width + column]
          }
        }
      }
    }
    return sums
  }

  /// For each site the mean over its pairs, by mass, of the partners' values.
  ///
  /// - Parameter values: shape (m, F); the result has shape (sites, F)
  fileprivate func means(_ values: Matrix, sites: Int) -> Matrix {
    var means = Matrix(rows: sites, columns: values.columns)
    var given = [Double](repeating: 0, count: sites)
    for (pair, mass) in mass.enumerated() { given[site[pair]] += mass }
    for (pair, mass) in mass.enumerated() {
      let weight = mass / given[site[pair]]
      for feature in 0..<values.columns { means[site[pair], feature] += weight * values[partner[pair], feature] }
    }
    return means
  }
}

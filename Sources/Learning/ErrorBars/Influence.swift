import Densities
import Energies
import Numerics

/// What each particle contributes to the estimating equations of a linear energy, and so the covariance of its
/// coefficients.
///
/// The coefficients solve G(theta) = sum_k sum_i m_i rho J_i (rho J_i^T theta + shift_i) = 0. Particles of all
/// snapshots are drawn independently of each other, so that to first order G is a sum of independent terms, one per
/// particle, and
///
///     cov(theta) = H^-1 (sum over particles of w^2 (psi - mean psi)(psi - mean psi)^T) H^-1,
///     H = sum m rho^2 J J^T + ridge
///
/// (the delta method; van der Vaart, Asymptotic Statistics, chapters 5 and 20). A particle's psi is the sum of all its
/// roles:
///
/// - it is the site at which the condition is asked;
/// - its presence moves the partners of all others in the plan, as a site and as a partner, in one transition and in
///   the next (`PlanResponse`);
/// - it is one of those over whom U is averaged (`AveragingResponse`);
/// - it is one of those from whom the density is estimated (`ScoreResponse`).
///
/// Pairs are no independent units, because the plan orders all particles together; nor are snapshots, which belong to
/// two transitions.
struct Influence {
  private let basis: EnergyBasis
  private let coefficients: [Double]
  /// Per snapshot, shape (n, F).
  private var contributions: [Matrix]
  private let weights: [[Double]]

  /// - Parameters:
  ///   - transitions: with their pairs; transition k leads from snapshot k to k + 1
  ///   - densities: of each transition's sites, where the basis has the internal energy
  ///   - progress: hears of every transition
  init(
    _ transitions: [Transition], scheme: Scheme, densities: [GaussianMixture], basis: EnergyBasis,
    coefficients: [Double], _ progress: ProgressHandler = { _ in true }
  ) throws {
    let (start, count) = (monotonicSeconds(), transitions.count)
    self.basis = basis
    self.coefficients = coefficients
    weights = try Self.weights(transitions, scheme)
    let total = weights.reduce(0) { $0 + $1.count }
    try requireMemory(
      total, basis.count, 2 * (basis.dimension + 1), of: Double.self,
      for: "the influence of \(total) particles on \(basis.count) coefficients")
    contributions = weights.map { Matrix(rows: $0.count, columns: basis.count) }
    for (k, transition) in transitions.enumerated() {
      func goesOn() -> Bool { progress(Progress(.influence, done: k, of: count, since: start)) }
      if !goesOn() { throw EngineError.cancelled("error bars") }
      let density = basis.hasInternal ? densities[k] : nil
      try Interruption.during("error bars", goesOn) { try addRoles(transition, density, k, scheme) }
    }
    guard progress(Progress(.influence, done: count, of: count, since: start)) else {
      throw EngineError.cancelled("error bars")
    }
  }

  /// The snapshots of a transition's sites and of their partners.
  private static func places(_ k: Int, _ scheme: Scheme) -> (site: Int, partner: Int) {
    scheme == .implicit ? (k + 1, k) : (k, k + 1)
  }

  /// The weights of all particles, per snapshot.
  private static func weights(_ transitions: [Transition], _ scheme: Scheme) throws -> [[Double]] {
    var weights = [[Double]](repeating: [], count: transitions.count + 1)
    for (k, transition) in transitions.enumerated() {
      guard let pairs = transition.pairs else {
        throw EngineError(.invalid, "error_bars = influence needs exact plans; bootstrap does with any")
      }
      let places = places(k, scheme)
      weights[places.site] = transition.sites.weights
      // The weights of the partners' snapshot are the masses of its particles in the plan. The next transition replaces
      // them if these particles are its sites.
      var given = [Double](repeating: 0, count: pairs.partners.rows)
      for (pair, partner) in pairs.partner.enumerated() { given[partner] += pairs.mass[pair] }
      weights[places.partner] = given
    }
    return weights
  }

  /// All roles of a transition's particles, in the snapshots of its sites and of their partners.
  private mutating func addRoles(
    _ transition: Transition, _ density: GaussianMixture?, _ k: Int, _ scheme: Scheme
  ) throws {
    let (places, sign) = (Self.places(k, scheme), scheme == .implicit ? 1.0 : -1)
    let fields = try SiteFields(transition, density: density, basis: basis, coefficients: coefficients)
    try addSiteRole(transition, fields, to: places.site)
    let response = try PlanResponse(transition, fields, density: density, basis: basis)
    add(response.ofSites, sign, to: places.site)
    add(response.ofPartners, -sign, to: places.partner)
    if let averaging = try AveragingResponse(transition, fields, basis, coefficients) {
      add(averaging.contributions, 1, to: places.site)
    }
    if let density {
      add(try ScoreResponse(transition, fields, density, basis).contributions, 1, to: places.site)
    }
  }

  /// sum over particles of w^2 (psi - mean)(psi - mean)^T, shape (F, F).
  func variance() throws -> Matrix {
    var sum = Matrix(rows: basis.count, columns: basis.count)
    for (contribution, weights) in zip(contributions, weights) where contribution.rows > 1 {
      var mean = [Double](repeating: 0, count: basis.count)
      for row in 0..<contribution.rows {
        for column in 0..<basis.count { mean[column] += weights[row] * contribution[row, column] }
      }
      // With equal weights the correction is the usual factor n / (n - 1), here as a root.
      let effective = 1 / weights.reduce(0) { $0 + $1 * $1 }
      let correction = (effective > 1 ? effective / (effective - 1) : 1).squareRoot()
      var centered = Matrix(rows: contribution.rows, columns: basis.count)
      for row in 0..<contribution.rows {
        for column in 0..<basis.count {
          centered[row, column] = correction * weights[row] * (contribution[row, column] - mean[column])
        }
      }
      let product = try centered.transposedTimes(centered)
      for index in sum.elements.indices { sum.elements[index] += product.elements[index] }
    }
    return sum
  }

  /// Adds rho J_i residual_i of every site, with the shifts held fixed. It is multiplied by the site's mass over its
  /// weight, because `variance` multiplies contributions by weights, and the equations count sites by mass.
  private mutating func addSiteRole(_ transition: Transition, _ fields: SiteFields, to snapshot: Int) throws {
    let d = basis.dimension
    for feature in 0..<basis.count {
      try Interruption.check()
      for site in 0..<fields.count where transition.sites.weights[site] > 0 {
        var sum = 0.0
        for column in site * d..<(site + 1) * d { sum += fields.gradients[feature, column] * fields.residuals[column] }
        contributions[snapshot][site, feature] +=
          transition.masses[site] / transition.sites.weights[site] * fields.rho * sum
      }
    }
  }

  private mutating func add(_ matrix: Matrix, _ sign: Double, to snapshot: Int) {
    for index in matrix.elements.indices { contributions[snapshot].elements[index] += sign * matrix.elements[index] }
  }
}

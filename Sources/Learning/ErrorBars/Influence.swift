import Densities
import Energies
import Numerics

/// What each particle contributes to the estimating equations of a linear energy, and so the covariance of its coefficients.
///
/// The coefficients solve G(theta) = sum_k sum_i m_i rho J_i (rho J_i^T theta + shift_i) = 0. Particles of all snapshots are drawn
/// independently of each other, so that to first order G is a sum of independent terms, one per particle, and
///
///     cov(theta) = H^-1 (sum over particles of w^2 (psi - mean psi)(psi - mean psi)^T) H^-1,   H = sum m rho^2 J J^T + ridge
///
/// (the delta method; van der Vaart, Asymptotic Statistics, chapters 5 and 20). A particle's psi is the sum of all its roles: the site at
/// which the condition is asked, the one whose presence moves everybody's partners in the plan, as a site and as a partner, in one
/// transition and in the next (`PlanResponse`); one of those over whom U is averaged; one of those from whom the density is estimated. Pairs are no
/// independent units, for the plan orders all particles together; nor are snapshots, which belong to two transitions.
struct Influence {
  private let basis: EnergyBasis
  private let coefficients: [Double]
  /// Per snapshot, shape (n, F).
  private var contributions: [Matrix]
  private let weights: [[Double]]

  /// Sites over which a particle's part in the averages of U is summed, at most. Fewer would add their own noise to the errors: 200, in ten
  /// coordinates, a fifth.
  private static let averagedSites = 1000
  /// Particles, and about so many equations, whose features of differences are at hand at a time.
  private static let (blockParticles, blockColumns) = (16, 512)

  /// - Parameters:
  ///   - transitions: with their pairs; transition k leads from snapshot k to k + 1
  ///   - densities: of each transition's sites, where the basis has the internal energy
  ///   - progress: hears of every transition
  init(
    _ transitions: [Transition], scheme: Scheme, densities: [GaussianMixture], basis: EnergyBasis,
    coefficients: [Double], _ progress: ProgressHandler = { _ in true }
  ) throws {
    let start = monotonicSeconds()
    self.basis = basis
    self.coefficients = coefficients
    var sizes = [Int](repeating: 0, count: transitions.count + 1)
    var weights = [[Double]](repeating: [], count: sizes.count)
    for (k, transition) in transitions.enumerated() {
      guard let pairs = transition.pairs else {
        throw EngineError(.invalid, "error_bars = influence needs exact plans; bootstrap does with any")
      }
      let (site, partner) = scheme == .implicit ? (k + 1, k) : (k, k + 1)
      (sizes[site], weights[site]) = (transition.count, transition.sites.weights)
      sizes[partner] = pairs.partners.rows
      // The other snapshot's weights are what its particles give away.
      var given = [Double](repeating: 0, count: pairs.partners.rows)
      for (pair, partner) in pairs.partner.enumerated() { given[partner] += pairs.mass[pair] }
      weights[partner] = given
    }
    self.weights = weights
    let total = sizes.reduce(0, +)
    let (numbers, overflow) = total.multipliedReportingOverflow(by: basis.count * 2 * (basis.dimension + 1))
    try requireMemory(
      overflow ? .max : numbers, of: Double.self,
      for: "the influence of \(total) particles on \(basis.count) coefficients")
    contributions = sizes.map { Matrix(rows: $0, columns: basis.count) }
    for (k, transition) in transitions.enumerated() {
      func goesOn() -> Bool { progress(Progress(.influence, done: k, of: transitions.count, since: start)) }
      if !goesOn() { throw EngineError.cancelled("error bars") }
      let (site, partner) = scheme == .implicit ? (k + 1, k) : (k, k + 1)
      let density = basis.hasInternal ? densities[k] : nil
      try Interruption.during("error bars", goesOn) {
        try addRoles(transition, density, site: site, partner: partner, sign: scheme == .implicit ? 1 : -1)
      }
    }
    let count = transitions.count
    guard progress(Progress(.influence, done: count, of: count, since: start)) else {
      throw EngineError.cancelled("error bars")
    }
  }

  /// All roles of a transition's particles, in the snapshots of its sites and of their partners.
  private mutating func addRoles(
    _ transition: Transition, _ density: GaussianMixture?, site: Int, partner: Int, sign: Double
  ) throws {
    let fields = try SiteFields(transition, density: density, basis: basis, coefficients: coefficients)
    try addSiteRole(transition, fields, to: site)
    let response = try PlanResponse(transition, fields, density: density, basis: basis)
    add(response.ofSites, sign, to: site)
    add(response.ofPartners, -sign, to: partner)
    try addAveragingRole(transition, fields, to: site)
    if let density { add(try ScoreResponse(transition, fields, density, basis).contributions, 1, to: site) }
  }

  /// sum over particles of w^2 (psi - mean)(psi - mean)^T, shape (F, F).
  func variance() throws -> Matrix {
    var sum = Matrix(rows: basis.count, columns: basis.count)
    for (contribution, weights) in zip(contributions, weights) where contribution.rows > 1 {
      var mean = [Double](repeating: 0, count: basis.count)
      for row in 0..<contribution.rows {
        for column in 0..<basis.count { mean[column] += weights[row] * contribution[row, column] }
      }
      // Unweighted, this is the usual n / (n - 1).
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

  /// rho J_i residual_i, as if the shifts were given; as much of it as the site's mass is of its weight.
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

  /// A particle j is one of those over whom grad U(z_i - z_j) is averaged, in J_i and in its residual.
  private mutating func addAveragingRole(
    _ transition: Transition, _ fields: SiteFields, to snapshot: Int
  ) throws {
    guard let interaction = basis.interaction else { return }
    let (n, d, range) = (fields.count, basis.dimension, basis.range(of: .interaction))
    let stride = max(1, (n + Self.averagedSites - 1) / Self.averagedSites)
    let chosen = Array(Swift.stride(from: 0, to: n, by: stride))
    let total = chosen.reduce(0) { $0 + transition.masses[$1] }
    guard total > 0 else { return }
    // m rho residual and m rho^2 J of the chosen sites, whose masses stand for all.
    var pulls = [Double](repeating: 0, count: chosen.count * d)
    var rows = Matrix(rows: basis.count, columns: chosen.count * d)
    for (place, site) in chosen.enumerated() {
      let factor = transition.masses[site] / total * fields.rho
      for column in 0..<d {
        pulls[place * d + column] = factor * fields.residuals[site * d + column]
        for feature in 0..<basis.count {
          rows[feature, place * d + column] = factor * fields.rho * fields.gradients[feature, site * d + column]
        }
      }
    }
    let points = transition.sites.points
    let theta = Matrix(rows: 1, columns: interaction.count, elements: Array(coefficients[range]))
    let (weighedRows, weighedPulls) = (rows, pulls)
    let grain = max(1, Self.blockColumns / d)
    let count = (n + Self.blockParticles - 1) / Self.blockParticles
    let blocks = try Parallel.map(count, spreads: !interaction.callsHost) { block -> Matrix in
      let particles = block * Self.blockParticles..<min(n, (block + 1) * Self.blockParticles)
      var forces = Matrix(rows: particles.count, columns: chosen.count * d)
      var own = Matrix(rows: particles.count, columns: interaction.count)
      for (row, particle) in particles.enumerated() {
        try Interruption.check()
        for start in Swift.stride(from: 0, to: chosen.count, by: grain) {
          let sites = start..<min(chosen.count, start + grain)
          let slopes = try interaction.jacobians(
            sites.flatMap { site in (0..<d).map { points[chosen[site], $0] - points[particle, $0] } })
          let columns = sites.lowerBound * d..<sites.upperBound * d
          let pulls = Matrix(rows: columns.count, columns: 1, elements: Array(weighedPulls[columns]))
          for (column, force) in zip(columns, try theta.times(slopes).elements) { forces[row, column] = force }
          for (feature, pull) in try slopes.times(pulls).elements.enumerated() { own[row, feature] += pull }
        }
      }
      var result = try forces.timesTransposed(weighedRows)
      for row in 0..<particles.count {
        for (place, feature) in range.enumerated() { result[row, feature] += own[row, place] }
      }
      return result
    }
    for (block, result) in blocks.enumerated() {
      let first = block * Self.blockParticles * basis.count
      for index in result.elements.indices { contributions[snapshot].elements[first + index] += result.elements[index] }
    }
  }
}

extension FeatureBasis {
  /// The gradients of all features at points (row-major), shape (features, n d).
  fileprivate func jacobians(_ points: [Double]) throws -> Matrix {
    var slopes = Matrix(rows: count, columns: points.count)
    try points.withUnsafeBufferPointer { points in
      try slopes.elements.withUnsafeMutableBufferPointer { slopes in
        guard let base = slopes.baseAddress else { return }
        try jacobians(points, into: base, stride: points.count)
      }
    }
    return slopes
  }
}

import Energies
import Numerics

/// How a particle's presence moves the averages of U, in its effect on the estimating equations: particle j is one of
/// those over whom grad U(z_i - z_j) is averaged, in J_i and in its residual.
struct AveragingResponse {
  /// Shape (n, F).
  let contributions: Matrix

  /// Sites over which a particle's part in the averages of U is summed, at most. Fewer would add noise of their own to
  /// the errors; with 200 that is a fifth, in ten coordinates.
  private static let averagedSites = 1000

  /// Nil for an energy without features of U.
  init?(_ transition: Transition, _ fields: SiteFields, _ basis: EnergyBasis, _ coefficients: [Double]) throws {
    guard let interaction = basis.interaction else { return nil }
    let (n, d) = (fields.count, basis.dimension)
    let stride = max(1, (n + Self.averagedSites - 1) / Self.averagedSites)
    let chosen = Array(Swift.stride(from: 0, to: n, by: stride))
    let total = chosen.reduce(0) { $0 + transition.masses[$1] }
    guard total > 0 else { return nil }
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
    let work = AveragingWork(
      basis: basis, interaction: interaction, points: transition.sites.points, chosen: chosen, pulls: pulls, rows: rows,
      theta: Matrix(
        rows: 1, columns: interaction.count, elements: Array(coefficients[basis.range(of: .interaction)])))
    contributions = try work.contributions()
  }
}

/// What the contributions are computed from.
private struct AveragingWork: Sendable {
  let basis: EnergyBasis
  let interaction: FeatureBasis
  let points: Matrix
  /// The sites over which a particle's part is summed. Their masses stand for those of all sites.
  let chosen: [Int]
  /// m rho residual of the chosen sites.
  let pulls: [Double]
  /// m rho^2 J of the chosen sites, shape (F, chosen d).
  let rows: Matrix
  /// The coefficients of U, shape (1, features).
  let theta: Matrix

  /// Particles, and about so many equations, whose features of differences are in memory at a time.
  private static let (blockParticles, blockColumns) = (16, 512)

  /// Shape (n, F).
  func contributions() throws -> Matrix {
    let (n, size) = (points.rows, Self.blockParticles)
    let blocks = try Parallel.map((n + size - 1) / size, spreads: !interaction.callsHost) { block in
      try contributions(of: block * size..<min(n, (block + 1) * size))
    }
    return Matrix(rows: n, columns: basis.count, elements: blocks.flatMap(\.elements))
  }

  private func contributions(of particles: Range<Int>) throws -> Matrix {
    let (d, grain) = (basis.dimension, max(1, Self.blockColumns / basis.dimension))
    var forces = Matrix(rows: particles.count, columns: chosen.count * d)
    var own = Matrix(rows: particles.count, columns: interaction.count)
    for (row, particle) in particles.enumerated() {
      try Interruption.check()
      for start in stride(from: 0, to: chosen.count, by: grain) {
        let sites = start..<min(chosen.count, start + grain)
        let slopes = try interaction.jacobians(
          sites.flatMap { site in (0..<d).map { points[chosen[site], $0] - points[particle, $0] } })
        let columns = sites.lowerBound * d..<sites.upperBound * d
        let pulls = Matrix(rows: columns.count, columns: 1, elements: Array(pulls[columns]))
        for (column, force) in zip(columns, try theta.times(slopes).elements) { forces[row, column] = force }
        for (feature, pull) in try slopes.times(pulls).elements.enumerated() { own[row, feature] += pull }
      }
    }
    var result = try forces.timesTransposed(rows)
    for row in 0..<particles.count {
      for (place, feature) in basis.range(of: .interaction).enumerated() { result[row, feature] += own[row, place] }
    }
    return result
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

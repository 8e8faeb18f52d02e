import Energies
import Numerics

/// What a particle contributes to the estimating equations because U is averaged over it: grad U(z_i - z_j) of particle
/// j is a part of J_i and of the residual at every site i.
struct AveragingResponse {
  /// Shape (n, F).
  let contributions: Matrix

  /// The most sites over which a particle's contribution is summed. They represent all sites, and their choice adds
  /// noise to the error bars: with 200 sites a fifth, in ten coordinates.
  private static let averagedSites = 1000

  /// Nil for an energy without features of U.
  init?(_ transition: Transition, _ fields: SiteFields, _ basis: EnergyBasis, _ coefficients: [Double]) throws {
    guard let interaction = basis.interaction else { return nil }
    let (n, d) = (fields.count, basis.dimension)
    let stride = max(1, (n + Self.averagedSites - 1) / Self.averagedSites)
    let chosen = Array(Swift.stride(from: 0, to: n, by: stride))
    let total = chosen.reduce(0) { $0 + transition.masses[$1] }
    guard total > 0 else { return nil }
    var residuals = [Double](repeating: 0, count: chosen.count * d)
    var rows = Matrix(rows: basis.count, columns: chosen.count * d)
    for (place, site) in chosen.enumerated() {
      let factor = transition.masses[site] / total * fields.rho
      for column in 0..<d {
        residuals[place * d + column] = factor * fields.residuals[site * d + column]
        for feature in 0..<basis.count {
          rows[feature, place * d + column] = factor * fields.rho * fields.gradients[feature, site * d + column]
        }
      }
    }
    let work = AveragingWork(
      basis: basis, interaction: interaction, points: transition.sites.points, chosen: chosen, residuals: residuals,
      rows: rows,
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
  /// The sites over which contributions are summed. Their masses are divided by their sum, so that they represent all
  /// sites.
  let chosen: [Int]
  /// m rho residual of the chosen sites, row-major (chosen, d).
  let residuals: [Double]
  /// m rho^2 J of the chosen sites, shape (F, chosen d).
  let rows: Matrix
  /// The coefficients of U, shape (1, features).
  let theta: Matrix

  /// The number of particles in a piece of work. The features of the differences to one of them are in memory for about
  /// `columnsAtOnce` sites times coordinates at a time.
  private static let (particlesPerPiece, columnsAtOnce) = (16, 512)

  /// Shape (n, F).
  func contributions() throws -> Matrix {
    let (n, size) = (points.rows, Self.particlesPerPiece)
    let pieces = try Parallel.map((n + size - 1) / size, spreads: !interaction.callsHost) { piece in
      try contributions(of: piece * size..<min(n, (piece + 1) * size))
    }
    return Matrix(rows: n, columns: basis.count, elements: pieces.flatMap(\.elements))
  }

  private func contributions(of particles: Range<Int>) throws -> Matrix {
    let (d, sitesAtOnce) = (basis.dimension, max(1, Self.columnsAtOnce / basis.dimension))
    var forces = Matrix(rows: particles.count, columns: chosen.count * d)
    var own = Matrix(rows: particles.count, columns: interaction.count)
    for (row, particle) in particles.enumerated() {
      try Interruption.check()
      for start in stride(from: 0, to: chosen.count, by: sitesAtOnce) {
        let sites = start..<min(chosen.count, start + sitesAtOnce)
        let slopes = try interaction.jacobians(
          sites.flatMap { site in (0..<d).map { points[chosen[site], $0] - points[particle, $0] } })
        let columns = sites.lowerBound * d..<sites.upperBound * d
        let residuals = Matrix(rows: columns.count, columns: 1, elements: Array(residuals[columns]))
        for (column, force) in zip(columns, try theta.times(slopes).elements) { forces[row, column] = force }
        for (feature, sum) in try slopes.times(residuals).elements.enumerated() { own[row, feature] += sum }
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

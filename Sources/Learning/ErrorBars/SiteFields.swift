import Densities
import Energies
import Numerics

/// The fields J of all coefficients at a transition's sites, and the residuals of the condition there.
struct SiteFields {
  /// Shape (F, n d).
  let gradients: Matrix
  /// rho J^T theta + shift, row-major (n, d).
  let residuals: [Double]
  let rho: Double
  /// The coefficient of the score; 0 without one.
  let beta: Double

  var count: Int { residuals.count / dimension }
  private let dimension: Int

  init(
    _ transition: Transition, density: GaussianMixture?, basis: EnergyBasis, coefficients: [Double]
  ) throws {
    dimension = basis.dimension
    rho = transition.rho
    beta = basis.hasInternal ? coefficients[basis.range(of: .internal).lowerBound] : 0
    gradients = try basis.gradients(transition.sites.points, of: transition, density)
    let theta = Matrix(rows: 1, columns: basis.count, elements: coefficients)
    let field = try theta.times(gradients).elements
    residuals = field.indices.map { transition.rho * field[$0] + transition.shifts[$0] }
  }
}

extension EnergyBasis {
  /// The gradients of all potentials that the coefficients multiply, shape (F, n d): V's features, U's averaged over a
  /// transition's sites, the log density of these.
  func gradients(_ points: Matrix, of transition: Transition, _ density: GaussianMixture?) throws -> Matrix {
    try fill(points, width: dimension, transition, density) { basis, points, target, stride in
      try basis.jacobians(points, into: target, stride: stride)
    } mean: { basis, points, target, stride in
      try basis.meanJacobians(points, over: transition.sites, into: target, stride: stride)
    } density: {
      $0.scores($1, into: $2)
    }
  }

  /// Their values, shape (F, n).
  func values(_ points: Matrix, of transition: Transition, _ density: GaussianMixture?) throws -> Matrix {
    try fill(points, width: 1, transition, density) { basis, points, target, stride in
      try basis.values(points, into: target, stride: stride)
    } mean: { basis, points, target, stride in
      try basis.meanValues(points, over: transition.sites, into: target, stride: stride)
    } density: {
      $0.logDensities($1, into: $2)
    }
  }

  private typealias Filler = (FeatureBasis, UnsafeBufferPointer<Double>, UnsafeMutablePointer<Double>, Int) throws ->
    Void

  private func fill(
    _ points: Matrix, width: Int, _ transition: Transition, _ density: GaussianMixture?,
    potential fillPotential: Filler,
    mean fillMean: Filler,
    density fillDensity: (GaussianMixture, UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
  ) throws -> Matrix {
    let columns = points.rows * width
    var filled = Matrix(rows: count, columns: columns)
    try points.elements.withUnsafeBufferPointer { points in
      try filled.elements.withUnsafeMutableBufferPointer { filled in
        guard let base = filled.baseAddress else { return }
        if let potential {
          try fillPotential(potential, points, base, columns)
          potential.fillPowers(of: transition.time, base, stride: columns, columns: columns)
        }
        if let interaction {
          try fillMean(interaction, points, base + range(of: .interaction).lowerBound * columns, columns)
        }
        if let density {
          let start = range(of: .internal).lowerBound * columns
          fillDensity(density, points, UnsafeMutableBufferPointer(rebasing: filled[start..<start + columns]))
        }
      }
    }
    try Interruption.check()
    return filled
  }
}

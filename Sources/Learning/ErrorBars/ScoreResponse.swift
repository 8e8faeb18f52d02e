import Densities
import Energies
import Numerics

/// How a particle's presence moves the estimated density's parameters eta, in its effect on the estimating equations:
/// the sum over sites of a_f . dscore/deta, times the parameters' own influence I^-1 grad_eta log density(z_j) (maximum
/// likelihood).
struct ScoreResponse {
  /// Shape (n, F).
  let contributions: Matrix

  init(_ transition: Transition, _ fields: SiteFields, _ density: GaussianMixture, _ basis: EnergyBasis) throws {
    let (n, d, count) = (transition.count, basis.dimension, basis.count)
    let beta = basis.range(of: .internal).lowerBound
    // G_f moves by a_f . dscore: through the score in every residual, and in the row of beta.
    var moved = Matrix(rows: count, columns: n * d)
    for feature in 0..<count {
      for column in 0..<n * d {
        let factor = transition.masses[column / d] * fields.rho
        moved[feature, column] = factor * fields.rho * fields.beta * fields.gradients[feature, column]
        if feature == beta { moved[feature, column] += factor * fields.residuals[column] }
      }
    }
    let slopes = try ParameterSlopes(density, at: transition.sites.points)
    var weighed = slopes.logs
    for row in 0..<weighed.rows {
      for particle in 0..<n { weighed[row, particle] *= transition.sites.weights[particle] }
    }
    let information = try weighed.timesTransposed(slopes.logs)
    let sensitivity = try moved.timesTransposed(slopes.scores)
    // The factors are F x P, P x P and P x n. Their product is computed transposed.
    let turned = try SymmetricSolver(information).solve(sensitivity.transpose)
    contributions = try slopes.logs.transposedTimes(turned)
  }
}

/// The derivatives of a mixture's score and log density at points with respect to its parameters, of which there are P,
/// by central differences: mixtures are smooth in their parameters.
private struct ParameterSlopes {
  /// Shape (P, n d).
  let scores: Matrix
  /// Shape (P, n).
  let logs: Matrix

  private static let step = 1e-5

  init(_ density: GaussianMixture, at points: Matrix) throws {
    let (n, d, parameters) = (points.rows, points.columns, density.parameters)
    // The parts of all parameters, and the matrices that they are put together to.
    try requireMemory(
      2, parameters.count, n, d + 1, of: Double.self,
      for: "the influence of \(n) particles on the \(parameters.count) parameters of their density")
    let derivatives = try Parallel.map(parameters.count) { index -> (scores: [Double], logs: [Double]) in
      func evaluate(_ offset: Double) throws -> (scores: [Double], logs: [Double]) {
        var changed = parameters
        changed[index] += offset
        let density = try GaussianMixture(
          parameters: changed, componentCount: density.componentCount, dimension: d, kind: density.kind)
        var scores = [Double](repeating: 0, count: n * d)
        var logs = [Double](repeating: 0, count: n)
        points.elements.withUnsafeBufferPointer { points in
          scores.withUnsafeMutableBufferPointer { density.scores(points, into: $0) }
          logs.withUnsafeMutableBufferPointer { density.logDensities(points, into: $0) }
        }
        return (scores, logs)
      }
      let step = Self.step * max(1, abs(parameters[index]))
      let (above, below) = (try evaluate(step), try evaluate(-step))
      return (
        zip(above.scores, below.scores).map { ($0 - $1) / (2 * step) },
        zip(above.logs, below.logs).map { ($0 - $1) / (2 * step) }
      )
    }
    scores = Matrix(rows: parameters.count, columns: n * d, elements: derivatives.flatMap(\.scores))
    logs = Matrix(rows: parameters.count, columns: n, elements: derivatives.flatMap(\.logs))
  }
}

import CSystem
import Numerics

/// How wide the kernels of a kernel density are.
package enum Bandwidth: Sendable, Equatable {
  package enum Rule: Sendable, Equatable {
    /// n^(-1 / (d + 4)), D. W. Scott, "Multivariate density estimation", 1992.
    case scott
    /// (n (d + 2) / 4)^(-1 / (d + 4)), B. W. Silverman, "Density estimation", 1986.
    case silverman

    /// - Parameter count: the effective number of particles, 1 / sum w^2
    func factor(count: Double, dimension: Int) -> Double {
      let d = Double(dimension)
      switch self {
      case .scott: return pow(count, -1 / (d + 4))
      case .silverman: return pow(count * (d + 2) / 4, -1 / (d + 4))
      }
    }
  }

  package enum Shape: Sendable, Equatable {
    /// The population's covariance times the squared factor.
    case full
    /// The mean of the population's variances times the squared factor, in every direction.
    case spherical
  }

  case rule(Rule, Shape)
  /// Standard deviation of the kernel in every direction, in length.
  case length(Double)

  package static let lengths = StandardizedPopulation.scales

  /// L with L L^T = the kernel's covariance, d x d, in the coordinates of the points.
  func factor(for population: StandardizedPopulation) throws -> [Double] {
    let d = population.dimension
    func isotropic(_ length: Double) -> [Double] {
      (0..<d * d).map { $0 / d == $0 % d ? length : 0 }
    }
    switch self {
    case .length(let length):
      guard Self.lengths.contains(length) else {
        throw EngineError(
          .invalid, "bandwidth = \(length) is not between \(Self.lengths.lowerBound) and \(Self.lengths.upperBound)")
      }
      return isotropic(length)
    case .rule(let rule, let shape):
      let n = population.effectiveCount
      // This factor, n / (n - 1), makes the variance unbiased for equal weights.
      let correction = 1 / (1 - 1 / n)
      guard population.count > 1, correction.isFinite, correction > 0 else {
        throw EngineError(
          .population,
          "\(population.name) has 1 particle with mass; a rule for the bandwidth needs the variance of two or more")
      }
      let factor = rule.factor(count: n, dimension: d) * correction.squareRoot()
      if shape == .spherical {
        let largest = population.scale.max() ?? 1
        var variance = 0.0
        for j in 0..<d where !population.isConstant[j] {
          variance += (population.scale[j] / largest) * (population.scale[j] / largest) / Double(d)
        }
        return isotropic(factor * variance.squareRoot() * largest)
      }
      return try covarianceFactor(of: population).enumerated().map { factor * population.scale[$0 / d] * $1 }
    }
  }

  /// L of the population's covariance in standardised coordinates.
  private func covarianceFactor(of population: StandardizedPopulation) throws -> [Double] {
    let d = population.dimension
    var covariance = [Double](repeating: 0, count: d * d)
    covariance.withUnsafeMutableBufferPointer { sums in
      population.points.elements.withUnsafeBufferPointer { points in
        for (row, weight) in population.weights.enumerated() {
          if row % 64 == 0, Interruption.stops { break }
          let z = UnsafeBufferPointer(rebasing: points[row * d..<(row + 1) * d])
          for j in 0..<d {
            let value = weight * z[j]
            for l in 0...j { sums[j * d + l] += value * z[l] }
          }
        }
      }
    }
    try Interruption.check()
    let isDefinite = covariance.withUnsafeMutableBufferPointer { values in
      values.baseAddress.map { TriangularFactor.factorise($0, d) } ?? false
    }
    try Interruption.check()
    guard isDefinite, !population.isConstant.contains(true) else {
      throw EngineError(
        .population,
        "\(population.name) are in fewer than \(d) dimensions, so that the full kernel has no width in some; a spherical one has"
      )
    }
    return covariance
  }
}

import Numerics

/// A smooth density rho over d coordinates, by its logarithm and its score.
///
/// All computations are in the log domain, and rho has no floor. The internal energy needs the score also far from the
/// bulk of a population, where the score is large although rho itself underflows to 0.
package protocol Density: Sendable {
  /// d.
  var dimension: Int { get }

  /// ln rho at each point.
  ///
  /// - Parameters:
  ///   - points: (n, d), row-major, in length
  ///   - results: n numbers; rho is in 1 / length^d
  func logDensities(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>)

  /// grad ln rho = grad rho / rho at each point, in 1 / length.
  ///
  /// - Parameters:
  ///   - points: (n, d), row-major, in length
  ///   - results: (n, d), row-major; may not be the memory of the points
  func scores(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>)
}

extension Density {
  package func logDensities(_ points: Matrix) throws -> [Double] {
    try check(points)
    try requireMemory(points.rows, of: Double.self, for: "the log-densities")
    let logs = [Double](unsafeUninitializedCapacity: points.rows) { results, filled in
      points.elements.withUnsafeBufferPointer {
        logDensities($0, into: UnsafeMutableBufferPointer(rebasing: results[..<points.rows]))
      }
      filled = points.rows
    }
    try Interruption.check()
    return logs
  }

  package func scores(_ points: Matrix) throws -> Matrix {
    try check(points)
    let count = points.elements.count
    try requireMemory(count, of: Double.self, for: "the scores")
    let elements = [Double](unsafeUninitializedCapacity: count) { results, filled in
      points.elements.withUnsafeBufferPointer {
        scores($0, into: UnsafeMutableBufferPointer(rebasing: results[..<count]))
      }
      filled = count
    }
    try Interruption.check()
    return Matrix(rows: points.rows, columns: points.columns, elements: elements)
  }

  private func check(_ points: Matrix) throws {
    guard points.columns == dimension else {
      throw EngineError(
        .shape, "x has \(counted(points.columns, "column")); the density has \(counted(dimension, "coordinate"))")
    }
  }
}

/// How a density is estimated from particles.
package enum DensityOptions: Sendable, Equatable {
  case gaussianMixture(MixtureOptions)
  case kernel(Bandwidth)

  /// Whether every number is in its range.
  package var isValid: Bool {
    switch self {
    case .gaussianMixture(let options): return (try? options.check()) != nil
    case .kernel(.length(let length)): return length > 0 && length.isFinite
    case .kernel(.rule): return true
    }
  }

  /// The same options for points that are divided by a length.
  package func dividing(lengthsBy unit: Double) -> DensityOptions {
    switch self {
    case .gaussianMixture(var options):
      options.absoluteRegularization /= unit * unit
      return .gaussianMixture(options)
    case .kernel(.length(let length)): return .kernel(.length(length / unit))
    case .kernel(.rule): return self
    }
  }
}

/// The density of a population.
///
/// - Parameters:
///   - points: (n, d), finite
///   - name: what errors call the points
///   - weights: n, not negative, with a positive sum
///   - seed: of the starts of mixtures; kernel densities draw no random numbers
/// - Returns: a `GaussianMixture` or a `KernelDensity`
package func estimateDensity(
  of points: Matrix, named name: String = "points", weights: [Double]? = nil, options: DensityOptions, seed: UInt64
) throws -> any Density {
  switch options {
  case .gaussianMixture(let options):
    try fitMixture(to: points, named: name, weights: weights, options: options, seed: seed).mixture
  case .kernel(let bandwidth): try KernelDensity(points, named: name, weights: weights, bandwidth: bandwidth)
  }
}

import CSystem
import Densities
import Numerics

/// A density that particles can be drawn from.
package protocol BaseDensity: Density {
  var mean: [Double] { get }
  /// (d, d)
  var covariance: Matrix { get }
  /// (count, d); particle i depends on the seed and on i alone.
  ///
  /// - Throws: `.invalid` where the density does not have so many
  func sample(_ count: Int, seed: UInt64, purpose: RandomPurpose) throws -> Matrix
  /// Particles to fit a flow to, `count` or as many as there are.
  func particles(_ count: Int, seed: UInt64) throws -> Matrix
  /// ln rho at each point, where that may fail.
  func checkedLogDensities(_ points: Matrix) throws -> [Double]
  /// grad ln rho likewise.
  func checkedScores(_ points: Matrix) throws -> Matrix
}

extension BaseDensity {
  package func particles(_ count: Int, seed: UInt64) throws -> Matrix {
    try matchedSample(count, seed: seed, purpose: .flowBase)
  }

  package func checkedLogDensities(_ points: Matrix) throws -> [Double] { try logDensities(points) }
  package func checkedScores(_ points: Matrix) throws -> Matrix { try scores(points) }

  /// The root mean square distance from the mean, per coordinate.
  package var spread: Double {
    let matrix = covariance
    return ((0..<dimension).reduce(0) { $0 + matrix[$1, $1] } / Double(dimension)).squareRoot()
  }

  /// A sample, moved and stretched so that its mean and covariance are those of the density: what depends on these
  /// alone, as every flow of Gaussians does, then has no sampling error.
  func matchedSample(_ count: Int, seed: UInt64, purpose: RandomPurpose) throws -> Matrix {
    var points = try sample(count, seed: seed, purpose: purpose)
    let d = dimension
    var centre = [Double](repeating: 0, count: d)
    for row in 0..<count { for a in 0..<d { centre[a] += points[row, a] / Double(count) } }
    var own = Matrix(rows: d, columns: d)
    for row in 0..<count {
      for a in 0..<d {
        let offset = (points[row, a] - centre[a]) / Double(count)
        for b in 0..<d { own[a, b] += offset * (points[row, b] - centre[b]) }
      }
    }
    guard let from = Self.root(own), let to = Self.root(covariance) else { return points }
    // x -> m + L_to L_from^-1 (x - centre)
    var inverse = Matrix(rows: d, columns: d)
    from.elements.withUnsafeBufferPointer { l in
      inverse.elements.withUnsafeMutableBufferPointer { w in
        if let l = l.baseAddress, let w = w.baseAddress { TriangularFactor.invert(l, into: w, d) }
      }
    }
    var white = [Double](repeating: 0, count: d)
    for row in 0..<count {
      for a in 0..<d {
        white[a] = (0...a).reduce(0) { $0 + inverse[a, $1] * (points[row, $1] - centre[$1]) }
      }
      for a in 0..<d { points[row, a] = (0...a).reduce(mean[a]) { $0 + to[a, $1] * white[$1] } }
    }
    return points
  }

  /// L with L L^T = A; nil where A is not positive definite.
  private static func root(_ matrix: Matrix) -> Matrix? {
    var factor = matrix
    let definite = factor.elements.withUnsafeMutableBufferPointer { factor in
      factor.baseAddress.map { TriangularFactor.factorise($0, matrix.rows) } ?? false
    }
    return definite ? factor : nil
  }
}

extension GaussianMixture: BaseDensity {
  package var mean: [Double] {
    (0..<dimension).map { a in (0..<componentCount).reduce(0) { $0 + weights[$1] * means[$1, a] } }
  }

  package var covariance: Matrix {
    let (d, centre, within) = (dimension, mean, covariances)
    var sum = Matrix(rows: d, columns: d)
    for c in 0..<componentCount {
      for a in 0..<d {
        for b in 0..<d {
          let between = (means[c, a] - centre[a]) * (means[c, b] - centre[b])
          sum[a, b] += weights[c] * (within[(c * d + a) * d + b] + between)
        }
      }
    }
    return sum
  }

  package func sample(_ count: Int, seed: UInt64, purpose: RandomPurpose) -> Matrix {
    let d = dimension
    var factors = covariances
    factors.withUnsafeMutableBufferPointer { factors in
      guard let base = factors.baseAddress else { return }
      for c in 0..<componentCount { _ = TriangularFactor.factorise(base + c * d * d, d) }
    }
    var points = Matrix(rows: count, columns: d)
    for particle in 0..<count {
      var draws = PhiloxSequence(seed: seed, stream: purpose.stream(particle))
      var (left, component) = (draws.uniform(), 0)
      while component + 1 < componentCount, left > weights[component] {
        left -= weights[component]
        component += 1
      }
      let noise = (0..<d).map { _ in draws.normal() }
      for a in 0..<d {
        var sum = means[component, a]
        for b in 0...a { sum += factors[(component * d + a) * d + b] * noise[b] }
        points[particle, a] = sum
      }
    }
    return points
  }
}

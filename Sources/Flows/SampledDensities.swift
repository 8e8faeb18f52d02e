import CSystem
import Densities
import Numerics

extension KernelDensity: BaseDensity {
  /// Shares of the mass.
  private var shares: [Double] {
    guard let masses else { return [Double](repeating: 1 / Double(points.rows), count: points.rows) }
    let largest = masses.max() ?? 1
    let sum = masses.reduce(0) { $0 + $1 / largest }
    return masses.map { $0 / largest / sum }
  }

  package var mean: [Double] {
    let shares = shares
    return (0..<dimension).map { a in shares.indices.reduce(0) { $0 + shares[$1] * points[$1, a] } }
  }

  /// That of the particles, and of the kernel.
  package var covariance: Matrix {
    let (d, shares, centre) = (dimension, shares, mean)
    var sum = Matrix(rows: d, columns: d)
    for a in 0..<d {
      for b in 0..<d { for k in 0...min(a, b) { sum[a, b] += factor[a * d + k] * factor[b * d + k] } }
    }
    for row in shares.indices {
      for a in 0..<d {
        let offset = shares[row] * (points[row, a] - centre[a])
        for b in 0..<d { sum[a, b] += offset * (points[row, b] - centre[b]) }
      }
    }
    return sum
  }

  package func sample(_ count: Int, seed: UInt64, purpose: RandomPurpose) -> Matrix {
    let d = dimension
    var (cumulative, sum) = ([Double](), 0.0)
    for share in shares {
      sum += share
      cumulative.append(sum)
    }
    var drawn = Matrix(rows: count, columns: d)
    for particle in 0..<count {
      var draws = PhiloxSequence(seed: seed, stream: purpose.stream(particle))
      let place = draws.uniform() * sum
      // The first particle whose cumulated share exceeds the place.
      var (low, high) = (0, cumulative.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > place { high = middle } else { low = middle + 1 }
      }
      let noise = (0..<d).map { _ in draws.normal() }
      for a in 0..<d { drawn[particle, a] = (0...a).reduce(points[low, a]) { $0 + factor[a * d + $1] * noise[$1] } }
    }
    return drawn
  }
}

/// A density that the host computes, with particles of it.
package final class HostDensity: BaseDensity, @unchecked Sendable {
  /// (n, d)
  package let points: Matrix
  private let evaluation: HostPotential.Evaluation

  /// - Parameter evaluation: gives ln rho and grad ln rho; called on the threads that ask for densities
  package init(points: Matrix, _ evaluation: @escaping HostPotential.Evaluation) {
    (self.points, self.evaluation) = (points, evaluation)
  }

  package var dimension: Int { points.columns }

  package var mean: [Double] {
    (0..<dimension).map { a in (0..<points.rows).reduce(0) { $0 + points[$1, a] } / Double(points.rows) }
  }

  package var covariance: Matrix { points.covariance }

  /// The particles that were given, in an order of the seed, each at most once.
  package func sample(_ count: Int, seed: UInt64, purpose: RandomPurpose) throws -> Matrix {
    guard count <= points.rows else {
      throw EngineError(
        .invalid,
        "\(counted(count, "particle")) cannot be drawn: the base density has \(points.rows), and a callback for "
          + "its logarithm")
    }
    var draws = PhiloxSequence(seed: seed, stream: purpose.stream(0))
    return points.selecting(rows: Array(draws.permutation(points.rows).prefix(count)))
  }

  package func particles(_ count: Int, seed: UInt64) throws -> Matrix {
    try sample(min(count, points.rows), seed: seed, purpose: .flowBase)
  }

  package func checkedLogDensities(_ points: Matrix) throws -> [Double] { try evaluated(points).logs }
  package func checkedScores(_ points: Matrix) throws -> Matrix { try evaluated(points).scores }

  private func evaluated(_ points: Matrix) throws -> (logs: [Double], scores: Matrix) {
    var (logs, scores) = (
      [Double](repeating: 0, count: points.rows), Matrix(rows: points.rows, columns: points.columns)
    )
    try points.elements.withUnsafeBufferPointer { points in
      try logs.withUnsafeMutableBufferPointer { logs in
        try scores.elements.withUnsafeMutableBufferPointer { try evaluation(points, 0, logs, $0) }
      }
    }
    return (logs, scores)
  }

  package func logDensities(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count) {
      if (try? evaluation(points, 0, results, $0)) == nil { results.update(repeating: .nan) }
    }
  }

  package func scores(_ points: UnsafeBufferPointer<Double>, into results: UnsafeMutableBufferPointer<Double>) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: points.count / dimension) {
      if (try? evaluation(points, 0, $0, results)) == nil { results.update(repeating: .nan) }
    }
  }
}

import CSystem
import Numerics

/// rho(x) = sum_c w_c N(x; m_c, Sigma_c), a mixture of k Gaussians.
package struct GaussianMixture: Equatable, Sendable {
  /// What the covariances may be.
  package enum Kind: Sendable, Equatable, CaseIterable {
    case full
    /// Coordinates independent within a component.
    case diagonal

    /// How many numbers store a covariance or its factor.
    func size(_ d: Int) -> Int { self == .full ? d * d : d }
  }

  package let kind: Kind
  /// Positive, with sum 1.
  package let weights: [Double]
  /// m_c, (k, d).
  package let means: Matrix
  /// L_c with L_c L_c^T = Sigma_c: k lower triangles, each d x d row-major, or k x d standard deviations.
  package let factors: [Double]
  /// L_c^-1, stored alike.
  let whitening: [Double]
  /// log2 of w_c / ((2 pi)^(d/2) det L_c).
  let shifts: [Double]

  package var dimension: Int { means.columns }
  package var componentCount: Int { weights.count }

  package static let componentCounts = 1...10_000

  /// - Parameters:
  ///   - weights: k, positive; divided by their sum
  ///   - means: (k, d), finite
  ///   - covariances: k x d x d, symmetric and positive definite, whatever the kind; of a diagonal mixture only the
  ///     diagonals are read
  package init(weights: [Double], means: Matrix, covariances: [Double], kind: Kind) throws {
    let (k, d) = (means.rows, means.columns)
    guard StandardizedPopulation.dimensions.contains(d) else {
      throw EngineError(
        .invalid, "means has \(d) coordinates, not \(StandardizedPopulation.dimensions.lowerBound) to 4096")
    }
    guard Self.componentCounts.contains(k) else {
      throw EngineError(.invalid, "means has \(k) rows, not \(Self.componentCounts.lowerBound) to 10000 components")
    }
    guard covariances.count == k * d * d else {
      throw EngineError(.shape, "covariances has \(covariances.count) elements, not \(k) x \(d) x \(d)")
    }
    if let index = covariances.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(.nonfinite, "covariances[\(index / d), \(index % d)] = \(covariances[index]) is not finite")
    }
    var given = covariances
    switch kind {
    case .diagonal: given = (0..<k * d).map { covariances[$0 * d + $0 % d] }
    case .full: try Self.checkSymmetry(covariances, count: k, dimension: d)
    }
    guard let failure = Self.factorise(&given, count: k, dimension: d, kind: kind) else {
      try self.init(weights: weights, means: means, factors: given, kind: kind)
      return
    }
    throw EngineError(
      .invalid, "covariances[\(failure)] is not a positive definite matrix, to rounding")
  }

  /// - Parameter factors: as stored; positive on the diagonal
  package init(weights: [Double], means: Matrix, factors: [Double], kind: Kind) throws {
    let (k, d) = (means.rows, means.columns)
    guard weights.count == k else {
      throw EngineError(.shape, "weights has \(counted(weights.count, "element")) for \(counted(k, "component"))")
    }
    for (index, weight) in weights.enumerated() {
      guard weight.isFinite else { throw EngineError(.nonfinite, "weights[\(index)] = \(weight) is not finite") }
      guard weight > 0 else { throw EngineError(.population, "weights[\(index)] = \(weight) is not greater than 0") }
    }
    if let index = means.elements.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .nonfinite, "means[\(index / d), \(index % d)] = \(means.elements[index]) is not finite")
    }
    let largest = weights.max() ?? 1
    let sum = weights.reduce(0) { $0 + $1 / largest }
    let shares = weights.map { max($0 / largest / sum, .leastNormalMagnitude) }
    let size = kind.size(d)
    var whitening = factors
    var shifts = [Double](repeating: 0, count: k)
    whitening.withUnsafeMutableBufferPointer { whitening in
      factors.withUnsafeBufferPointer { factors in
        guard let whitening = whitening.baseAddress, let factors = factors.baseAddress else { return }
        for c in 0..<k {
          let (factor, inverse) = (factors + c * size, whitening + c * size)
          if kind == .full {
            TriangularFactor.invert(factor, into: inverse, d)
          } else {
            for j in 0..<d { inverse[j] = 1 / factor[j] }
          }
          var logarithm = log2(shares[c]) - Double(d) / 2 * log2(2 * Double.pi)
          for j in 0..<d { logarithm -= log2(factor[kind == .full ? j * (d + 1) : j]) }
          shifts[c] = logarithm
        }
      }
    }
    for c in 0..<k {
      let part = whitening[c * size..<(c + 1) * size]
      guard shifts[c].isFinite, part.allSatisfy({ abs($0) < 1e150 }) else {
        throw EngineError(
          .invalid, "covariances[\(c)] has standard deviations that are not between 1e-150 and 1e150")
      }
    }
    self.kind = kind
    self.weights = shares
    self.means = means
    self.factors = factors
    self.whitening = whitening
    self.shifts = shifts
  }

  /// Throws unless the covariances are symmetric up to what computing them by a matrix product may leave.
  private static func checkSymmetry(_ covariances: [Double], count: Int, dimension d: Int) throws {
    for c in 0..<count {
      func element(_ row: Int, _ column: Int) -> Double { covariances[(c * d + row) * d + column] }
      for row in 0..<d {
        for column in 0..<row {
          let (a, b) = (element(row, column), element(column, row))
          guard abs(a - b) <= 1e-8 * max(abs(element(row, row)), abs(element(column, column))) else {
            throw EngineError(
              .invalid,
              "covariances[\(c * d + row), \(column)] = \(a) differs from its mirror image, \(b); each must be symmetric"
            )
          }
        }
      }
    }
  }

  /// Sigma_c, k x d x d, whatever the kind.
  package var covariances: [Double] {
    let (d, size) = (dimension, kind.size(dimension))
    var result = [Double](repeating: 0, count: componentCount * d * d)
    for c in 0..<componentCount {
      for row in 0..<d {
        guard kind == .full else {
          result[(c * d + row) * d + row] = factors[c * size + row] * factors[c * size + row]
          continue
        }
        for column in 0...row {
          var sum = 0.0
          for l in 0...column { sum += factors[c * size + row * d + l] * factors[c * size + column * d + l] }
          result[(c * d + row) * d + column] = sum
          result[(c * d + column) * d + row] = sum
        }
      }
    }
    return result
  }

  /// Replaces `count` covariances, as the kind stores them, by their factors. Returns the first that is not positive
  /// definite, if there is one.
  static func factorise(_ covariances: inout [Double], count: Int, dimension d: Int, kind: Kind) -> Int? {
    let size = kind.size(d)
    return covariances.withUnsafeMutableBufferPointer { values in
      guard let base = values.baseAddress else { return nil }
      for c in 0..<count {
        let part = base + c * size
        if kind == .full {
          guard TriangularFactor.factorise(part, d) else { return c }
        } else {
          for j in 0..<d {
            guard part[j] > 0, part[j].isFinite else { return c }
            part[j] = part[j].squareRoot()
          }
        }
      }
      return nil
    }
  }

  /// The mixture of x = centre + scale z, where this is the mixture of z.
  func placed(centre: [Double], scale: [Double]) throws -> GaussianMixture {
    try mapped(means: { centre[$0] + scale[$0] * $1 }, rows: scale)
  }

  /// The mixture of z = (x - centre) / scale.
  func standardised(centre: [Double], scale: [Double]) throws -> GaussianMixture {
    try mapped(means: { ($1 - centre[$0]) / scale[$0] }, rows: scale.map { 1 / $0 })
  }

  private func mapped(means map: (Int, Double) -> Double, rows: [Double]) throws -> GaussianMixture {
    let (d, size) = (dimension, kind.size(dimension))
    let moved = Matrix(
      rows: componentCount, columns: d,
      elements: means.elements.enumerated().map { map($0 % d, $1) })
    let scaled = factors.enumerated().map { index, value in
      value * rows[kind == .full ? index % size / d : index % size]
    }
    return try GaussianMixture(weights: weights, means: moved, factors: scaled, kind: kind)
  }
}

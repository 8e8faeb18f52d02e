import Densities
import Flows
import Numerics

/// A density that is a weighted sum of Gaussians: rho(x) = sum_c w_c N(x; m_c, S_c).
public struct GaussianMixture: Sendable, Equatable {
  let mixture: Densities.GaussianMixture

  /// Makes a mixture from its parameters.
  ///
  /// - Parameters:
  ///   - weights: k positive numbers, which are divided by their sum
  ///   - means: shape (k, d)
  ///   - covariances: k symmetric and positive definite matrices of shape (d, d), in squared length
  /// - Throws: `.shape`, `.notFinite`, `.invalidArgument`; `.population` for a weight that is not positive
  public init(weights: [Double], means: Points, covariances: [Points]) throws(JKOError) {
    let (k, d) = (means.count, means.dimension)
    guard covariances.count == k else {
      throw JKOError(.shape, "covariances has \(covariances.count) matrices for \(counted(k, "mean"))")
    }
    try means.requireFinite("means")
    for (c, covariance) in covariances.enumerated() {
      guard covariance.count == d, covariance.dimension == d else {
        throw JKOError(
          .shape, "covariances[\(c)] has shape (\(covariance.count), \(covariance.dimension)), not (\(d), \(d))")
      }
      try covariance.requireFinite("covariances[\(c)]")
    }
    mixture = try engine {
      try Densities.GaussianMixture(
        weights: weights, means: means.matrix, covariances: covariances.flatMap(\.elements), kind: .full)
    }
  }

  /// The mixture under which particles are most likely. Of the numbers of components up to a largest one, the Bayesian
  /// information criterion chooses.
  ///
  /// - Parameters:
  ///   - points: shape (n, d)
  ///   - weights: n numbers, not negative, with a positive sum; nil for equal weights
  ///   - components: the largest number of components, 1 to 10,000
  ///   - seed: of the random starts
  ///   - progress: asked about ten times a second whether to go on
  /// - Throws: `.shape`, `.notFinite`, `.population`, `.invalidArgument`, `.cancelled`
  public init(
    fitting points: Points, weights: [Double]? = nil, components: Int = 10, seed: UInt64 = 0,
    progress: ProgressHandler? = nil
  ) throws(JKOError) {
    try require(components, in: Densities.GaussianMixture.componentCounts, "components")
    var options = MixtureOptions()
    options.components = .upTo(components)
    mixture = try engine {
      try fitMixture(
        to: points.matrix, weights: weights, options: options, seed: seed, progress: handler(progress)
      ).mixture
    }
  }

  /// d, the number of coordinates.
  public var dimension: Int { mixture.dimension }

  /// k positive numbers with sum 1.
  public var weights: [Double] { mixture.weights }

  /// Shape (k, d).
  public var means: Points { Points(mixture.means) }

  /// k matrices of shape (d, d), in squared length.
  public var covariances: [Points] {
    let (all, d) = (mixture.covariances, dimension)
    return weights.indices.map {
      Points(Matrix(rows: d, columns: d, elements: Array(all[$0 * d * d..<($0 + 1) * d * d])))
    }
  }

  /// ln rho at n points, rho being in 1/length^d.
  ///
  /// - Throws: `.shape`, `.notFinite`
  public func logDensity(at points: Points) throws(JKOError) -> [Double] {
    try JKOnetStar.logDensity(mixture, at: points)
  }

  /// grad ln rho at n points, in 1/length: shape (n, d).
  ///
  /// - Throws: `.shape`, `.notFinite`
  public func score(at points: Points) throws(JKOError) -> Points { try JKOnetStar.score(mixture, at: points) }

  /// Particles of the density: shape (count, d).
  ///
  /// - Parameters:
  ///   - count: 1 to 2^31 - 1
  ///   - seed: the same seed gives the same particles
  /// - Throws: `.invalidArgument`, `.memory`
  public func sample(_ count: Int, seed: UInt64 = 0) throws(JKOError) -> Points {
    try JKOnetStar.particles(of: mixture, count, seed)
  }
}

func logDensity(_ density: any Density, at points: Points) throws(JKOError) -> [Double] {
  try points.require(dimension: density.dimension, of: "the density")
  try points.requireFinite("points")
  return try engine { try density.logDensities(points.matrix) }
}

func score(_ density: any Density, at points: Points) throws(JKOError) -> Points {
  try points.require(dimension: density.dimension, of: "the density")
  try points.requireFinite("points")
  return Points(try engine { try density.scores(points.matrix) })
}

func particles(of density: any BaseDensity, _ count: Int, _ seed: UInt64) throws(JKOError) -> Points {
  try require(count, in: 1...Int(Int32.max), "count")
  let drawn: Matrix = try engine {
    try requireMemory(2, count, density.dimension, of: Double.self, for: counted(count, "particle"))
    return try density.sample(count, seed: seed, purpose: .flowDraws)
  }
  return Points(drawn)
}

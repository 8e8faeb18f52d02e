import Densities
import Numerics

/// A density with a Gaussian around every particle of a population.
public struct KernelDensity: Sendable {
  /// How wide the Gaussians are.
  public enum Bandwidth: Sendable, Equatable {
    /// By Scott's rule: the covariance of the population times n^(-2 / (d + 4)); spherical ones have the mean of its
    /// variances in every direction.
    case scott(spherical: Bool = false)
    /// By Silverman's rule: with n (d + 2) / 4 in place of n.
    case silverman(spherical: Bool = false)
    /// A standard deviation, the same in every direction, in length.
    case length(Double)
  }

  let density: Densities.KernelDensity

  /// - Parameters:
  ///   - points: shape (n, d)
  ///   - weights: n numbers, not negative, with a positive sum; nil for equal weights
  ///   - bandwidth: how wide the Gaussians are
  ///   - progress: asked about ten times a second whether to go on
  /// - Throws: `.shape`, `.notFinite`, `.invalidArgument` for a length that is not positive, `.cancelled`;
  ///   `.population` where particles lie in fewer than d dimensions, so that a rule gives no width in some
  public init(
    _ points: Points, weights: [Double]? = nil, bandwidth: Bandwidth = .scott(), progress: ProgressHandler? = nil
  ) throws(JKOError) {
    density = try engine {
      try Densities.KernelDensity(
        points.matrix, weights: weights, bandwidth: bandwidth.engine, progress: handler(progress))
    }
  }

  /// d, the number of coordinates.
  public var dimension: Int { density.dimension }

  /// The standard deviation of a Gaussian in length, as the geometric mean of those in all directions.
  public var bandwidth: Double { density.bandwidth }

  /// ln rho at n points, rho being in 1/length^d.
  ///
  /// - Throws: `.shape`, `.notFinite`
  public func logDensity(at points: Points) throws(JKOError) -> [Double] {
    try JKOnetStar.logDensity(density, at: points)
  }

  /// grad ln rho at n points, in 1/length: shape (n, d).
  ///
  /// - Throws: `.shape`, `.notFinite`
  public func score(at points: Points) throws(JKOError) -> Points { try JKOnetStar.score(density, at: points) }

  /// Particles of the density: shape (count, d).
  ///
  /// - Parameters:
  ///   - count: 1 to 2^31 - 1
  ///   - seed: the same seed gives the same particles
  /// - Throws: `.invalidArgument`, `.memory`
  public func sample(_ count: Int, seed: UInt64 = 0) throws(JKOError) -> Points {
    try JKOnetStar.particles(of: density, count, seed)
  }
}

extension KernelDensity.Bandwidth {
  fileprivate var engine: Densities.Bandwidth {
    switch self {
    case .scott(let spherical): return .rule(.scott, spherical ? .spherical : .full)
    case .silverman(let spherical): return .rule(.silverman, spherical ? .spherical : .full)
    case .length(let length): return .length(length)
    }
  }
}

import Numerics

/// How a Gaussian mixture is fitted.
package struct MixtureOptions: Sendable, Equatable {
  package enum Components: Sendable, Equatable {
    case exactly(Int)
    /// The number of components up to this one with the least Bayesian information criterion.
    case upTo(Int)
  }

  package var components = Components.upTo(10)
  package var kind = GaussianMixture.Kind.full
  /// Fits from different starts, of which the likeliest is kept.
  package var restarts = 3
  /// Change of the mean log-likelihood, in nats per particle, at which iterations end.
  package var tolerance = 1e-5
  package var maxIterations = 1000
  /// Added to the variance of every component in each coordinate, as a share of the population's variance in it.
  package var regularization = 1e-6
  /// Added to the same variance, in length^2.
  package var absoluteRegularization = 0.0
  /// The mixture from which iterations start, in place of random starts. It also sets the number of components and the
  /// kind.
  package var start: GaussianMixture?

  package init() {}

  package static let restartCounts = 1...1000
  package static let iterationCounts = 1...1_000_000

  package func check() throws {
    let (name, count) =
      switch components {
      case .exactly(let count): ("components", count)
      case .upTo(let count): ("max_components", count)
      }
    for (name, value, range) in [
      (name, count, GaussianMixture.componentCounts), ("restarts", restarts, Self.restartCounts),
      ("max_iterations", maxIterations, Self.iterationCounts),
    ] where !range.contains(value) {
      throw EngineError(.invalid, "\(name) = \(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
    for (name, value) in [
      ("tolerance", tolerance), ("regularisation", regularization),
      ("absolute_regularisation", absoluteRegularization),
    ] where !(value >= 0 && value.isFinite) {
      throw EngineError(.invalid, "\(name) = \(value) is not a number of at least 0")
    }
  }
}

/// A fitted mixture, and how the fit went.
package struct MixtureFit: Sendable {
  package let mixture: GaussianMixture
  /// Mean of ln rho over the particles, by their weights.
  package let logLikelihood: Double
  /// p ln n - 2 n logLikelihood with p free parameters, where n is the effective number of particles, 1 / sum w^2.
  package let bic: Double
  package let iterations: Int
  package let converged: Bool
}

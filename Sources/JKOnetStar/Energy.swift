import Densities
import Energies
import Learning

/// Which energy a population is assumed to descend, before anything is learned:
///
///     J(mu) = ∫ V dmu + 1/2 ∬ U(x - y) dmu(x) dmu(y) + beta ∫ log(density) dmu
///
/// Terms that are nil are left out; at least one must be there. With networks the energy is trained by gradient
/// descent, otherwise it has a closed form.
public struct Energy: Sendable {
  /// How a potential or an interaction is parametrised.
  public enum Term: Sendable {
    /// A network with layers of the given widths: 1 to 8 layers of 1 to 4,096 neurons.
    case network(hidden: [Int] = [64, 64], activation: Activation = .silu)
    /// A linear combination of features.
    case linear(Features = Features())
  }

  public enum Activation: Sendable { case softplus, silu, tanh }

  /// Where the first-order condition is asked, and how the model predicts.
  public enum Scheme: Sendable {
    /// At the earlier particles, and prediction by forward Euler.
    case explicit
    /// At the later particles, and prediction by solving the JKO step.
    case implicit
    /// In the middle of each pair, and prediction by the implicit midpoint rule; of second order in the step.
    case midpoint
  }

  /// How the density is estimated whose entropy beta weighs.
  public enum DensityEstimate: Sendable {
    /// A Gaussian mixture whose number of components, up to this one, is chosen by the Bayesian information criterion.
    case gaussianMixture(components: Int = 10)
    /// A Gaussian kernel density with a bandwidth by Scott's rule.
    case kernel
  }

  /// V
  public var potential: Term?
  /// U, a function of the difference of two particles
  public var interaction: Term?
  /// The density estimate behind beta; nil for an energy without diffusion
  public var internalEnergy: DensityEstimate?
  /// Whether V varies in time; nil to decide by held-out particles.
  public var timeVarying: Bool?
  /// Nil for `.midpoint` where U or beta is learned, and `.explicit` where V alone is.
  public var scheme: Scheme?

  public init(
    potential: Term? = .network(), interaction: Term? = nil, internalEnergy: DensityEstimate? = nil,
    timeVarying: Bool? = false, scheme: Scheme? = nil
  ) {
    self.potential = potential
    self.interaction = interaction
    self.internalEnergy = internalEnergy
    self.timeVarying = timeVarying
    self.scheme = scheme
  }
}

/// The features of a linear term. The defaults are those of the paper in one and two coordinates, and safer ones above.
public struct Features: Sendable {
  /// Monomials with exponents up to this, 0 to 8; nil for 4 in one and two coordinates, and 2 in more.
  public var polynomialDegree: Int?
  /// Whether the degree bounds the sum of the exponents; nil to choose by the number of coordinates.
  public var polynomialTotal: Bool?
  /// Gaussians on a grid with this many centres along each coordinate, 0 to 100. Where the grid would have more than
  /// 3,000 centres, 100 are drawn from the particles instead.
  public var gaussianGrid: Int
  /// Random Fourier features, 0 to 20,000.
  public var fourierFeatures: Int

  public init(
    polynomialDegree: Int? = nil, polynomialTotal: Bool? = nil, gaussianGrid: Int = 10, fourierFeatures: Int = 0
  ) {
    self.polynomialDegree = polynomialDegree
    self.polynomialTotal = polynomialTotal
    self.gaussianGrid = gaussianGrid
    self.fourierFeatures = fourierFeatures
  }
}

extension Energy {
  /// What the engine calls it.
  func options() throws(JKOError) -> ModelOptions {
    var density: DensityOptions?
    switch internalEnergy {
    case .gaussianMixture(let components):
      try require(components, in: 1...10_000, "components")
      var mixture = MixtureOptions()
      mixture.components = .upTo(components)
      density = .gaussianMixture(mixture)
    case .kernel: density = .kernel(.rule(.scott, .full))
    case nil: break
    }
    let options = ModelOptions(
      potential: try potential?.parametrization("potential"),
      interaction: try interaction?.parametrization("interaction"), internal: density,
      scheme: scheme?.engine, timeVarying: timeVarying ?? false,
      decidesTime: timeVarying == nil)
    try engine { try options.check() }
    return options
  }
}

extension Energy.Term {
  fileprivate func parametrization(_ name: String) throws(JKOError) -> ModelOptions.Parametrization {
    switch self {
    case .network(let hidden, let activation):
      try require(hidden.count, in: ModelOptions.hiddenCounts, "the number of hidden layers of \(name)")
      for (layer, width) in hidden.enumerated() {
        try require(width, in: ModelOptions.hiddenWidths, "\(name) hidden[\(layer)]")
      }
      return .network(.init(hidden: hidden, activation: activation.engine))
    case .linear(let features): return .linear(try features.options(name))
    }
  }
}

extension Energy.Scheme {
  fileprivate var engine: Energies.Scheme {
    switch self {
    case .explicit: return .explicit
    case .implicit: return .implicit
    case .midpoint: return .midpoint
    }
  }
}

extension Energy.Activation {
  fileprivate var engine: Energies.Activation {
    switch self {
    case .softplus: return .softplus
    case .silu: return .silu
    case .tanh: return .tanh
    }
  }
}

extension Features {
  fileprivate func options(_ name: String) throws(JKOError) -> FeatureOptions {
    if let polynomialDegree {
      try require(polynomialDegree, in: FeatureOptions.polynomialDegrees, "\(name) polynomialDegree")
    }
    try require(gaussianGrid, in: FeatureOptions.radialGrids, "\(name) gaussianGrid")
    try require(fourierFeatures, in: FeatureOptions.fourierCounts, "\(name) fourierFeatures")
    return FeatureOptions(
      polynomialDegree: polynomialDegree, polynomialTotal: polynomialTotal, radialGrid: gaussianGrid,
      fourierFeatures: fourierFeatures)
  }
}

/// Throws `.invalidArgument` where a number is out of its range.
func require(_ value: Int, in range: ClosedRange<Int>, _ name: String) throws(JKOError) {
  guard range.contains(value) else {
    throw JKOError(.invalidArgument, "\(name) = \(value) is not between \(range.lowerBound) and \(range.upperBound)")
  }
}

/// Throws `.invalidArgument` where a number is not positive and finite.
func requirePositive(_ value: Double, _ name: String) throws(JKOError) {
  guard value > 0, value.isFinite else {
    throw JKOError(.invalidArgument, "\(name) = \(value) is not a positive number")
  }
}

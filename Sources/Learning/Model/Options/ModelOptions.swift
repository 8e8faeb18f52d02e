import Densities
import Energies
import Numerics

/// What a model is.
package struct ModelOptions: Sendable, Equatable {
  package enum Parametrization: Sendable, Equatable {
    case network(NetworkOptions)
    case linear(FeatureOptions)

    fileprivate var isValid: Bool {
      switch self {
      case .network(let network):
        return ModelOptions.hiddenCounts.contains(network.hidden.count)
          && network.hidden.allSatisfy(ModelOptions.hiddenWidths.contains)
      case .linear(let features): return features.isValid
      }
    }

    /// Nil for a network.
    package var features: FeatureOptions? {
      if case .linear(let features) = self { return features }
      return nil
    }

    /// Whether there are bumps or waves among its features.
    fileprivate var isFlexible: Bool { features.map { $0.radialGrid > 0 || $0.fourierFeatures > 0 } ?? false }

    package var network: NetworkOptions? {
      if case .network(let network) = self { return network }
      return nil
    }
  }

  package struct NetworkOptions: Sendable, Equatable {
    package var hidden: [Int]
    package var activation: Activation

    package init(hidden: [Int], activation: Activation = .silu) {
      self.hidden = hidden
      self.activation = activation
    }

    package func shape(dimension: Int, timeVarying: Bool) -> NetworkShape {
      NetworkShape(dimension: dimension, timeVarying: timeVarying, hidden: hidden, activation: activation)
    }
  }

  /// V; nil for none.
  package var potential: Parametrization?
  /// U, of differences; nil for none.
  package var interaction: Parametrization?
  /// How the density is estimated whose entropy beta weighs; nil for no internal energy.
  package var `internal`: DensityOptions?
  package var scheme: Scheme
  /// Whether `scheme` is the one that is taken where none is given.
  package private(set) var hasUsualScheme: Bool
  /// Whether V varies in time. U never does.
  package var timeVarying: Bool
  /// Whether a fit decides by held-out particles if V varies in time, where V alone is learned, as a network. The model
  /// that it makes says in `timeVarying` how it decided.
  package var decidesTime: Bool

  /// - Parameter scheme: nil for the usual one: midpoint where U or beta is learned, to be looked at; explicit where V
  ///   alone is, to be followed
  package init(
    potential: Parametrization?, interaction: Parametrization? = nil, internal: DensityOptions? = nil, scheme: Scheme?,
    timeVarying: Bool, decidesTime: Bool = false
  ) {
    self.potential = potential
    self.interaction = interaction
    self.internal = `internal`
    self.scheme = scheme ?? (interaction == nil && `internal` == nil ? .explicit : .midpoint)
    hasUsualScheme = scheme == nil
    self.timeVarying = timeVarying
    self.decidesTime = decidesTime
  }

  package static let hiddenCounts = 1...8
  package static let hiddenWidths = 1...4096

  /// Whether every number is in its range and the terms go together; asked of options from files, which no boundary has
  /// checked.
  package var isValid: Bool {
    (try? check()) != nil && potential?.isValid ?? true && interaction?.isValid ?? true && `internal`?.isValid ?? true
  }

  /// Whether V alone is learned, as a network: for predictions rather than to be looked at.
  package var isForPrediction: Bool { potential?.network != nil && interaction == nil && `internal` == nil }

  /// Whether some term is trained by gradients.
  package var hasNetworks: Bool { potential?.network != nil || interaction?.network != nil }

  /// The ridge that a fit takes by itself. V and U share forces that finite samples barely tell apart, and without a
  /// stronger one come out large and opposite. Bumps and waves follow the noise of scores in the midpoint scheme, where
  /// beta's column is a mean over particles.
  package var usualRidge: Double {
    if scheme == .midpoint, `internal` != nil, [potential, interaction].contains(where: { $0?.isFlexible ?? false }) {
      return 0.1
    }
    return potential != nil && interaction != nil ? 1e-3 : 1e-6
  }

  /// Throws where the terms do not make an energy that can be fitted.
  package func check() throws {
    if potential == nil, interaction == nil, `internal` == nil {
      throw EngineError(.invalid, "the energy has no terms; potential, interaction and internal are all left out")
    }
    if timeVarying, potential == nil {
      throw EngineError(.invalid, "time_varying is for potentials, and the energy has none")
    }
  }
}

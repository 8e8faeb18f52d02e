import Energies

/// V, U and beta as they were learned, in standardised coordinates; nil for a term that is not part of the model.
package struct LearnedEnergy: Sendable, Equatable {
  /// V, or U as a function of the difference.
  package enum Function: Sendable, Equatable {
    case network(Network)
    case features(FeatureExpansion)

    package var parameters: [Double] {
      switch self {
      case .network(let network): return network.parameters
      case .features(let expansion): return expansion.coefficients
      }
    }

    /// Nil for a network.
    package var features: FeatureExpansion? {
      if case .features(let expansion) = self { return expansion }
      return nil
    }

    var evaluated: any Interaction {
      switch self {
      case .network(let network): return network
      case .features(let expansion): return expansion
      }
    }
  }

  package let potential: Function?
  package let interaction: Function?
  package let beta: Double?

  package init(potential: Function?, interaction: Function? = nil, beta: Double? = nil) {
    self.potential = potential
    self.interaction = interaction
    self.beta = beta
  }

  package var parameterCount: Int {
    (potential?.parameters.count ?? 0) + (interaction?.parameters.count ?? 0) + (beta == nil ? 0 : 1)
  }
}

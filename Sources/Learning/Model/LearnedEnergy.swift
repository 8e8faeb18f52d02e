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

    fileprivate func replacingParameters(_ parameters: [Double]) -> Function {
      switch self {
      case .network(let network): return .network(Network(shape: network.shape, parameters: parameters))
      case .features(let expansion):
        return .features(FeatureExpansion(basis: expansion.basis, coefficients: parameters))
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

  /// Those of V, then of U, then beta.
  package var parameters: [Double] {
    (potential?.parameters ?? []) + (interaction?.parameters ?? []) + (beta.map { [$0] } ?? [])
  }

  /// The energy of the same networks and features with other parameters, `parameterCount` of them.
  package func replacingParameters(_ parameters: [Double]) -> LearnedEnergy {
    precondition(parameters.count == parameterCount, "an energy has \(parameterCount) parameters")
    var taken = 0
    func next(_ count: Int) -> [Double] {
      defer { taken += count }
      return Array(parameters[taken..<taken + count])
    }
    let potential = potential.map { $0.replacingParameters(next($0.parameters.count)) }
    let interaction = interaction.map { $0.replacingParameters(next($0.parameters.count)) }
    return LearnedEnergy(potential: potential, interaction: interaction, beta: beta.map { _ in next(1)[0] })
  }
}

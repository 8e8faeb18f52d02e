import Energies
import Numerics

/// Where the parameters of a trained energy lie: the network of V, the network of U, the coefficients of linear terms.
package struct TrainingLayout: Sendable, Equatable {
  package let potential: NetworkShape?
  package let interaction: NetworkShape?
  package let linearCount: Int

  package init(potential: NetworkShape?, interaction: NetworkShape? = nil, linearCount: Int = 0) {
    self.potential = potential
    self.interaction = interaction
    self.linearCount = linearCount
  }

  package var interactionStart: Int { potential?.parameterCount ?? 0 }
  package var linearStart: Int { interactionStart + (interaction?.parameterCount ?? 0) }
  package var count: Int { linearStart + linearCount }

  /// Fresh weights, and no linear terms.
  package func initialParameters(seed: UInt64) -> [Double] {
    (potential?.initialParameters(seed: seed) ?? [])
      + (interaction?.initialParameters(seed: seed, for: .interactionWeights) ?? [])
      + [Double](repeating: 0, count: linearCount)
  }
}

extension TrainingLayout {
  /// - Throws: `.memory` where training would not fit
  init(_ problem: FitProblem) throws {
    let (options, basis) = (problem.options, problem.basis)
    self.init(
      potential: options.potential?.network?.shape(dimension: basis.dimension, timeVarying: options.timeVarying),
      interaction: options.interaction?.network?.shape(dimension: basis.dimension, timeVarying: false),
      linearCount: basis.count)
    // Parameters, their gradient, two moments and copies.
    try requireMemory(8 * count, of: Double.self, for: "networks of \(count) parameters")
  }

  /// The energy that parameters make. Coefficients are those that multiply the features.
  func energy(_ parameters: [Double], linear basis: EnergyBasis) -> LearnedEnergy {
    let coefficients = Array(parameters[linearStart...])
    func function(_ shape: NetworkShape?, at start: Int, _ features: FeatureBasis?, _ term: EnergyBasis.Term)
      -> LearnedEnergy.Function?
    {
      if let shape {
        return .network(
          Network(shape: shape, parameters: Array(parameters[start..<start + shape.parameterCount])))
      }
      return features.map {
        .features(FeatureExpansion(basis: $0, coefficients: Array(coefficients[basis.range(of: term)])))
      }
    }
    return LearnedEnergy(
      potential: function(potential, at: 0, basis.potential, .potential),
      interaction: function(interaction, at: interactionStart, basis.interaction, .interaction),
      beta: basis.hasInternal ? coefficients[basis.range(of: .internal).lowerBound] : nil)
  }
}

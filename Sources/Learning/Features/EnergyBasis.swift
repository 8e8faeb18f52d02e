import Energies
import Numerics
import Snapshots

/// What an energy that is linear in its coefficients is made of: features of V, features of U, the internal energy, in
/// this order.
package struct EnergyBasis: Sendable, Equatable {
  package enum Term: String, Sendable, CaseIterable { case potential, interaction, `internal` }

  package let dimension: Int
  package let potential: FeatureBasis?
  /// Of differences between particles; constant in time.
  package let interaction: FeatureBasis?
  /// Whether beta, the coefficient of the score, is the last one.
  package let hasInternal: Bool

  package init(dimension: Int, potential: FeatureBasis?, interaction: FeatureBasis?, hasInternal: Bool) {
    self.dimension = dimension
    self.potential = potential
    self.interaction = interaction
    self.hasInternal = hasInternal
  }

  package var count: Int { Term.allCases.reduce(0) { $0 + range(of: $1).count } }

  /// The places of a term's coefficients; empty for a term that is not there.
  package func range(of term: Term) -> Range<Int> {
    let (first, second) = (potential?.count ?? 0, interaction?.count ?? 0)
    switch term {
    case .potential: return 0..<first
    case .interaction: return first..<first + second
    case .internal: return first + second..<first + second + (hasInternal ? 1 : 0)
    }
  }

  /// The family of a feature; nil for the score.
  func family(of feature: Int) -> FeatureFamily? {
    for (term, features) in [(Term.potential, potential), (.interaction, interaction)] {
      guard let features, range(of: term).contains(feature) else { continue }
      var place = (feature - range(of: term).lowerBound) % max(1, features.spatialCount)
      for family in features.families {
        if place < family.count { return family }
        place -= family.count
      }
    }
    return nil
  }

  /// The terms that are there.
  package var terms: [Term] { Term.allCases.filter { !range(of: $0).isEmpty } }

  /// A name per coefficient.
  package var names: [String] {
    var names: [String] = []
    if let potential { names += potential.names.map { "V: \($0)" } }
    if let interaction { names += interaction.names.map { "U: \($0)" } }
    return hasInternal ? names + ["beta"] : names
  }
}

extension EnergyBasis {
  /// The features that a model asks for, laid out over the data; of terms with networks, none.
  init(_ options: ModelOptions, _ series: SnapshotSeries, _ standardization: Standardization, seed: UInt64) throws {
    let potential = try options.potential?.features.map {
      try FeatureBasis(potential: $0, series, standardization, options, seed: seed)
    }
    let interaction = try options.interaction?.features.map {
      try FeatureBasis(interaction: $0, series, standardization, options, seed: seed)
    }
    self.init(
      dimension: series.dimension, potential: potential, interaction: interaction,
      hasInternal: options.internal != nil)
  }
}

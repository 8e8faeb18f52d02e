import Files

/// Where error bars of energies come from.
package enum ErrorBars: Sendable, Equatable {
  case none
  /// The delta method, from every particle's influence; for closed forms only.
  case influence
  /// Fits to so many populations drawn anew from the particles. Where there are networks, the model keeps their
  /// energies (`Ensemble`).
  case bootstrap(samples: Int)

  package static let sampleCounts = 2...100_000

  /// How many populations the bootstrap draws by itself. Networks take few, because each is trained from the beginning.
  package static func usualSamples(for model: ModelOptions) -> Int { model.hasNetworks ? 10 : 200 }

  var name: String {
    switch self {
    case .none: return "none"
    case .influence: return "influence"
    case .bootstrap: return "bootstrap"
    }
  }
}

extension ErrorBars {
  /// Null, "influence", or the number of populations that the bootstrap draws.
  var description: JSON {
    switch self {
    case .none: return .null
    case .influence: return .string("influence")
    case .bootstrap(let samples): return .number(samples)
    }
  }

  init?(_ description: JSON) {
    if case .null = description {
      self = .none
    } else if description.string == "influence" {
      self = .influence
    } else if let samples = description.integer {
      self = .bootstrap(samples: samples)
    } else {
      return nil
    }
  }
}

import Files

/// Where error bars of linear energies come from.
package enum ErrorBars: Sendable, Equatable {
  case none
  /// The delta method, from every particle's influence.
  case influence
  /// Fits to so many populations drawn anew from the particles.
  case bootstrap(samples: Int)

  package static let sampleCounts = 2...100_000

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

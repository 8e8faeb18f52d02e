import Files

/// How strongly large coefficients are penalised.
package enum Ridge: Sendable, Equatable {
  /// The weight that the model takes by itself, `ModelOptions.usualRidge`.
  case usual
  /// Weight of the squared coefficients of standardised features, relative to the mean diagonal of the normal matrix.
  case fixed(Double)
  /// The weight that generalised cross-validation finds best (Golub, Heath and Wahba, Technometrics 1979).
  case crossValidated
}

extension Ridge {
  /// Null, a number, or "gcv".
  var description: JSON {
    switch self {
    case .usual: return .null
    case .fixed(let ridge): return .number(ridge)
    case .crossValidated: return .string("gcv")
    }
  }

  init?(_ description: JSON) {
    if case .null = description {
      self = .usual
    } else if description.string == "gcv" {
      self = .crossValidated
    } else if let ridge = description.double {
      self = .fixed(ridge)
    } else {
      return nil
    }
  }
}

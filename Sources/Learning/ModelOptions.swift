import Numerics
import Transport

/// Where the first-order condition is evaluated, in fitting and in prediction alike.
package enum Scheme: String, Sendable {
  /// At the end of a step, (y, t_{k+1}): the JKO step.
  case implicit
  /// At its beginning, (x, t_k): forward Euler.
  case explicit
}

/// What a model is.
package struct ModelOptions: Sendable, Equatable {
  package enum Parametrization: Sendable, Equatable {
    case network(hidden: [Int])
    case linear(FeatureOptions)
  }

  package var potential: Parametrization
  package var scheme: Scheme
  package var timeVarying: Bool

  package init(potential: Parametrization, scheme: Scheme, timeVarying: Bool) {
    self.potential = potential
    self.scheme = scheme
    self.timeVarying = timeVarying
  }

  package static let hiddenCounts = 1...8
  package static let hiddenWidths = 1...4096

  /// Whether every number is in its range, wherever it came from.
  package var isValid: Bool {
    switch potential {
    case .network(let hidden):
      return Self.hiddenCounts.contains(hidden.count) && hidden.allSatisfy(Self.hiddenWidths.contains)
    case .linear(let features):
      return features.isValid
    }
  }
}

/// How a model is fitted.
package struct FitOptions: Sendable, Equatable {
  package enum Precision: String, Sendable { case float32, float64 }

  /// How consecutive snapshots are paired.
  package enum Coupling: Sendable, Equatable {
    case exact
    /// Balanced or not.
    case entropic(EntropicOptions)

    package var name: String {
      switch self {
      case .exact: return "exact"
      case .entropic(let options): return options.isBalanced ? "sinkhorn" : "unbalanced"
      }
    }

    var isValid: Bool {
      guard case .entropic(let options) = self else { return true }
      return (try? options.validate()) != nil
    }
  }

  package var epochs: Int
  package var batchSize: Int
  package var learningRate: Double
  package var clipNorm: Double
  package var ridge: Double
  package var precision: Precision
  package var seed: UInt64
  package var coupling: Coupling

  package init(
    epochs: Int = 1000, batchSize: Int = 250, learningRate: Double = 1e-3, clipNorm: Double = 10,
    ridge: Double = 1e-6, precision: Precision = .float32, seed: UInt64 = 0, coupling: Coupling = .exact
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.clipNorm = clipNorm
    self.ridge = ridge
    self.precision = precision
    self.seed = seed
    self.coupling = coupling
  }

  package static let epochCounts = 1...10_000_000
  /// More than there can be couplings means all of them.
  package static let batchSizes = 1...Int(Int32.max)

  /// Whether every number is in its range, wherever it came from.
  package var isValid: Bool {
    Self.epochCounts.contains(epochs) && Self.batchSizes.contains(batchSize)
      && [learningRate, clipNorm].allSatisfy { $0 > 0 && $0.isFinite } && ridge >= 0 && ridge.isFinite
      && coupling.isValid
  }
}

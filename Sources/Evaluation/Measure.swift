import Energies
import Numerics
import Snapshots
import Transport

/// What is measured between a prediction and an observation.
package enum Measure: Sendable {
  /// W1, in length.
  case wasserstein
  /// Squared W2, in squared length.
  case squaredWasserstein
  /// The unbiased energy distance, in length.
  case energyDistance
  /// The spread of the prediction over that of the observation.
  case varianceRatio

  /// The measure of two populations. It is infinite where a transport distance lies beyond the largest number.
  package func callAsFunction(
    _ predicted: Population, _ observed: Population, _ interruption: Interruption? = nil
  ) throws -> Double {
    switch self {
    case .wasserstein: return try Self.distance(predicted, observed, order: 1, interruption)
    case .squaredWasserstein:
      let distance = try Self.distance(predicted, observed, order: 2, interruption)
      return distance * distance
    case .energyDistance: return try Evaluation.energyDistance(predicted, observed)
    case .varianceRatio: return Evaluation.varianceRatio(predicted, observed)
    }
  }

  private static func distance(
    _ predicted: Population, _ observed: Population, order: Int, _ interruption: Interruption?
  ) throws -> Double {
    do {
      return try wassersteinDistance(
        from: predicted.points, masses: predicted.weights, to: observed.points, masses: observed.weights,
        order: order, interruption: interruption)
    } catch let error as EngineError where error.kind == .invalid {
      // Points and masses are valid here, so that the only possible reason is a cost beyond the largest number.
      return .infinity
    }
  }
}

extension Snapshot {
  var population: Population { Population(points: points, weights: weights) }
}

/// What an evaluation says of each step k, from snapshot k to snapshot k + 1.
package enum Quantity: Int, Sendable, CaseIterable {
  /// Of snapshot k moved one step.
  case oneStep, energyDistance, varianceRatio
  /// Of the rollout from snapshot 0.
  case cumulative, effectsMismatch, cumulativeEnergyDistance, cumulativeVarianceRatio
  /// Of snapshot k as it is, the prediction that nothing moves.
  case nothingMoves, nothingMovesEnergyDistance, nothingMovesVarianceRatio
  /// Of the training snapshot at the time of snapshot k + 1: what two samples of one population differ by.
  case floor, floorEnergyDistance

  /// What is compared with snapshot k + 1.
  package enum Candidate: Sendable { case oneStep, rollout, nothingMoves, training }

  package var candidate: Candidate {
    switch self {
    case .oneStep, .energyDistance, .varianceRatio: return .oneStep
    case .cumulative, .effectsMismatch, .cumulativeEnergyDistance, .cumulativeVarianceRatio: return .rollout
    case .nothingMoves, .nothingMovesEnergyDistance, .nothingMovesVarianceRatio: return .nothingMoves
    case .floor, .floorEnergyDistance: return .training
    }
  }

  package var measure: Measure {
    switch self {
    case .oneStep, .cumulative, .nothingMoves, .floor: return .wasserstein
    case .effectsMismatch: return .squaredWasserstein
    case .energyDistance, .cumulativeEnergyDistance, .nothingMovesEnergyDistance, .floorEnergyDistance:
      return .energyDistance
    case .varianceRatio, .cumulativeVarianceRatio, .nothingMovesVarianceRatio: return .varianceRatio
    }
  }
}

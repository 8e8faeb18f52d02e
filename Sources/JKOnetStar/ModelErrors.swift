import Evaluation
import Learning
import Numerics

/// How far predictions lie from what was observed, step by step; element k is the step from snapshot k to k + 1.
///
/// Predictions that leave the range of numbers are infinitely far away. The energy distance is unbiased, so that it may
/// be a little below 0. A variance ratio below 1 belongs to a prediction that is too narrow. Both are NaN where a
/// population has a single particle.
public struct ModelErrors: Sendable, Equatable {
  /// W1 between snapshot k moved one step and snapshot k + 1, in length.
  public let oneStep: [Double]
  /// W1 between the rollout from snapshot 0 and snapshot k + 1, in length.
  public let cumulative: [Double]
  /// W1 between snapshot k and snapshot k + 1: the errors of the prediction that nothing moves.
  public let nothingMoves: [Double]
  /// Energy distances of the same three pairs, in length.
  public let energyDistance: [Double]
  public let cumulativeEnergyDistance: [Double]
  public let nothingMovesEnergyDistance: [Double]
  /// The trace of the covariance of the prediction over that of snapshot k + 1, for the same three predictions.
  public let varianceRatio: [Double]
  public let cumulativeVarianceRatio: [Double]
  public let nothingMovesVarianceRatio: [Double]
  /// W1 and energy distance between the training snapshot of the same time and snapshot k + 1: what two samples of one
  /// population differ by. Empty without training snapshots; NaN where they lack the time.
  public let floor: [Double]
  public let floorEnergyDistance: [Double]
}

extension Model {
  /// Compares predictions with a series of snapshots, best one that the model was not fitted to.
  ///
  /// - Parameters:
  ///   - series: at least two snapshots in d coordinates
  ///   - training: those that the model was fitted to, for the floor
  /// - Throws: `.shape`, `.cancelled`
  public func errors(
    on series: SnapshotSeries, training: SnapshotSeries? = nil, progress: ProgressHandler? = nil
  ) throws(JKOError) -> ModelErrors {
    var wanted = Set(Quantity.allCases)
    wanted.remove(.effectsMismatch)
    if training == nil { wanted.subtract([.floor, .floorEnergyDistance]) }
    let found = try engine {
      try ModelEvaluation(
        fitted, on: series.series, wanted, training: training?.series, progress: handler(progress))
    }
    func values(_ quantity: Quantity) -> [Double] { found[quantity] ?? [] }
    return ModelErrors(
      oneStep: values(.oneStep), cumulative: values(.cumulative), nothingMoves: values(.nothingMoves),
      energyDistance: values(.energyDistance), cumulativeEnergyDistance: values(.cumulativeEnergyDistance),
      nothingMovesEnergyDistance: values(.nothingMovesEnergyDistance), varianceRatio: values(.varianceRatio),
      cumulativeVarianceRatio: values(.cumulativeVarianceRatio),
      nothingMovesVarianceRatio: values(.nothingMovesVarianceRatio), floor: values(.floor),
      floorEnergyDistance: values(.floorEnergyDistance))
  }
}

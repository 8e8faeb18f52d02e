import CSystem
import Numerics
import Snapshots

/// Whether V is to vary in time, decided by particles that are held out.
///
/// A potential that does not vary explains autonomous populations better, because all steps tell of it; where the drift
/// changes in time it fails. Neither is known beforehand. Both are therefore fitted to four fifths of the particles and
/// compared on the others by the product of two mean distances W1: one step ahead, and of the rollout from the first
/// snapshot. docs/design.md has the figures of this and of other rules.
struct TimeDecision {
  private let options: ModelOptions
  private let fitOptions: FitOptions
  /// The model of the checkpoint from which training is to be resumed.
  private let begun: FittedModel?

  enum Outcome {
    case varies(Bool)
    /// The host stopped a training, which has come to this model.
    case cancelled(FittedModel)
  }

  private static let heldOut = 0.2
  /// With fewer particles in some snapshot none is held out, and V does not vary.
  private static let fewestParticles = 10

  init(_ options: ModelOptions, _ fitOptions: FitOptions) {
    self.options = options
    var plain = fitOptions
    plain.errorBars = .none
    plain.training.checkpoint = nil
    self.fitOptions = plain
    begun = fitOptions.training.checkpoint.flatMap { checkpoint in
      checkpoint.resumes ? try? FittedModel.load(checkpoint.path) : nil
    }
  }

  func decide(_ series: SnapshotSeries, _ progress: ProgressHandler) throws -> Outcome {
    // A training that goes on is of the kind that it was.
    if let begun { return .varies(begun.options.timeVarying) }
    let fewest = series.snapshots.map { snapshot in snapshot.weights.count { $0 > 0 } }.min() ?? 0
    // Energies that are looked at stay as they are asked for, and with a single step nothing could vary.
    guard options.isForPrediction, series.snapshots.count > 2, fewest >= Self.fewestParticles else {
      return .varies(false)
    }
    // The seed differs from the fit's and from that of validations, so that the split is neither's.
    let parts = try series.split(
      alongTrajectories: false, testFraction: Self.heldOut, seed: fitOptions.seed ^ 0x5eed_0000_0000_0001)
    var scores: [Double] = []
    for varies in [false, true] {
      let (model, cancelled) = try FittedModel.fit(
        parts.train, options.varying(varies), fitOptions, progress: progress)
      guard !cancelled else { return .cancelled(model) }
      scores.append(try model.heldOutScore(on: parts.test))
    }
    return .varies(scores[1] < scores[0])
  }
}

extension ModelOptions {
  /// The same with a potential that is known to vary in time, or not to.
  func varying(_ varies: Bool) -> ModelOptions {
    var options = self
    (options.timeVarying, options.decidesTime) = (varies, false)
    return options
  }
}

extension FittedModel {
  /// The logarithm of the product of the mean distances W1 one step ahead and rolled out; infinite where predictions
  /// leave the range of numbers.
  fileprivate func heldOutScore(on series: SnapshotSeries) throws -> Double {
    let (snapshots, start) = (series.snapshots, monotonicSeconds())
    do {
      let oneStep = try oneStepDistance(on: series)
      let populations = try rollout.run(
        from: snapshots[0].points, weights: snapshots[0].weights, times: snapshots.map(\.time)
      ) { _ in true }.populations
      let cumulative = try Prediction.distances(
        zip(populations, snapshots).enumerated().dropFirst().map { step, pair in
          (prediction: Prediction(pair.0, weights: snapshots[0].weights, observed: pair.1, step: step), order: 1)
        }, since: start
      ) { _ in true }
      return log(oneStep) + log(cumulative.reduce(0, +) / Double(cumulative.count))
    } catch let error as EngineError where error.kind == .convergence { return .infinity }
  }
}

import CSystem
import Numerics
import Snapshots

/// What the data are to decide of a fit, by particles that are held out: whether V varies in time, and whether a
/// network of the implicit scheme is trained at landings.
///
/// A potential that does not vary explains autonomous populations better, because all steps tell of it; where the drift
/// changes in time it fails. Landings (`CoupledSeries.landings`) take the noise out of implicit conditions; where an
/// explicit model contracts so strongly that no potential of the implicit scheme does the same, they are worse than
/// what was observed. None of this is known beforehand. All candidates are therefore fitted to four fifths of the
/// particles and compared on the others by the product of two mean distances W1: one step ahead, and of the rollout
/// from the first snapshot. docs/design.md has the figures of this and of other rules.
struct FitDecision {
  struct Candidate {
    var options: ModelOptions
    var fitOptions: FitOptions

    fileprivate var lands: Bool { fitOptions.lands(for: options) }
  }

  private let options: ModelOptions
  private let fitOptions: FitOptions
  /// The model of the checkpoint from which training is to be resumed.
  private let begun: FittedModel?

  private static let heldOut = 0.2
  /// With fewer particles in some snapshot none is held out, and V does not vary.
  private static let fewestParticles = 10

  /// By how much landings must be better, as a logarithm: where plans are free of noise, as those of a simulation that
  /// keeps its particles, both predict alike, and the observed pairs tell more of the energy.
  private static let landingsHandicap = 0.1

  init(_ options: ModelOptions, _ fitOptions: FitOptions) {
    (self.options, self.fitOptions) = (options, fitOptions)
    begun = fitOptions.training.checkpoint.flatMap { checkpoint in
      checkpoint.resumes ? try? FittedModel.load(checkpoint.path) : nil
    }
  }

  /// - Returns: the best candidate and, where the host stopped a training meanwhile, the model that it has come to
  func decide(
    _ series: SnapshotSeries, _ progress: ProgressHandler
  ) throws -> (best: Candidate, cancelled: FittedModel?) {
    let candidates = candidates(series)
    guard candidates.count > 1 else { return (candidates[0], nil) }
    // The seed differs from the fit's and from that of validations, so that the split is neither's.
    let parts = try series.split(
      alongTrajectories: false, testFraction: Self.heldOut, seed: fitOptions.seed ^ 0x5eed_0000_0000_0001)
    var best = (candidate: candidates[0], score: Double.infinity)
    for candidate in candidates {
      var plain = candidate.fitOptions
      plain.errorBars = .none
      plain.training.checkpoint = nil
      let (model, cancelled) = try FittedModel.fitDecided(parts.train, candidate.options, plain, progress: progress)
      guard !cancelled else { return (candidate, model) }
      var score = try model.heldOutScore(on: parts.test)
      if candidate.lands { score += Self.landingsHandicap }
      if score < best.score { best = (candidate, score) }
    }
    return (best.candidate, nil)
  }

  /// What is compared; a single one where nothing can be held out.
  private func candidates(_ series: SnapshotSeries) -> [Candidate] {
    let fewest = series.snapshots.map { snapshot in snapshot.weights.count { $0 > 0 } }.min() ?? 0
    // Energies that are looked at stay as they are asked for.
    let decides = options.isForPrediction && fewest >= Self.fewestParticles
    var kinds = [options.timeVarying]
    if options.decidesTime {
      // With a single step nothing could vary.
      kinds = decides && series.snapshots.count > 2 ? [false, true] : [false]
    }
    var rollouts = [fitOptions.rollout]
    if decides, case .usual = fitOptions.rollout, fitOptions.lands(for: options) { rollouts = [.none, .usual] }
    // A training that goes on is of the kind that it was.
    if let begun {
      if options.decidesTime { kinds = [begun.options.timeVarying] }
      if begun.fitOptions.decidesRollout { rollouts = [begun.fitOptions.rollout] }
    }
    return kinds.flatMap { varies in
      rollouts.map { rollout in
        var candidate = Candidate(options: options, fitOptions: fitOptions)
        candidate.options.timeVarying = varies
        candidate.fitOptions.rollout = rollout
        candidate.fitOptions.decidesRollout = rollouts.count > 1 || begun?.fitOptions.decidesRollout ?? false
        return candidate
      }
    }
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

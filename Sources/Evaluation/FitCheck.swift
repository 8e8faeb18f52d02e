import Learning
import Numerics
import Snapshots
import Transport

/// How well a model predicts one step ahead, beside the prediction that nothing moves, on a sample of the particles.
///
/// It is meant for the snapshots that the model was fitted to: a model that is worse than "nothing moves" even there
/// has failed, however small its loss. Samples keep it cheap beside any fit: at most 256 particles of a snapshot and
/// twelve transitions.
package struct FitCheck: Sendable {
  /// Mean over the sampled transitions of W1 between the predicted and the observed later snapshot; infinite where
  /// predictions leave the range of numbers.
  package let oneStep: Double
  /// Mean of W1 between the earlier and the later snapshot.
  package let nothingMoves: Double
  package let transitions: Int
  /// Whether the model does worse by more than the scatter of samples and the length of the data explain.
  package let isWorse: Bool

  private static let particles = 256
  private static let mostTransitions = 12
  /// Excess that is not told, relative to "nothing moves" and to the length scale of the data.
  private static let (scatter, rest) = (0.05, 1e-3)

  package init(_ model: FittedModel, on series: SnapshotSeries, progress: ProgressHandler) throws {
    try requireEvaluable(series, by: model)
    let sample = series.thinned(to: Self.particles, seed: model.fitOptions.seed)
    let last = sample.snapshots.count - 1
    transitions = min(last, Self.mostTransitions)
    let sources = (0..<transitions).map { [transitions] in sample.snapshots[$0 * last / transitions] }
    let targets = (0..<transitions).map { [transitions] in sample.snapshots[$0 * last / transitions + 1] }
    let start = monotonicSeconds()
    let count = 2 * transitions
    func goOn() -> Bool { progress(Progress(.evaluation, done: 0, of: count, since: start)) }
    let predictions = try Interruption.during("evaluation", goOn) {
      try zip(sources, targets).enumerated().map { number, pair in
        try Self.prediction(of: model, from: pair.0, to: pair.1, number: number)
      }
    }
    // Distances of the predictions, then those of the earlier snapshots themselves.
    let distances = try Parallel.map(
      [Int](repeating: 1, count: count), "evaluation",
      progress: { done in progress(Progress(.evaluation, done: done, of: count, since: start)) },
      body: { index, interruption -> Double in
        let (source, target) = (sources[index % sources.count], targets[index % sources.count])
        guard let points = index < sources.count ? predictions[index] : source.points else { return .infinity }
        do {
          return try wassersteinDistance(
            from: points, masses: source.weights, to: target.points, masses: target.weights, order: 1,
            interruption: interruption)
        } catch let error as EngineError where error.kind == .invalid {
          // Points and masses are valid, so this is a distance beyond the largest number.
          return .infinity
        }
      })
    oneStep = distances.prefix(transitions).reduce(0, +) / Double(transitions)
    nothingMoves = distances.suffix(transitions).reduce(0, +) / Double(transitions)
    isWorse = oneStep > (1 + Self.scatter) * nothingMoves + Self.rest * model.standardization.length
  }
}

extension FitCheck {
  /// Nil where the prediction is not finite.
  private static func prediction(
    of model: FittedModel, from source: Snapshot, to target: Snapshot, number: Int
  ) throws -> Matrix? {
    do {
      return try model.rollout.step(
        source.points, weights: source.weights, from: source.time, to: target.time, number: number
      ).population
    } catch let error as EngineError where error.kind == .convergence { return nil }
  }
}

/// Throws unless a model can predict from one snapshot of a series to the next.
func requireEvaluable(_ series: SnapshotSeries, by model: FittedModel) throws {
  guard series.dimension == model.dimension else {
    throw EngineError(
      .shape, "snapshots have \(counted(series.dimension, "coordinate")), the model has \(model.dimension)")
  }
  guard series.snapshots.count >= 2 else {
    throw EngineError(
      .shape, "snapshots has \(counted(series.snapshots.count, "snapshot")); evaluation needs at least 2")
  }
}

import Dynamics
import Learning
import Numerics
import Snapshots

/// How far predictions lie from observed snapshots, step by step.
package struct ModelEvaluation: Sendable {
  /// W1 between snapshot k moved one step and snapshot k + 1.
  package private(set) var oneStep: [Double]?
  /// W1 between the rollout from snapshot 0 and snapshot k + 1.
  package private(set) var cumulative: [Double]?
  /// Squared W2 of the same pair.
  package private(set) var effectsMismatch: [Double]?

  /// How the implicit steps of all predictions went.
  package private(set) var report = ImplicitStep.Report()

  /// How far predictions went.
  package private(set) var excursion = Excursion()

  /// Which distances are wanted.
  package struct Selection: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let oneStep = Selection(rawValue: 1)
    package static let cumulative = Selection(rawValue: 2)
    package static let effectsMismatch = Selection(rawValue: 4)
  }

  /// Weights of a predicted population are those of the snapshot it started from.
  package init(
    _ model: FittedModel, on series: SnapshotSeries, _ selection: Selection, progress: ProgressHandler
  ) throws {
    let snapshots = series.snapshots
    try requireEvaluable(series, by: model)
    // Progress counts distances. Predictions are made before any of them.
    let began = monotonicSeconds()
    let distanceCount = [Selection.oneStep, .cumulative, .effectsMismatch].count(where: selection.contains)
    func goOn() -> Bool {
      progress(Progress(.evaluation, done: 0, of: distanceCount * (snapshots.count - 1), since: began))
    }
    let compared = try Interruption.during("evaluation", goOn) {
      try predictions(of: model, on: series, selection)
    }
    var distances = try Prediction.distances(compared, since: began, progress)[...]
    func take(_ wanted: Selection) -> [Double]? {
      guard selection.contains(wanted) else { return nil }
      defer { distances = distances.dropFirst(snapshots.count - 1) }
      return Array(distances.prefix(snapshots.count - 1))
    }
    oneStep = take(.oneStep)
    cumulative = take(.cumulative)
    effectsMismatch = take(.effectsMismatch)?.map { $0 * $0 }
  }

  /// Where the model takes the snapshots, and the order of the distance to what was observed.
  private mutating func predictions(
    of model: FittedModel, on series: SnapshotSeries, _ selection: Selection
  ) throws -> [(prediction: Prediction, order: Int)] {
    let snapshots = series.snapshots
    var predictions: [(prediction: Prediction, order: Int)] = []
    if selection.contains(.oneStep) {
      let steps = try OneStepPredictions(of: model, on: series)
      report.merge(steps.report)
      excursion.merge(steps.excursion)
      predictions += steps.predictions.map { (prediction: $0, order: 1) }
    }
    if !selection.isDisjoint(with: [.cumulative, .effectsMismatch]) {
      let (populations, rolloutReport) = try model.rollout.run(
        from: snapshots[0].points, weights: snapshots[0].weights, times: snapshots.map(\.time)
      ) { _ in true }
      report.merge(rolloutReport)
      excursion.merge(model.excursion(of: populations.dropFirst()))
      for (wanted, order) in [(Selection.cumulative, 1), (.effectsMismatch, 2)] where selection.contains(wanted) {
        for k in 0..<snapshots.count - 1 {
          let prediction = Prediction(
            populations[k + 1], weights: snapshots[0].weights, observed: snapshots[k + 1], step: k)
          predictions.append((prediction, order))
        }
      }
    }
    return predictions
  }
}

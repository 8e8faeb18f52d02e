import Dynamics
import Energies
import Fields
import Numerics
import Snapshots

/// Where a model takes each snapshot of a series but the last in one step, beside the next snapshot.
package struct OneStepPredictions: Sendable {
  package private(set) var predictions: [Prediction] = []
  /// How the implicit steps went.
  package private(set) var report = ImplicitStep.Report()
  /// How far the predictions went.
  package private(set) var excursion = Excursion()

  package init(of model: FittedModel, on series: SnapshotSeries) throws {
    for (k, (source, target)) in zip(series.snapshots, series.snapshots.dropFirst()).enumerated() {
      let step = try model.rollout.step(
        source.points, weights: source.weights, from: source.time, to: target.time, number: k)
      report.merge(step.report)
      excursion.merge(model.excursion(of: step.population))
      let moved = Population(points: step.population, weights: source.weights)
      let grown = try model.growth?.grown(moved, from: source.points, times: [source.time, target.time]) ?? moved
      predictions.append(Prediction(grown.points, weights: grown.weights, observed: target, step: k))
    }
  }
}

extension FittedModel {
  /// The mean W1 between one-step-ahead predictions and what was observed.
  package func oneStepDistance(on series: SnapshotSeries) throws -> Double {
    let start = monotonicSeconds()
    let predictions = try OneStepPredictions(of: self, on: series).predictions
    let distances = try Prediction.distances(predictions.map { (prediction: $0, order: 1) }, since: start) { _ in true }
    return distances.reduce(0, +) / Double(max(1, distances.count))
  }
}

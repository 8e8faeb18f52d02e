import Numerics
import Snapshots
import Transport

/// A predicted population, and the snapshot that was observed at the same time.
package struct Prediction: Sendable {
  package let population: Matrix
  /// Of the predicted particles. They are those of the snapshot that the prediction started from.
  package let weights: [Double]
  package let observed: Snapshot
  /// The number of the step that led here, for messages.
  package let step: Int

  package init(_ population: Matrix, weights: [Double], observed: Snapshot, step: Int) {
    self.population = population
    self.weights = weights
    self.observed = observed
    self.step = step
  }

  /// W1 or W2 between prediction and observation.
  ///
  /// - Throws: `.convergence` where the prediction lies too far away for its distance to be a number
  private func distance(order: Int, _ interruption: Interruption) throws -> Double {
    do {
      return try wassersteinDistance(
        from: population, masses: weights, to: observed.points, masses: observed.weights, order: order,
        interruption: interruption)
    } catch let error as EngineError where error.kind == .invalid {
      // Points and masses are valid here, so that the only possible reason is a cost beyond the largest number.
      let largest = population.elements.reduce(0) { max($0, abs($1)) }
      throw EngineError(
        .convergence,
        "predictions of step \(step), for time \(observed.time), left the range of numbers: their largest coordinate is \(largest), too far from what was observed for a distance"
      )
    }
  }

  /// The distances of predictions from what was observed, several at a time.
  ///
  /// - Parameter start: when the evaluation began, of which this is the last part; for `progress`
  package static func distances(
    _ predictions: [(prediction: Prediction, order: Int)], since start: Double, _ progress: ProgressHandler
  ) throws -> [Double] {
    try Parallel.map(
      predictions.map { $0.prediction.population.rows * $0.prediction.observed.points.rows }, "evaluation",
      progress: { done in progress(Progress(.evaluation, done: done, of: predictions.count, since: start)) },
      body: { index, interruption in
        try predictions[index].prediction.distance(order: predictions[index].order, interruption)
      })
  }
}

import Dynamics
import Energies
import Learning
import Numerics
import Snapshots
import Transport

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
    // Predictions come before the distances, of which none is done yet.
    let began = monotonicSeconds()
    let distanceCount = [Selection.oneStep, .cumulative, .effectsMismatch].count(where: selection.contains)
    func goOn() -> Bool {
      progress(Progress(.evaluation, done: 0, of: distanceCount * (snapshots.count - 1), since: began))
    }
    let pairs = try Interruption.during("evaluation", goOn) {
      try predictions(of: model, on: snapshots, selection)
    }
    var distances = try Self.distances(pairs, since: began, progress)[...]
    func take(_ wanted: Selection) -> [Double]? {
      guard selection.contains(wanted) else { return nil }
      defer { distances = distances.dropFirst(snapshots.count - 1) }
      return Array(distances.prefix(snapshots.count - 1))
    }
    oneStep = take(.oneStep)
    cumulative = take(.cumulative)
    effectsMismatch = take(.effectsMismatch)?.map { $0 * $0 }
  }

  /// Where the model takes the snapshots, each with the one it is to be compared with.
  private mutating func predictions(
    of model: FittedModel, on snapshots: [Snapshot], _ selection: Selection
  ) throws -> [Pair] {
    let times = snapshots.map(\.time)
    var pairs: [Pair] = []
    if selection.contains(.oneStep) {
      for k in 0..<snapshots.count - 1 {
        let step = try model.rollout.step(
          snapshots[k].points, weights: snapshots[k].weights, from: times[k], to: times[k + 1], number: k)
        report.merge(step.report)
        excursion.merge(model.excursion(of: step.population))
        pairs.append(Pair(step.population, snapshots[k].weights, snapshots, k, order: 1))
      }
    }
    if !selection.isDisjoint(with: [.cumulative, .effectsMismatch]) {
      let (populations, rolloutReport) = try model.rollout.run(
        from: snapshots[0].points, weights: snapshots[0].weights, times: times
      ) { _ in true }
      report.merge(rolloutReport)
      for population in populations.dropFirst() { excursion.merge(model.excursion(of: population)) }
      for (wanted, order) in [(Selection.cumulative, 1), (.effectsMismatch, 2)] where selection.contains(wanted) {
        for k in 0..<snapshots.count - 1 {
          pairs.append(Pair(populations[k + 1], snapshots[0].weights, snapshots, k, order: order))
        }
      }
    }
    return pairs
  }

  private struct Pair: Sendable {
    let predicted: Matrix
    let weights: [Double]
    let observed: Snapshot
    let step: Int
    let order: Int

    init(_ predicted: Matrix, _ weights: [Double], _ snapshots: [Snapshot], _ step: Int, order: Int) {
      self.predicted = predicted
      self.weights = weights
      observed = snapshots[step + 1]
      self.step = step
      self.order = order
    }

    func distance(_ interruption: Interruption) throws -> Double {
      do {
        return try wassersteinDistance(
          from: predicted, masses: weights, to: observed.points, masses: observed.weights, order: order,
          interruption: interruption)
      } catch let error as EngineError where error.kind == .invalid {
        // Points and masses are valid here, so this can only be a cost beyond the largest number.
        let largest = predicted.elements.reduce(0) { max($0, abs($1)) }
        throw EngineError(
          .convergence,
          "predictions of step \(step), for time \(observed.time), left the range of numbers: their largest coordinate is \(largest), too far from what was observed for a distance"
        )
      }
    }
  }

  private static func distances(
    _ pairs: [Pair], since start: Double, _ progress: ProgressHandler
  ) throws -> [Double] {
    return try Parallel.map(
      pairs.map { $0.predicted.rows * $0.observed.points.rows }, "evaluation",
      progress: { done in progress(Progress(.evaluation, done: done, of: pairs.count, since: start)) },
      body: { index, interruption in try pairs[index].distance(interruption) })
  }
}

extension FittedModel {
  /// Prediction by the scheme that the model was fitted with.
  package var rollout: Rollout {
    Rollout(
      potential: potential, interaction: interaction, beta: max(0, beta ?? 0), scheme: options.scheme,
      length: standardization.length, center: standardization.center, reach: region.reach)
  }
}

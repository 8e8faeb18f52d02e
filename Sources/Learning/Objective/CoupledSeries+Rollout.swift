import Numerics
import Snapshots
import Transport

/// Training along the rollout: steps are also asked to lead from where predictions are to what is observed next.
///
/// JKOnet* minimises the mismatch of causes, step by step from observed populations. What users look at is the mismatch
/// of effects: how far the rolled-out population is from the observed one. A model's own predictions leave the observed
/// populations a little, and nothing that was fitted to these says how to come back. Therefore the population of the
/// first snapshot is moved by the model fitted so far, a plan is made from where it is at each time to what is observed
/// next, and the model is fitted anew to both plans of every step. All steps are fitted together, each as if the errors
/// of those before it stayed, so that they are corrected too much unless the weight is small or the rounds are many.
/// That pursues the aim of bilevel JKOnet, the mismatch of effects (Bunne et al., AISTATS 2022), at the price of a few
/// more plans.
extension CoupledSeries {
  /// The series with the steps that begin where a model takes the first snapshot. Steps whose start lies outside the
  /// region of the data stay as they are, because from there the condition would be about extrapolations.
  ///
  /// All particles take part. Parts of the snapshots, drawn anew in each round, would be quicker; but the particles of
  /// a part have lost their partners, and the noise of their plans made simulated populations ten times worse.
  func rolled(by model: FittedModel, _ problem: FitProblem, _ progress: ProgressHandler) throws -> CoupledSeries {
    let snapshots = series.snapshots
    guard let weight = problem.rollout?.weight, snapshots.count > 2 else { return self }
    let predicted = try model.trainingRollout(of: snapshots)
    let starts = predicted.enumerated().dropFirst().prefix(while: { !model.leaves(series, $0.element.points) }).map {
      (step: $0.offset, population: $0.element)
    }
    let plans = try problem.fitOptions.plans(
      starts.map { (source: $0.population, target: snapshots[$0.step + 1]) }, progress)
    let added = zip(starts, plans).map {
      (step: $0.step, start: $0.population, end: snapshots[$0.step + 1], plan: $1)
    }
    return try CoupledSeries(series, PlannedSeries(series, plans: observedPlans).adding(added, weight: weight), problem)
  }

  private var observedPlans: [SnapshotPlan] { planned.steps.prefix(series.snapshots.count - 1).map(\.plan) }
}

extension FittedModel {
  /// Where the model takes the first of some snapshots: at all times but the last, or until numbers end.
  func trainingRollout(of snapshots: [Snapshot]) throws -> [Snapshot] {
    var populations = [snapshots[0]]
    for k in 0..<snapshots.count - 2 {
      do {
        let (start, end) = (populations[k], snapshots[k + 1].time)
        let moved = try rollout.step(start.points, weights: start.weights, from: start.time, to: end, number: k)
        populations.append(
          try growth.map { try Snapshot(start, movedTo: moved.population, at: end, growth: $0) }
            ?? Snapshot(start, movedTo: moved.population, at: end))
      } catch let error as EngineError where error.kind == .convergence { break }
    }
    return populations
  }

  /// Whether part of a population lies further out than any particle of a series.
  func leaves(_ series: SnapshotSeries, _ population: Matrix) -> Bool {
    excursion(of: population).farthest > Self.mostRadii
  }

  private static let mostRadii = 1.5
}

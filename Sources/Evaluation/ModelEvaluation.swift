import Dynamics
import Energies
import Learning
import Numerics
import Snapshots

/// How far predictions lie from observed snapshots, step by step.
///
/// Predictions that leave the range of numbers are infinitely far away, as are those that lie too far away for their
/// distance to be a number. The other steps keep their values.
package struct ModelEvaluation: Sendable {
  private var values: [Quantity: [Double]] = [:]

  /// How the implicit steps of all predictions went.
  package private(set) var report = ImplicitStep.Report()

  /// How far predictions went.
  package private(set) var excursion = Excursion()

  /// The first step whose prediction left the range of numbers, or is too far away for a distance; nil where none did.
  package private(set) var overflow: EngineError?

  /// One value per step k = 0 ..< snapshots - 1; nil for what was not asked for.
  package subscript(_ quantity: Quantity) -> [Double]? { values[quantity] }

  /// Weights of a predicted population are those of the snapshot it started from, unless the model has growth.
  ///
  /// - Parameter training: the snapshots that the model was fitted to, for floors. A step whose time they lack has a
  ///   floor of NaN, and so has every step without them.
  package init(
    _ model: FittedModel, on series: SnapshotSeries, _ quantities: Set<Quantity>,
    training: SnapshotSeries? = nil, progress: ProgressHandler
  ) throws {
    try requireEvaluable(series, by: model)
    if let training, training.dimension != series.dimension {
      throw EngineError(
        .shape,
        "training has \(counted(training.dimension, "coordinate")), the snapshots have \(series.dimension)")
    }
    // Progress counts distances. Predictions are made before any of them.
    let began = monotonicSeconds()
    let wanted = Quantity.allCases.filter(quantities.contains)
    let steps = series.snapshots.count - 1
    func tell(_ done: Int) -> Bool {
      progress(Progress(.evaluation, done: done, of: wanted.count * steps, since: began))
    }
    func goOn() -> Bool { tell(0) }
    let candidates = try Interruption.during("evaluation", goOn) {
      try compared(Set(wanted.map(\.candidate)), of: model, series, training)
    }
    let observed = series.snapshots.dropFirst().map(\.population)
    let jobs = wanted.flatMap { quantity in (0..<steps).map { (quantity: quantity, step: $0) } }
    let work = jobs.map {
      (candidates[$0.quantity.candidate]?[$0.step]?.points.rows ?? 1) * observed[$0.step].points.rows
    }
    let found = try Parallel.map(work, "evaluation", progress: tell) { index, interruption -> Double in
      let (quantity, step) = jobs[index]
      guard let candidate = candidates[quantity.candidate]?[step] else {
        return quantity.candidate == .training ? .nan : .infinity
      }
      return try quantity.measure(candidate, observed[step], interruption)
    }
    for (place, quantity) in wanted.enumerated() {
      values[quantity] = Array(found[place * steps..<(place + 1) * steps])
    }
    if overflow == nil { overflow = distantPrediction(candidates, series) }
  }

  /// What is compared with snapshot k + 1, for each step k; nil where there is nothing.
  private mutating func compared(
    _ wanted: Set<Quantity.Candidate>, of model: FittedModel, _ series: SnapshotSeries, _ training: SnapshotSeries?
  ) throws -> [Quantity.Candidate: [Population?]] {
    let snapshots = series.snapshots
    var found: [Quantity.Candidate: [Population?]] = [:]
    if wanted.contains(.oneStep) {
      let rollout = model.rollout
      found[.oneStep] = try (0..<snapshots.count - 1).map { k in
        try move(snapshots[k].population, by: rollout, of: model, from: k, in: series)
      }
    }
    if wanted.contains(.rollout) {
      let rollout = model.rollout
      var population: Population? = snapshots[0].population
      found[.rollout] = try (0..<snapshots.count - 1).map { k in
        population = try population.flatMap { try move($0, by: rollout, of: model, from: k, in: series) }
        return population
      }
    }
    if wanted.contains(.nothingMoves) { found[.nothingMoves] = snapshots.dropLast().map(\.population) }
    if wanted.contains(.training) {
      found[.training] = snapshots.dropFirst().map { snapshot in training?.snapshot(at: snapshot.time)?.population }
    }
    return found
  }

  /// A population moved from the time of snapshot k to the next; nil where it leaves the range of numbers.
  private mutating func move(
    _ population: Population, by rollout: Rollout, of model: FittedModel, from k: Int, in series: SnapshotSeries
  ) throws -> Population? {
    do {
      let step = try rollout.step(
        population.points, weights: population.weights, from: series.snapshots[k].time,
        to: series.snapshots[k + 1].time, number: k)
      report.merge(step.report)
      excursion.merge(model.excursion(of: step.population))
      let moved = Population(points: step.population, weights: population.weights)
      let times = [series.snapshots[k].time, series.snapshots[k + 1].time]
      return try model.growth?.grown(moved, from: population.points, times: times) ?? moved
    } catch let error as EngineError where error.kind == .convergence {
      if overflow == nil { overflow = error }
      return nil
    }
  }

  /// What to say of a prediction that consists of numbers and lies too far away for a distance.
  private func distantPrediction(
    _ candidates: [Quantity.Candidate: [Population?]], _ series: SnapshotSeries
  ) -> EngineError? {
    for quantity in Quantity.allCases where [.oneStep, .rollout].contains(quantity.candidate) {
      guard let step = values[quantity]?.firstIndex(of: .infinity) else { continue }
      guard let population = candidates[quantity.candidate]?[step] else { continue }
      let largest = population.points.elements.reduce(0) { max($0, abs($1)) }
      return EngineError(
        .convergence,
        "predictions of step \(step), for time \(series.snapshots[step + 1].time), left the range of numbers: their largest coordinate is \(largest), too far from what was observed for a distance"
      )
    }
    return nil
  }
}

extension SnapshotSeries {
  /// The snapshot of a time, up to rounding.
  fileprivate func snapshot(at time: Double) -> Snapshot? {
    let tolerance = SnapshotSeries.rounding(of: snapshots.map(\.time) + [time])
    return snapshots.first { abs($0.time - time) <= tolerance }
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

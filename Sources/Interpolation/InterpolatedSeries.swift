import Energies
import Fields
import Numerics
import Snapshots

/// Populations at times between observed ones.
package struct InterpolatedSeries: Sendable {
  /// How one population was found.
  package struct Choice: Sendable {
    /// Nil at an observed time.
    package var interpolant: Interpolant?
    /// By how much the interpolant missed the observed times nearby, each left out in turn: the mean energy
    /// distance, in length. NaN where none was left out.
    package var missed = Double.nan
    /// The same of straight lines.
    package var straightMissed = Double.nan

    /// 0 for straight lines, NaN for models and at an observed time.
    package var ridge: Double { number(\.ridge) }
    package var rounds: Double { number { Double($0.rounds) } }
    /// 1 for gradients.
    package var isGradient: Double { number { $0.isGradient ? 1 : 0 } }

    private func number(_ ofFlow: (FieldFit) -> Double) -> Double {
      switch interpolant {
      case .flow(let fit): return ofFlow(fit)
      case .straight: return 0
      case .model, nil: return .nan
      }
    }
  }

  package let series: SnapshotSeries
  package let choices: [Choice]

  /// The flows that are chosen from where the data decide. The first is taken where nothing can be left out.
  private static let flows = [
    FieldFit(isGradient: true, ridge: 1e-3, rounds: 2), FieldFit(ridge: 1e-3, rounds: 2),
    FieldFit(ridge: 3e-3, rounds: 6),
  ]

  /// - Parameter times: increasing, from the first time of the series to its last.
  package init(
    _ series: SnapshotSeries, at times: [Double], _ options: InterpolationOptions = InterpolationOptions(),
    progress: ProgressHandler
  ) throws {
    try options.validate()
    try Self.check(series, times)
    if let model = options.model, model.dimension != series.dimension {
      throw EngineError(
        .shape,
        "snapshots have \(counted(series.dimension, "coordinate")), the model has \(model.dimension)")
    }
    if let growth = options.growth, growth.dimension != series.dimension {
      throw EngineError(
        .shape,
        "snapshots have \(counted(series.dimension, "coordinate")), the growth has \(growth.dimension)")
    }
    let candidates = Self.candidates(options)
    let began = monotonicSeconds()
    var done = 0
    func goOn() -> Bool { progress(Progress(.interpolation, done: done, of: times.count, since: began)) }
    var found = SnapshotSeries(emptyLike: series)
    let rounding = SnapshotSeries.rounding(of: series.snapshots.map(\.time))
    var choices: [Choice] = []
    try Interruption.during("interpolation", goOn) {
      let thin = series.thinned(to: options.field.particles, seed: options.field.seed)
      var scores = InterpolationScores(candidates)
      var current: (index: Int, gap: Gap, choice: Choice)?
      for time in times {
        if let observed = series.snapshots.first(where: { abs($0.time - time) <= rounding }) {
          guard found.snapshots.last?.time ?? -.infinity < observed.time else {
            throw EngineError(
              .population, "times has \(observed.time), an observed time, twice up to rounding")
          }
          found.append(observed)
          choices.append(Choice(interpolant: nil))
        } else {
          let index = (series.snapshots.firstIndex { $0.time > time } ?? 1) - 1
          if current?.index != index {
            let choice = try Self.choose(candidates, forGap: index, thin, options, &scores)
            current = (index, try Gap(series, after: index, choice.interpolant.map { [$0] } ?? [], options), choice)
          }
          guard var choice = current?.choice, let interpolant = choice.interpolant else { continue }
          var population = try current?.gap.population(by: interpolant, at: time)
          if population == nil, options.method == .usual {
            choice.interpolant = .straight
            population = try current?.gap.population(by: .straight, at: time)
          }
          guard let population else {
            throw EngineError(
              .convergence, "the flow to time \(time) left the range of numbers; straight lines do not")
          }
          try found.append(points: population.points, time: time, weights: population.weights)
          choices.append(choice)
        }
        done += 1
        if !goOn() { throw EngineError.cancelled("interpolation") }
      }
    }
    (self.series, self.choices) = (found, choices)
  }

  private static func candidates(_ options: InterpolationOptions) -> [Interpolant] {
    if options.method == .straight { return [.straight] }
    if options.model != nil { return [.model] }
    var found: [Interpolant] = []
    for usual in flows {
      let flow = Interpolant.flow(
        FieldFit(
          isGradient: options.gradient ?? usual.isGradient, ridge: options.ridge ?? usual.ridge,
          rounds: options.rounds ?? usual.rounds))
      if !found.contains(flow) { found.append(flow) }
    }
    return options.method == .usual ? found + [.straight] : found
  }

  private static func choose(
    _ candidates: [Interpolant], forGap k: Int, _ series: SnapshotSeries, _ options: InterpolationOptions,
    _ scores: inout InterpolationScores
  ) throws -> Choice {
    let leftOut = InterpolationScores.leftOut(of: series, near: k)
    guard candidates.count > 1, !leftOut.isEmpty else {
      let straight = options.method == .usual && series.snapshots.count == 2
      return Choice(interpolant: straight ? .straight : candidates[0])
    }
    try scores.add(leftOut, of: series, options)
    let means = scores.mean(over: leftOut)
    let best = means.indices.min { (means[$0], $0) < (means[$1], $1) } ?? 0
    return Choice(
      interpolant: candidates[best], missed: means[best],
      straightMissed: candidates.firstIndex(of: .straight).map { means[$0] } ?? .nan)
  }

  private static func check(_ series: SnapshotSeries, _ times: [Double]) throws {
    let snapshots = series.snapshots
    guard let first = snapshots.first?.time, let last = snapshots.last?.time, snapshots.count > 1 else {
      throw EngineError(
        .shape, "snapshots has \(counted(snapshots.count, "snapshot")); interpolation is between two or more")
    }
    try series.requireFiniteSpan()
    for (k, time) in times.enumerated() {
      guard time >= first, time <= last else {
        throw EngineError(
          .population, "times[\(k)] = \(time) is not between the first observed time, \(first), and the last, \(last)")
      }
      guard k == 0 || time > times[k - 1] else {
        throw EngineError(.population, "times[\(k)] = \(time) is not greater than times[\(k - 1)] = \(times[k - 1])")
      }
    }
  }
}

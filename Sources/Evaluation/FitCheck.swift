import Dynamics
import Energies
import Learning
import Numerics
import Snapshots

/// How well a model predicts one step ahead, beside the prediction that nothing moves and beside what two samples of
/// one population differ by, on a sample of the particles.
///
/// It is meant for the snapshots that the model was fitted to: a model that is worse than "nothing moves" even there
/// has failed, however small its loss. Samples keep it cheap beside any fit: at most 256 particles of a snapshot and
/// twelve transitions.
package struct FitCheck: Sendable {
  /// Means over the sampled transitions, of those where a measure exists; NaN where it exists for none.
  package struct Means: Sendable {
    /// W1, infinite where predictions leave the range of numbers.
    package fileprivate(set) var wasserstein = Double.nan
    package fileprivate(set) var energyDistance = Double.nan
    package fileprivate(set) var varianceRatio = Double.nan
  }

  /// Of the earlier snapshot moved one step.
  package let prediction: Means
  /// Of the earlier snapshot as it is.
  package let nothingMoves: Means
  /// Of two parts of the later snapshot that share no particle, each as large as the other samples where there are
  /// enough particles, else half of them.
  package let floor: Means
  package let transitions: Int
  /// Whether the model does worse by more than the scatter of samples and the length of the data explain.
  package let isWorse: Bool
  /// The share of particles at which the one-step map turns over; NaN where that is not known.
  package let folded: Double
  /// The share of implicit steps that did not converge.
  package let unconverged: Double

  private static let particles = 256
  private static let mostTransitions = 12
  /// Excess that is not told, relative to "nothing moves" and to the length scale of the data.
  private static let (scatter, rest) = (0.05, 1e-3)

  package init(_ model: FittedModel, on series: SnapshotSeries, progress: ProgressHandler) throws {
    try requireEvaluable(series, by: model)
    let start = monotonicSeconds()
    let sample = Sample(of: series, particles: Self.particles, transitions: Self.mostTransitions, model.fitOptions.seed)
    transitions = sample.sources.count
    let count = 3 * transitions
    func tell(_ done: Int) -> Bool { progress(Progress(.evaluation, done: done, of: count, since: start)) }
    func goOn() -> Bool { tell(0) }
    var steps = Steps()
    let predictions = try Interruption.during("evaluation", goOn) {
      try zip(sample.sources, sample.targets).enumerated().map { number, pair in
        try steps.prediction(of: model, from: pair.0, to: pair.1, number: number)
      }
    }
    // The predictions, then the earlier snapshots themselves, then the parts of the later ones.
    let measured = try Parallel.map(
      [Int](repeating: 1, count: count), "evaluation", progress: tell,
      body: { [transitions] index, interruption -> [Double] in
        let (kind, k) = index.quotientAndRemainder(dividingBy: transitions)
        let observed = sample.targets[k].population
        switch kind {
        case 0: return try Self.measures(predictions[k], observed, interruption)
        case 1: return try Self.measures(sample.sources[k].population, observed, interruption)
        default:
          guard let (one, other) = sample.halves[k] else { return [.nan, .nan, .nan] }
          return try Self.measures(one.population, other.population, interruption)
        }
      })
    (prediction, nothingMoves) = (
      Self.means(measured[..<transitions]), Self.means(measured[transitions..<2 * transitions])
    )
    floor = Self.means(measured[(2 * transitions)...])
    isWorse =
      prediction.wasserstein > (1 + Self.scatter) * nothingMoves.wasserstein
      + Self.rest * model.standardization.length
    (folded, unconverged) = (steps.folds.share, steps.unconverged)
  }

  private static func measures(
    _ predicted: Population?, _ observed: Population, _ interruption: Interruption
  ) throws -> [Double] {
    guard let predicted else { return [.infinity, .infinity, .infinity] }
    return try [Measure.wasserstein, .energyDistance, .varianceRatio].map { try $0(predicted, observed, interruption) }
  }

  private static func means(_ measured: ArraySlice<[Double]>) -> Means {
    func mean(_ place: Int) -> Double {
      let known = measured.map { $0[place] }.filter { !$0.isNaN }
      return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
    }
    return Means(wasserstein: mean(0), energyDistance: mean(1), varianceRatio: mean(2))
  }
}

/// The snapshots that are looked at.
private struct Sample {
  var sources: [Snapshot] = []
  var targets: [Snapshot] = []
  /// Two parts of each target without a common particle; nil where it has too few.
  var halves: [(Snapshot, Snapshot)?] = []

  init(of series: SnapshotSeries, particles: Int, transitions: Int, _ seed: UInt64) {
    let sample = series.thinned(to: particles, seed: seed)
    let last = sample.snapshots.count - 1
    let count = min(last, transitions)
    for k in (0..<count).map({ $0 * last / count }) {
      sources.append(sample.snapshots[k])
      targets.append(sample.snapshots[k + 1])
      halves.append(series.disjointParts(of: k + 1, upTo: particles, seed: seed))
    }
  }
}

/// The steps of a check, and what happened in them.
private struct Steps {
  var folds = FoldedShare()
  private var report = ImplicitStep.Report()
  private var count = 0

  var unconverged: Double { count > 0 ? Double(report.unconverged) / Double(count) : 0 }

  /// Nil where the prediction is not finite.
  mutating func prediction(
    of model: FittedModel, from source: Snapshot, to target: Snapshot, number: Int
  ) throws -> Population? {
    do {
      let rollout = model.rollout
      func step(_ rollout: Rollout) throws -> (population: Matrix, report: ImplicitStep.Report) {
        try rollout.step(
          source.points, weights: source.weights, from: source.time, to: target.time, number: number)
      }
      let moved = try step(rollout)
      report.merge(moved.report)
      count += source.points.rows
      var landing = moved.population
      if rollout.beta > 0 {
        var still = rollout
        still.beta = 0
        landing = try step(still).population
      }
      folds.look(at: source.population, landing: landing, of: model, from: source.time, to: target.time)
      return Population(points: moved.population, weights: source.weights)
    } catch let error as EngineError where error.kind == .convergence { return nil }
  }
}

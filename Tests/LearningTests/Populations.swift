import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Populations that tests learn from.
enum Populations {
  /// Particles of a standard normal distribution times `spread`, shape (n, d).
  static func normal(_ n: Int, _ d: Int, spread: Double = 1, seed: UInt64) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 1000)
    return Matrix(rows: n, columns: d, elements: (0..<n * d).map { _ in spread * random.normal() })
  }

  static func series(_ populations: [Matrix], times: [Double], weights: [[Double]?]? = nil) throws -> SnapshotSeries {
    var series = SnapshotSeries(dimension: populations[0].columns)
    for (k, population) in populations.enumerated() {
      try series.append(points: population, time: times[k], weights: weights?[k])
    }
    return series
  }

  /// A small cloud that contracts and turns aside, of different sizes, at unequal times.
  static func contracting(scale: Double = 1, offset: Double = 0, timeScale: Double = 1) throws -> SnapshotSeries {
    let start = normal(40, 2, seed: 71)
    let populations = (0..<3).map { k in
      var moved = start.selecting(rows: Array(0..<40 - 3 * k).shuffled(k))
      let shrink = [1, 0.8, 0.55][k]
      for row in 0..<moved.rows {
        moved[row, 0] = scale * (shrink * moved[row, 0] + 0.2 * Double(k)) + offset
        moved[row, 1] = scale * (shrink * shrink * moved[row, 1]) + offset
      }
      return moved
    }
    return try series(populations, times: [0, 0.5, 1.25].map { timeScale * $0 })
  }
}

extension [Int] {
  fileprivate func shuffled(_ seed: Int) -> [Int] {
    var random = PhiloxSequence(seed: UInt64(seed), stream: 1001)
    return random.permutation(count).map { self[$0] }
  }
}

extension ModelOptions {
  static func network(_ hidden: [Int], _ scheme: Scheme = .implicit, timeVarying: Bool = false) -> ModelOptions {
    ModelOptions(potential: .network(.init(hidden: hidden)), scheme: scheme, timeVarying: timeVarying)
  }

  static func linear(
    degree: Int = 2, grid: Int = 0, centers: Int = 0, width: Double = 0, _ scheme: Scheme = .implicit,
    timeVarying: Bool = false
  ) -> ModelOptions {
    let features = FeatureOptions(
      polynomialDegree: degree, radialGrid: grid, radialCenters: centers, radialWidth: width, timeDegree: 2)
    return ModelOptions(potential: .linear(features), scheme: scheme, timeVarying: timeVarying)
  }
}

extension FittedModel {
  static func fit(_ series: SnapshotSeries, _ options: ModelOptions, _ fit: FitOptions = FitOptions()) throws
    -> FittedModel
  { try FittedModel.fit(series, options, fit) { _ in true }.model }

  /// The same, interrupted after `stop` epochs and resumed from a checkpoint that has the options of the fit.
  static func fitInTwoParts(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fit: FitOptions, stop: Int, checkpointEvery period: Int
  ) throws -> FittedModel {
    try withFolder { folder in
      let path = "\(folder)/checkpoint"
      func checkpointed(resumes: Bool) -> FitOptions {
        var fit = fit
        fit.training.checkpoint = .init(path: path, every: period, resumes: resumes)
        return fit
      }
      let part = try FittedModel.fit(series, options, checkpointed(resumes: false)) {
        $0.stage != .training || $0.done < stop
      }
      #expect(part.cancelled)
      #expect(try FittedModel.load(path).fitOptions.rollout == fit.rollout)
      return try FittedModel.fit(series, options, checkpointed(resumes: true))
    }
  }

  var parameters: [Double] {
    learned.potential?.parameters ?? []
  }

  /// V, which a test knows to be there.
  var requiredPotential: any Potential {
    guard let potential else { preconditionFailure("the model has no potential") }
    return potential
  }
}

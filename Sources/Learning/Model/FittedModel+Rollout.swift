import Dynamics
import Numerics

/// What is added to the drift of predicted particles.
package enum PredictionNoise: Sendable {
  /// That of the model's beta.
  case beta
  /// Residuals of training couplings nearby.
  case residual
  case none
}

extension FittedModel {
  /// Prediction by the scheme that the model was fitted with.
  package var rollout: Rollout {
    Rollout(
      potential: potential, interaction: interaction, beta: max(0, beta ?? 0), scheme: options.scheme,
      length: standardization.length, center: standardization.center, reach: region.reach)
  }

  /// The result of a rollout.
  package struct RolledOut: Sendable {
    /// At each of the times.
    package let populations: [Matrix]
    /// How the implicit steps went.
    package let report: ImplicitStep.Report
    /// How far the predictions went.
    package let excursion: Excursion
  }

  /// The populations at `times`, the first of which is that of `start`.
  package func rollOut(
    _ start: Matrix, times: [Double], seed: UInt64, tolerance: Double, maxIterations: Int,
    substeps: Int = 1, noise: PredictionNoise = .beta, progress: ProgressHandler
  ) throws -> RolledOut {
    for k in times.indices.dropFirst() where times[k] <= times[k - 1] {
      throw EngineError(
        .population, "times[\(k)] = \(times[k]) is not greater than the time before it, \(times[k - 1])")
    }
    var rollout = rollout
    (rollout.seed, rollout.tolerance, rollout.maxIterations) = (seed, tolerance, maxIterations)
    rollout.substeps = substeps
    switch noise {
    case .beta: break
    case .none: rollout.beta = 0
    case .residual:
      guard let residuals else {
        throw EngineError(.invalid, "model has no residuals; it was made from sums or by an earlier version")
      }
      rollout.residuals = residuals
    }
    let (populations, report) = try rollout.run(from: start, times: times, progress: progress)
    return RolledOut(populations: populations, report: report, excursion: excursion(of: populations.dropFirst()))
  }

  /// The times of a rollout: from `start` (nil: the first fitted time) by the fitted gaps; after the last fitted time
  /// the last gap repeats.
  package func rolloutTimes(from start: Double?, steps: Int) throws -> [Double] {
    let first = start ?? times[0]
    guard let index = times.firstIndex(of: first) else {
      throw EngineError(
        .invalid,
        "t0 = \(first) is not a fitted time (\(times[0]) to \(times[times.count - 1])); give the times of the rollout")
    }
    let lastGap = times[times.count - 1] - times[times.count - 2]
    try requireMemory(steps, of: Double.self, for: "the times of \(steps) steps")
    return try (0...steps).map { step in
      if step % 65536 == 65535 { try Interruption.check() }
      let beyond = index + step - (times.count - 1)
      return beyond <= 0 ? times[index + step] : times[times.count - 1] + Double(beyond) * lastGap
    }
  }
}

import Dynamics
import Learning
import Numerics

/// Where a population is predicted to be at some times.
public struct Rollout: Sendable {
  /// The first is the time of the particles that the rollout starts from.
  public let times: [Double]
  /// One population for each time; row i is the same particle in all of them.
  public let populations: [Points]
  /// The masses of the particles at each time, 1/n each at first; nil for a model without growth.
  public let masses: [[Double]]?
  /// Implicit steps of single particles that did not reach the tolerance; their energy folds there.
  public let unconverged: Int
  /// Predicted particles that lie more than ten times as far from the centre of the training points as the farthest of
  /// these. The energy is an extrapolation there.
  public let outside: Int

  /// The population at the last time.
  public var last: Points { populations[populations.count - 1] }
}

extension Model {
  /// Predicts where particles go from a fitted time on, by the gaps of the fitted times; the last gap repeats.
  ///
  /// - Parameters:
  ///   - points: shape (n, d), the particles at `start`
  ///   - start: one of the fitted times; nil for the first
  ///   - steps: how many gaps, at least 0
  ///   - seed: of the noise where beta is positive
  /// - Throws: `.shape`, `.notFinite`, `.invalidArgument`; `.convergence` where particles leave the range of numbers
  public func predict(
    from points: Points, start: Double? = nil, steps: Int, seed: UInt64 = 0, progress: ProgressHandler? = nil
  ) throws(JKOError) -> Rollout {
    try require(steps, in: 0...Int(Int32.max), "steps")
    let times = try engine { try fitted.rolloutTimes(from: start, steps: steps) }
    return try predict(from: points, times: times, seed: seed, progress: progress)
  }

  /// Predicts where particles are at given times.
  ///
  /// - Parameters:
  ///   - points: shape (n, d), the particles at `times[0]`
  ///   - times: increasing; the first is that of `points`. Each gap is one step, which should be about as long as those
  ///     that the model was fitted to.
  ///   - seed: of the noise where beta is positive
  /// - Throws: as the other `predict`
  public func predict(
    from points: Points, times: [Double], seed: UInt64 = 0, progress: ProgressHandler? = nil
  ) throws(JKOError) -> Rollout {
    try points.require(dimension: dimension, of: "the model")
    try points.requireFinite("points")
    guard !times.isEmpty else { throw JKOError(.shape, "times is empty; the first is that of the points") }
    for (k, time) in times.enumerated() {
      guard time.isFinite else { throw JKOError(.notFinite, "times[\(k)] = \(time) is not finite") }
      guard k == 0 || time > times[k - 1] else {
        throw JKOError(.population, "times[\(k)] = \(time) is not greater than times[\(k - 1)] = \(times[k - 1])")
      }
    }
    return try engine {
      var rollout = fitted.rollout
      rollout.seed = seed
      let (populations, report) = try rollout.run(from: points.matrix, times: times, progress: handler(progress))
      var excursion = Excursion()
      for population in populations.dropFirst() { excursion.merge(fitted.excursion(of: population)) }
      let equal = [Double](repeating: 1 / Double(max(1, points.count)), count: points.count)
      return Rollout(
        times: times, populations: populations.map(Points.init),
        masses: try fitted.growth?.masses(along: populations, times: times, from: equal),
        unconverged: report.unconverged,
        outside: excursion.outside)
    }
  }
}

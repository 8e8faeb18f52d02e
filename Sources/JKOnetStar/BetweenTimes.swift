import Fields
import Interpolation
import Learning
import Numerics

/// How populations between two observed ones are found.
public struct InterpolationOptions: Sendable, Equatable {
  public enum Method: Sendable {
    /// Whichever of the others does best at the observed times nearby, each left out in turn.
    case best
    /// Particles move on straight lines along the optimal plan.
    case straight
    /// Particles of both neighbours flow along a velocity field to the requested time, and meet there.
    case flow
  }

  public var method = Method.best
  /// Flows: whether velocities are gradients, as those of an energy are, or may turn; nil to choose it by the observed
  /// times.
  public var gradient: Bool?
  /// Flows: the ridge of the velocity field; nil to choose it by the observed times.
  public var ridge: Double?
  /// Flows: how often the field is fitted, 1 to 100; nil to choose it by the observed times.
  public var rounds: Int?
  /// Flows: what it costs to create or destroy mass, in units of the mean cost of the exact plan, 0.05 or more;
  /// infinite where every particle keeps its mass.
  public var relaxation = 2.0
  public var seed: UInt64 = 0

  public init() {}

  func engineOptions() -> Interpolation.InterpolationOptions {
    var options = Interpolation.InterpolationOptions()
    switch method {
    case .best: options.method = .usual
    case .straight: options.method = .straight
    case .flow: options.method = .flow
    }
    (options.gradient, options.ridge, options.rounds) = (gradient, ridge, rounds)
    (options.field.relaxation, options.field.seed) = (relaxation, seed)
    return options
  }
}

extension SnapshotSeries {
  /// The populations at times between observed ones, found from both neighbours; at an observed time the observed one.
  ///
  /// - Parameters:
  ///   - times: strictly increasing, from the first observed time to the last
  ///   - growth: masses of flows grow at these rates; nil where the plan of each gap says how they grow
  ///   - progress: asked about ten times a second whether to go on
  /// - Returns: a series with weights
  /// - Throws: `.shape` for fewer than two snapshots, `.population` for other times, `.invalidArgument`, `.cancelled`,
  ///   and `.convergence` where a flow that was asked for leaves the range of numbers
  public func interpolated(
    at times: [Double], options: InterpolationOptions = InterpolationOptions(), growth: Growth? = nil,
    progress: ProgressHandler? = nil
  ) throws(JKOError) -> SnapshotSeries {
    var wanted = options.engineOptions()
    wanted.growth = growth?.growth
    return try interpolated(at: times, wanted, progress)
  }

  /// The same where both neighbours flow along the velocities of a fitted model, and grow as it says.
  public func interpolated(
    at times: [Double], along model: Model, progress: ProgressHandler? = nil
  ) throws(JKOError) -> SnapshotSeries {
    var wanted = Interpolation.InterpolationOptions()
    wanted.method = .flow
    wanted.model = model.fitted
    return try interpolated(at: times, wanted, progress)
  }

  private func interpolated(
    at times: [Double], _ options: Interpolation.InterpolationOptions, _ progress: ProgressHandler?
  ) throws(JKOError) -> SnapshotSeries {
    if let bad = times.firstIndex(where: { !$0.isFinite }) {
      throw JKOError(.notFinite, "times[\(bad)] = \(times[bad]) is not finite")
    }
    return SnapshotSeries(
      try engine { try InterpolatedSeries(series, at: times, options, progress: handler(progress)).series })
  }

  /// The series without snapshot k, to see how well it can be predicted from the others.
  public func without(_ k: Int) -> SnapshotSeries { SnapshotSeries(series.leavingOut(k)) }
}

/// How fast particles multiply or die, at a place and a time, learned from a time course.
public struct Growth: Sendable {
  let growth: Fields.Growth

  init(_ growth: Fields.Growth) { self.growth = growth }

  /// Reads growth that was saved, from Swift or from any other language.
  ///
  /// - Throws: `.file`, `.format`
  public init(contentsOf path: String) throws(JKOError) {
    growth = try engine { try Fields.Growth.load(path) }
  }

  /// Writes the rates into a safetensors file, whole or not at all.
  ///
  /// - Throws: `.file`
  public func save(to path: String) throws(JKOError) { try engine { try growth.save(path) } }

  /// Learns the rates.
  ///
  /// - Parameters:
  ///   - series: at least two snapshots
  ///   - totalMasses: the mass of all particles at each time, in any unit; nil where it is not known, and rates are
  ///     then relative to the mean
  ///   - bootstrap: fits to populations drawn anew, for standard errors: 0 or at least 2
  ///   - progress: asked about ten times a second whether to go on
  /// - Throws: `.shape`, `.population`, `.invalidArgument`, `.cancelled`
  public init(
    fitting series: SnapshotSeries, totalMasses: [Double]? = nil, relaxation: Double = 2, bootstrap: Int = 0,
    seed: UInt64 = 0, progress: ProgressHandler? = nil
  ) throws(JKOError) {
    var options = GrowthOptions()
    (options.totalMasses, options.members) = (totalMasses, bootstrap)
    (options.field.relaxation, options.field.seed) = (relaxation, seed)
    growth = try engine { try Fields.Growth(series.series, options, progress: handler(progress)) }
  }

  /// The rate at each point, in 1/time: the logarithmic derivative of a particle's mass there.
  ///
  /// - Throws: `.shape`, `.notFinite`, also so far from the snapshots that rates exceed all numbers
  public func rates(at points: Points, time: Double) throws(JKOError) -> [Double] {
    try check(points, time)
    return try engine { try Fields.Growth.finite(growth.rates(at: points.matrix, time: time), at: time) }
  }

  /// The standard errors of the rates.
  ///
  /// - Throws: `.shape`, `.notFinite`; `.invalidArgument` for a fit without bootstrap
  public func errors(at points: Points, time: Double) throws(JKOError) -> [Double] {
    try check(points, time)
    return try engine { try Fields.Growth.finite(growth.errors(at: points.matrix, time: time), at: time) }
  }

  private func check(_ points: Points, _ time: Double) throws(JKOError) {
    try points.require(dimension: growth.dimension, of: "the growth")
    try points.requireFinite("points")
    guard time.isFinite else { throw JKOError(.notFinite, "time = \(time) is not finite") }
  }
}

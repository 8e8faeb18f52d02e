import Energies
import Fields
import Learning
import Numerics
import Snapshots

/// The gap between two observed times, and the fields that say how particles move in it.
struct Gap {
  private let course: ScaledCourse
  private let first: ScaledCourse.Moment
  private let last: ScaledCourse.Moment
  private let relaxation: Double
  private let growth: Growth?
  private var fields: [(interpolant: Interpolant, field: any VelocityField)] = []
  private var straight: RelaxedPlan?

  /// The gap between snapshots k and k + 1, with the fields that the candidates need.
  init(
    _ series: SnapshotSeries, after k: Int, _ candidates: [Interpolant], _ options: InterpolationOptions
  ) throws {
    let course = ScaledCourse(series, origin: series.middle(ofGap: k))
    (first, last) = (course.moments[k], course.moments[k + 1])
    self.course = course
    relaxation = options.field.relaxation
    growth = options.massGrowth
    if let model = options.model { fields.append((.model, ModelField(model, course))) }
    // Fits that differ in their rounds alone are the same up to the fewer.
    var wanted: [FieldFit] = []
    for case .flow(let fit) in candidates {
      let known = wanted.firstIndex { $0.ridge == fit.ridge && $0.isGradient == fit.isGradient }
      if let known {
        wanted[known].rounds = max(wanted[known].rounds, fit.rounds)
      } else {
        wanted.append(fit)
      }
    }
    guard !wanted.isEmpty else { return }
    let thin = course.thinned(to: options.field.particles, seed: options.field.seed)
    let learning = FieldLearning(thin, near: first.time...last.time, options.field)
    guard let paths = try Self.unlessDiverged({ try learning.straightPaths() }) else { return }
    for fit in wanted {
      let found = try Self.unlessDiverged { try learning.fields(fit, from: paths) }
      for (index, field) in (found ?? []).enumerated() {
        var reached = fit
        reached.rounds = index + 1
        fields.append((.flow(reached), field))
      }
    }
  }

  /// What `body` returns; nil where it left the range of numbers, in which case another way is taken.
  private static func unlessDiverged<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch let error as EngineError where error.kind == .convergence { return nil }
  }

  /// The population at a time in the gap, in the coordinates of the series; nil where a flow leaves the range of
  /// numbers.
  mutating func population(by interpolant: Interpolant, at time: Double) throws -> Population? {
    let moment = course.scaled(time)
    let found: Population
    switch interpolant {
    case .straight:
      let plan = try straight ?? RelaxedPlan(from: first.population, to: last.population, relaxation: .infinity)
      straight = plan
      let part = (moment - first.time) / (last.time - first.time)
      found = try plan.population(at: part, from: first.population, to: last.population)
    case .flow, .model:
      guard let field = fields.first(where: { $0.interpolant == interpolant })?.field else { return nil }
      let met = try Self.unlessDiverged {
        try field.meeting(first, last, at: moment, relaxation: relaxation, growth?.rates(in: course))
      }
      guard let met else { return nil }
      found = met
    }
    return Population(points: course.unscaled(found.points), weights: found.weights)
  }
}

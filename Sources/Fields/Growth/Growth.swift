import CSystem
import Energies
import Numerics
import Snapshots

/// How fast particles multiply or die, at a place and a time, learned from a time course.
///
/// Between two snapshots a relaxed plan says which share of its mass each particle keeps on its way, relative to
/// the mean. The rate of a pair over its gap is (log sigma - log tau) / gap, plus that at which all particles together
/// grow. A regression on features of place and time makes a field of these.
package struct Growth: Sendable {
  /// The units of the rates; its moments are not kept.
  let units: ScaledCourse
  /// The rate, and that of each member of the bootstrap.
  let rates: SpaceTimeExpansion
  /// t_0 < .. < t_T
  package let times: [Double]
  /// Of all particles at each of the times; none where they are not known.
  let logMasses: [Double]

  package var dimension: Int { units.dimension }
  package var memberCount: Int { rates.coefficients.columns - 1 }

  init(units: ScaledCourse, rates: SpaceTimeExpansion, times: [Double], logMasses: [Double]) {
    (self.units, self.rates, self.times, self.logMasses) = (units, rates, times, logMasses)
  }

  package init(
    _ series: SnapshotSeries, _ options: GrowthOptions = GrowthOptions(), progress: ProgressHandler
  ) throws {
    try options.validate(for: series)
    let snapshots = series.snapshots
    var course = ScaledCourse(series, origin: series.middle(ofGap: (snapshots.count - 1) / 2))
    let priors = options.priors.map { priors in
      zip(priors, snapshots).map { rates, snapshot in
        rates.indices.filter { snapshot.weights[$0] > 0 }.map { rates[$0] }
      }
    }
    course.expect(totalMasses: options.totalMasses, priors: priors)
    let thin = course.thinned(to: options.field.particles, seed: options.field.seed)
    let began = monotonicSeconds()
    var done = 0
    let total = options.members + 1
    func goOn() -> Bool { progress(Progress(.growth, done: done, of: total, since: began)) }
    var fields: [SpaceTimeExpansion] = []
    try Interruption.during("growth", goOn) {
      for member in 0..<total {
        let sample = member == 0 ? thin : thin.resampled(seed: options.field.seed, sample: member)
        fields.append(try Self.field(sample, options))
        done += 1
        if !goOn() { throw EngineError.cancelled("growth") }
      }
    }
    let features = fields[0].features
    var coefficients = Matrix(rows: features.count, columns: total)
    for (member, field) in fields.enumerated() {
      for row in 0..<features.count { coefficients[row, member] = field.coefficients[row, features.dimension] }
    }
    self.init(
      units: course.withoutMoments, rates: SpaceTimeExpansion(features: features, coefficients: coefficients),
      times: snapshots.map(\.time), logMasses: (options.totalMasses ?? []).map { log($0) })
  }

  private static func field(_ course: ScaledCourse, _ options: GrowthOptions) throws -> SpaceTimeExpansion {
    let (first, last) = (course.moments[0].time, course.moments[course.moments.count - 1].time)
    let learning = FieldLearning(course, near: first...last, options.field)
    let fields = try learning.fields(
      FieldFit(ridge: options.ridge, rounds: options.rounds), from: learning.straightPaths())
    return fields[fields.count - 1].expansion
  }

  // MARK: Rates

  /// The rate at each point at a time, in 1/time: the logarithmic derivative of a particle's mass.
  package func rates(at points: Matrix, time: Double) throws -> [Double] {
    try values(at: points, time, members: 0..<1).elements.map { $0 / units.gap }
  }

  /// The spread of the rates over all members, as standard errors.
  package func errors(at points: Matrix, time: Double) throws -> [Double] {
    guard memberCount > 0 else {
      throw EngineError(.invalid, "growth has no members to take errors from; it was fitted with bootstrap = 0")
    }
    let values = try values(at: points, time, members: 0..<memberCount + 1)
    let count = Double(memberCount)
    return (0..<points.rows).map { row in
      let own = values[row, 0]
      var (sum, square) = (0.0, 0.0)
      for member in 1...memberCount {
        // Relative to the fit itself, so that no digits are lost.
        let offset = values[row, member] - own
        sum += offset
        square += offset * offset
      }
      return max(0, (square - sum * sum / count) / (count - 1)).squareRoot() / units.gap
    }
  }

  /// Rates or errors at points of the host, unless they exceed all numbers.
  package static func finite(_ values: [Double], at time: Double) throws -> [Double] {
    guard let far = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw EngineError(
      .nonfinite, "points[\(far)] at time = \(time) is so far from the snapshots that growth there exceeds all numbers")
  }

  /// Of the fit itself, 0, and of each member of the bootstrap, in the course's units.
  private func values(at points: Matrix, _ time: Double, members: Range<Int>) throws -> Matrix {
    try rates.values(at: units.scaled(points), time: units.scaled(time), outputs: members)
  }

  // MARK: Masses

  /// The masses of particles along their paths, from those at the first time. The rate is averaged over both ends of
  /// each step (trapezoidal rule).
  ///
  /// - Parameters:
  ///   - paths: the particles at each of the times, in one order
  ///   - masses: at the first time, not negative
  /// - Throws: `.convergence` where a mass leaves the range of numbers
  package func masses(along paths: [Matrix], times: [Double], from masses: [Double]) throws -> [[Double]] {
    var found = [masses]
    var before = try rates(at: paths[0], time: times[0])
    for k in 1..<max(1, paths.count) {
      let after = try rates(at: paths[k], time: times[k])
      let step = times[k] - times[k - 1]
      found.append(
        try found[k - 1].indices.map { particle in
          // What is 0 stays 0, however fast it would grow.
          guard found[k - 1][particle] > 0 else { return 0 }
          let mass = found[k - 1][particle] * exp((before[particle] + after[particle]) / 2 * step)
          guard mass.isFinite else {
            throw EngineError(
              .convergence, "the mass of particle \(particle) at times[\(k)] = \(times[k]) left the range of numbers")
          }
          return mass
        })
      before = after
    }
    return found
  }

  /// A population that moved here in one step, with the weights that its particles have now.
  ///
  /// - Throws: `.convergence` where masses leave the range of numbers
  package func grown(_ moved: Population, from start: Matrix, times: [Double]) throws -> Population {
    try moved.grown(by: { try rates(at: $0, time: $1) }, from: start, times: times)
  }

  /// The mass of all particles at a time, in the unit of those that were given: between two snapshots it grows at a
  /// constant rate, and beyond them as it did in the nearest gap. 1 where it is not known.
  package func totalMass(at time: Double) -> Double {
    guard logMasses.count > 1 else { return 1 }
    let next = times.firstIndex { $0 > time } ?? times.count - 1
    let k = max(1, next)
    let part = (time - times[k - 1]) / (times[k] - times[k - 1])
    return exp(logMasses[k - 1] + part * (logMasses[k] - logMasses[k - 1]))
  }

  /// The rates of particles of a course, in its units.
  package func rates(in course: ScaledCourse) -> GrowthRates {
    { points, time in
      try rates(at: course.unscaled(points), time: course.unscaled(time)).map { $0 * course.gap }
    }
  }
}

/// Points and a time to the growth rate at each.
package typealias GrowthRates = (Matrix, Double) throws -> [Double]

extension Population {
  /// The population with the weights that its particles have after they moved here in one step.
  ///
  /// - Parameters:
  ///   - start: where they were
  ///   - times: when they were there, and now
  /// - Throws: `.convergence` where masses leave the range of numbers
  package func grown(by rates: GrowthRates, from start: Matrix, times: [Double]) throws -> Population {
    let (before, after) = (try rates(start, times[0]), try rates(points, times[1]))
    let exponents = zip(before, after).map { ($0 + $1) / 2 * (times[1] - times[0]) }
    // Relative to the largest, so that no factor leaves the range of numbers.
    let largest = exponents.max() ?? 0
    guard let grown = growing(by: exponents.map { exp($0 - largest) }) else {
      throw EngineError(.convergence, "the masses of particles that grow left the range of numbers")
    }
    return grown
  }
}

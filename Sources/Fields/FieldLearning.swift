import Energies
import Numerics
import Transport

/// Fits a velocity field to the paths between the snapshots of a course, in rounds.
///
/// The first paths are straight. In each later round they bend along the field of the round before, and pairs are found
/// where particles of both ends meet half-way. That descends
///
///     sum over gaps of min over paths E int |x'(t) - v(x(t), t)|^2 dt + ridge |v|^2
///
/// in turn over paths and v, from v = 0.
package struct FieldLearning: Sendable {
  /// The moments of the course that are near, in order.
  private let moments: [ScaledCourse.Moment]
  private let features: SpaceTimeFeatures
  private let relaxation: Double

  /// Pairs of cosines and sines.
  private static let waves = 200
  /// Gaps beyond so many median gaps are too far away to say anything of the requested time.
  private static let window = 6.0
  /// The parts of a gap at which paths are sampled.
  static let parts = [1.0 / 6, 0.5, 5.0 / 6]
  /// Pairs are found anew in the second, the fifth, ... round; between them the pairs stay and their paths change.
  private static let roundsPerPlan = 3
  /// Steps of a flow through one gap.
  package static let steps = 3

  /// - Parameter span: the times when the field is wanted, in the course's units.
  package init(_ course: ScaledCourse, near span: ClosedRange<Double>, _ options: FieldOptions) {
    var near: [ScaledCourse.Moment] = []
    for (first, last) in zip(course.moments, course.moments.dropFirst()) {
      let distance = max(0, first.time - span.upperBound, span.lowerBound - last.time)
      guard distance <= Self.window else { continue }
      if near.isEmpty { near.append(first) }
      near.append(last)
    }
    moments = near
    relaxation = options.relaxation
    let length = options.lengthScale * (Double(course.dimension) / 5).squareRoot()
    features = SpaceTimeFeatures(
      dimension: course.dimension, waves: Self.waves, length: length, duration: options.timeScale, seed: options.seed)
  }

  /// The fields of rounds 1 ... `fit.rounds`.
  ///
  /// - Parameter first: samples of straight paths, from `straightPaths`.
  package func fields(_ fit: FieldFit, from first: LearnedField.Samples) throws -> [LearnedField] {
    var fields: [LearnedField] = []
    var plans: [RelaxedPlan]?
    for round in 0..<fit.rounds {
      if round % Self.roundsPerPlan == 1 { plans = nil }
      let samples = try round == 0 ? first : bentPaths(along: fields[round - 1], &plans)
      fields.append(try LearnedField(features, fit, to: samples))
    }
    return fields
  }

  /// Where particles are, and how fast, if each moves straight to its partner.
  package func straightPaths() throws -> LearnedField.Samples {
    try sampled { _, first, last, samples in
      let plan = try RelaxedPlan(
        from: first.population, to: last.population, relaxation: relaxation, expecting: first.expected(until: last.time)
      )
      let (x, y, gap) = (first.population.points, last.population.points, last.time - first.time)
      for (index, part) in Self.parts.enumerated() {
        for entry in plan.entries[sampledAt: index] {
          for k in 0..<x.columns {
            let (start, end) = (x[entry.row, k], y[entry.column, k])
            samples.places.append((1 - part) * start + part * end)
            samples.rates.append((end - start) / gap)
          }
          samples.rates.append((plan.growth(of: entry) + last.logMass - first.logMass) / gap)
          samples.times.append(first.time + part * gap)
          samples.masses.append(entry.mass)
        }
      }
      return plan
    }.samples
  }

  /// The same where paths bend along a field: between F, which flows from x, and B, which flows to y, the path of a
  /// pair is (1 - s) F(s) + s B(s).
  ///
  /// - Parameter plans: the pairs of each gap; nil to find them anew
  private func bentPaths(
    along field: LearnedField, _ plans: inout [RelaxedPlan]?
  ) throws -> LearnedField.Samples {
    let known = plans
    let (samples, used) = try sampled { k, first, last, samples in
      let gap = last.time - first.time
      let times = Self.parts.map { first.time + $0 * gap }
      let ahead = try field.path(first.population, from: first.time, through: times)
      let back = try Array(field.path(last.population, from: last.time, through: times.reversed()).reversed())
      let middle = Self.parts.count / 2
      let plan =
        try known?[k]
        ?? RelaxedPlan(
          from: ahead[middle], to: back[middle], relaxation: relaxation, expecting: first.expected(until: last.time))
      for (index, part) in Self.parts.enumerated() {
        let (f, b) = (ahead[index].points, back[index].points)
        let forward = try field.velocities(of: ahead[index], at: times[index])
        let backward = try field.velocities(of: back[index], at: times[index])
        for entry in plan.entries[sampledAt: index] {
          for k in 0..<f.columns {
            let (from, to) = (f[entry.row, k], b[entry.column, k])
            samples.places.append((1 - part) * from + part * to)
            samples.rates.append(
              (1 - part) * forward[entry.row, k] + part * backward[entry.column, k] + (to - from) / gap)
          }
          samples.rates.append((plan.growth(of: entry) + last.logMass - first.logMass) / gap)
          samples.times.append(times[index])
          samples.masses.append(entry.mass)
        }
      }
      return plan
    }
    plans = used
    return samples
  }

  /// Samples of all gaps, each of which counts the same, and the plans by which they were made.
  private func sampled(
    _ add:
      @Sendable (Int, ScaledCourse.Moment, ScaledCourse.Moment, inout LearnedField.Samples) throws -> RelaxedPlan
  ) throws -> (samples: LearnedField.Samples, plans: [RelaxedPlan]) {
    let gaps = moments.count - 1
    let found = try Parallel.map(gaps) { k in
      var samples = LearnedField.Samples()
      let plan = try add(k, moments[k], moments[k + 1], &samples)
      return (samples, plan)
    }
    var all = LearnedField.Samples()
    for (samples, _) in found {
      all.places += samples.places
      all.rates += samples.rates
      all.times += samples.times
      all.masses += samples.masses
    }
    let sum = all.masses.reduce(0, +)
    all.masses = all.masses.map { $0 / sum }
    guard all.places.allSatisfy(\.isFinite), all.rates.allSatisfy(\.isFinite), all.times.allSatisfy(\.isFinite) else {
      throw EngineError(.convergence, "velocities between the snapshots left the range of numbers")
    }
    return (all, found.map(\.1))
  }
}

extension [TransportPlan.Entry] {
  /// The pairs that are sampled at one of the parts of a gap: a third of them, every third.
  fileprivate subscript(sampledAt part: Int) -> [TransportPlan.Entry] {
    stride(from: part, to: count, by: FieldLearning.parts.count).map { self[$0] }
  }
}

extension VelocityField {
  /// Where a population is at each of some times, in their order.
  fileprivate func path(_ population: Population, from start: Double, through times: [Double]) throws -> [Population] {
    var (moved, now, found) = (population, start, [Population]())
    for time in times {
      moved = try flow(moved, from: now, to: time, steps: 1)
      found.append(moved)
      now = time
    }
    return found
  }
}

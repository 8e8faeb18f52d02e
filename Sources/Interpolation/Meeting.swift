import Energies
import Fields
import Numerics

extension VelocityField {
  /// The population at a time between two moments: both flow there, and their particles meet.
  ///
  /// Forward and backward particles of one pair differ by what the field does not explain. They meet where the earlier
  /// moment counts the more, the nearer it is.
  ///
  /// - Parameter growth: masses grow at these rates along the flows, and are then kept; nil where the relaxed plan
  ///   between both says how they grow.
  func meeting(
    _ first: ScaledCourse.Moment, _ last: ScaledCourse.Moment, at time: Double, relaxation: Double,
    _ growth: GrowthRates? = nil
  ) throws -> Population {
    let part = (time - first.time) / (last.time - first.time)
    let ahead = try arrival(of: first, at: time, growth)
    let back = try arrival(of: last, at: time, growth)
    return try RelaxedPlan(from: ahead, to: back, relaxation: growth == nil ? relaxation : .infinity)
      .population(at: part, from: ahead, to: back)
  }

  /// A moment's particles after they flowed to another time.
  private func arrival(
    of moment: ScaledCourse.Moment, at time: Double, _ growth: GrowthRates?
  ) throws -> Population {
    let moved = try flow(moment.population, from: moment.time, to: time, steps: FieldLearning.steps)
    return try growth.map {
      try moved.grown(by: $0, from: moment.population.points, times: [moment.time, time])
    } ?? moved
  }
}

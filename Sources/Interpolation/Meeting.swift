import CSystem
import Energies
import Numerics

extension RelaxedPlan {
  /// The population at a part s of the way, for s = 0 at x and s = 1 at y: its particles lie on straight lines between
  /// the pairs.
  ///
  /// A particle of x leaves sigma of its mass at s = 1, and sigma^s of it at s, as growth at a constant rate does. The
  /// mass of a pair at s, seen from x, is therefore pi sigma^-(1 - s), and seen from y, pi tau^-s.
  package func population(at s: Double, from x: Population, to y: Population) throws -> Population {
    let d = x.points.columns
    var points = Matrix(rows: entries.count, columns: d)
    var masses = [Double](repeating: 0, count: entries.count)
    for (place, entry) in entries.enumerated() {
      for k in 0..<d {
        points[place, k] = (1 - s) * x.points[entry.row, k] + s * y.points[entry.column, k]
      }
      masses[place] = entry.mass * exp(-(1 - s) * log(survivalX[entry.row]) - s * log(survivalY[entry.column]))
    }
    let sum = masses.reduce(0, +)
    guard sum > 0, sum.isFinite else {
      throw EngineError(.convergence, "the masses of the interpolated particles left the range of numbers")
    }
    return Population(points: points, weights: masses.map { $0 / sum })
  }
}

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
    guard let growth else { return moved }
    let before = try growth(moment.population.points, moment.time)
    let after = try growth(moved.points, time)
    let grown = zip(before, after).map { ($0 + $1) / 2 * (time - moment.time) }
    let largest = grown.max() ?? 0
    guard let population = moved.growing(by: grown.map { exp($0 - largest) }) else {
      throw EngineError(.convergence, "the masses of the interpolated particles left the range of numbers")
    }
    return population
  }
}

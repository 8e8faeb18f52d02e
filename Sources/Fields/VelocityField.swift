import Energies
import Numerics

/// Where particles move at a place and a time.
package protocol VelocityField: Sendable {
  /// - Returns: shape (n, d), the velocity of each particle of the population.
  func velocities(of population: Population, at time: Double) throws -> Matrix
}

extension VelocityField {
  /// A population moved from one time to another, later or earlier, by steps of the explicit midpoint rule.
  package func flow(_ population: Population, from start: Double, to end: Double, steps: Int) throws -> Population {
    var moved = population
    let step = (end - start) / Double(steps)
    for k in 0..<steps where step != 0 {
      let time = start + Double(k) * step
      let half = try moved.shifted(by: velocities(of: moved, at: time), step / 2)
      moved = try moved.shifted(by: velocities(of: half, at: time + step / 2), step)
    }
    return moved
  }
}

extension Population {
  /// The particles moved by a multiple of some velocities.
  func shifted(by velocities: Matrix, _ factor: Double) throws -> Population {
    var moved = points
    for index in moved.elements.indices { moved.elements[index] += factor * velocities.elements[index] }
    guard moved.elements.allSatisfy(\.isFinite) else {
      throw EngineError(.convergence, "particles that flow to the requested time left the range of numbers")
    }
    return Population(points: moved, weights: weights)
  }
}

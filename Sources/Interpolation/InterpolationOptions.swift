import Learning
import Numerics

/// How populations between observed times are found.
package struct InterpolationOptions: Sendable {
  package enum Method: Sendable, Equatable {
    /// What does best at the observed times nearby, each left out in turn.
    case usual
    /// Particles move on straight lines along the optimal plan (McCann's displacement interpolation).
    case straight
    /// Particles of both neighbours flow along a velocity field to the requested time, and meet there.
    case flow
  }

  package var method: Method = .usual
  /// What it costs to create or destroy mass, in units of the mean cost of the exact plan; infinite where masses are
  /// kept. Of flows only.
  package var relaxation = 2.0
  /// The ridge of the velocity field; nil for what does best at the observed times nearby.
  package var ridge: Double?
  /// How often the field is fitted, each time to paths that bend along the one before; nil for what does best.
  package var rounds: Int?
  /// The field is fitted to at most so many particles of each snapshot.
  package var particles = 1000
  /// The field's length scale in units of sqrt(d / 5) times the particles' root mean square spread.
  package var lengthScale = 2.0
  /// The field's time scale, in median gaps.
  package var timeScale = 3.0
  package var seed: UInt64 = 0
  /// Flows go along the velocities of this model; nil for a field that is fitted here.
  package var model: FittedModel?

  package init() {}

  package func validate() throws {
    guard relaxation > 0 else { throw EngineError(.invalid, "relaxation = \(relaxation) is not greater than 0") }
    if let ridge {
      guard ridge > 0, ridge.isFinite else { throw EngineError(.invalid, "ridge = \(ridge) is not a positive number") }
    }
    if let rounds {
      guard (1...100).contains(rounds) else {
        throw EngineError(.invalid, "rounds = \(rounds) is not between 1 and 100")
      }
    }
    guard (2...1_000_000).contains(particles) else {
      throw EngineError(.invalid, "particles = \(particles) is not between 2 and 1000000")
    }
    for (name, value) in [("length_scale", lengthScale), ("time_scale", timeScale)] {
      guard value > 0, value.isFinite else {
        throw EngineError(.invalid, "\(name) = \(value) is not a positive number")
      }
    }
  }
}

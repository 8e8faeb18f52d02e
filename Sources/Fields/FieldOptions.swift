import Numerics

/// How velocity and growth are learned between the snapshots of a course.
package struct FieldOptions: Sendable, Equatable {
  /// What it costs to create or destroy mass, in units of the mean cost of the exact plan; infinite where masses are
  /// kept.
  package var relaxation = 2.0
  /// The field is fitted to at most so many particles of each snapshot.
  package var particles = 400
  /// The length over which the field changes, in units of sqrt(d / 5) times the particles' root mean square spread.
  package var lengthScale = 2.0
  /// The time over which it changes, in median gaps.
  package var timeScale = 3.0
  package var seed: UInt64 = 0

  package init() {}

  /// Below it the entropy of relaxed plans outweighs what it costs to create or destroy mass.
  package static let leastRelaxation = RelaxedPlan.entropy
  package static let scales = 1e-6...1e6

  package func validate() throws {
    guard relaxation >= Self.leastRelaxation else {
      throw EngineError(.invalid, "relaxation = \(relaxation) is not at least \(Self.leastRelaxation)")
    }
    guard (2...1_000_000).contains(particles) else {
      throw EngineError(.invalid, "particles = \(particles) is not between 2 and 1000000")
    }
    for (name, value) in [("length_scale", lengthScale), ("time_scale", timeScale)] {
      guard Self.scales.contains(value) else {
        throw EngineError(
          .invalid, "\(name) = \(value) is not between \(Self.scales.lowerBound) and \(Self.scales.upperBound)")
      }
    }
  }

  /// Checks the ridge and the rounds of a fit, where they are given.
  package static func validate(ridge: Double?, rounds: Int?) throws {
    if let ridge {
      guard ridge > 0, ridge.isFinite else { throw EngineError(.invalid, "ridge = \(ridge) is not a positive number") }
    }
    if let rounds {
      guard (1...100).contains(rounds) else {
        throw EngineError(.invalid, "rounds = \(rounds) is not between 1 and 100")
      }
    }
  }
}

import Numerics

/// How a velocity field is fitted to paths.
package struct FieldFit: Sendable, Equatable {
  /// Whether velocities are gradients of one function of place and time, as those of an energy are. Fields that turn
  /// are not.
  package var isGradient: Bool
  package var ridge: Double
  /// How often the field is fitted, each time to paths that bend along the one before.
  package var rounds: Int

  package init(isGradient: Bool = false, ridge: Double, rounds: Int) {
    (self.isGradient, self.ridge, self.rounds) = (isGradient, ridge, rounds)
  }
}

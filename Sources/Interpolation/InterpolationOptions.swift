import Fields
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
  package var field = FieldOptions()
  /// The ridge of the velocity field; nil for what does best at the observed times nearby.
  package var ridge: Double?
  /// How often the field is fitted, each time to paths that bend along the one before; nil for what does best.
  package var rounds: Int?
  /// Whether velocities are gradients; nil for what does best.
  package var gradient: Bool?
  /// Flows go along the velocities of this model; nil for a field that is fitted here.
  package var model: FittedModel?
  /// Flows carry masses that grow at these rates; nil for those of the model, and where that has none, for what the
  /// plans between both neighbours say.
  package var growth: Growth?

  var massGrowth: Growth? { growth ?? model?.growth }

  package init() {}

  package func validate() throws {
    try field.validate()
    try FieldOptions.validate(ridge: ridge, rounds: rounds)
  }
}

// What an energy is as a whole: the level of its noise, and its value for a population.

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_model_beta") @implementation
public func jko_model_beta(_ model: OpaquePointer!, _ beta: UnsafeMutablePointer<Double>!) -> jko_status {
  gate {
    guard let beta else { throw BoundaryError.null("beta") }
    guard let value = try ModelHandle.fitted(model).beta else {
      throw BoundaryError.invalid("model has no internal energy")
    }
    beta.pointee = value
  }
}

@_cdecl("jko_model_energy") @implementation
public func jko_model_energy(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ weights: UnsafePointer<jko_array>!,
  _ t: UnsafePointer<jko_array>!, _ energy: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    guard let energy else { throw BoundaryError.null("energy") }
    let model = try ModelHandle.fitted(model)
    let points = try input(x, "x")
    try requireDimension(points.columns, model.dimension)
    guard case .one(let time) = try TimeArgument(t).times(rows: 1, fixed: model.fixedTime) else {
      throw BoundaryError.shape("t has more than one time; a population has one")
    }
    let weights = try optionalMasses(weights, "weights", count: points.rows)
    energy.pointee = try model.energy(of: points, named: "x", weights: weights, time: time)
  }
}

// The terms of an energy at points, as simulators call them in their inner loops.

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_model_potential") @implementation
public func jko_model_potential(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ value: UnsafePointer<jko_array>!, _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(terms.requirePotential(), x, TimeArgument(t), value: value, gradient: gradient)
  }
}

@_cdecl("jko_model_potential_hessian_product") @implementation
public func jko_model_potential_hessian_product(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ directions: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.products(terms.requirePotential(), x, TimeArgument(t), directions, out)
  }
}

@_cdecl("jko_model_interaction") @implementation
public func jko_model_interaction(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ value: UnsafePointer<jko_array>!,
  _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(terms.requireInteraction(), x, nil, value: value, gradient: gradient)
  }
}

@_cdecl("jko_model_interaction_hessian_product") @implementation
public func jko_model_interaction_hessian_product(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ directions: UnsafePointer<jko_array>!,
  _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    try terms.products(terms.requireInteraction(), x, nil, directions, out)
  }
}

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
    do {
      energy.pointee = try model.energy(of: points, weights: weights, time: time)
    } catch let error as EngineError where error.message.hasPrefix("points") {
      // What a density calls points is x here.
      throw EngineError(error.kind, "x" + error.message.dropFirst("points".count))
    }
  }
}

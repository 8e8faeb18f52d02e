// The terms of an energy at points, as simulators call them in their inner loops.

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Learning
import Numerics

@_cdecl("jko_model_potential") @implementation
public func jko_model_potential(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ value: UnsafePointer<jko_array>!, _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    let potential = try terms.requirePotential()
    try terms.evaluate(x, TimeArgument(t), value: value, gradient: gradient) { points, time, values, gradients in
      potential.evaluate(points, time: time, values: values, gradients: gradients)
    }
  }
}

@_cdecl("jko_model_potential_hessian_product") @implementation
public func jko_model_potential_hessian_product(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ directions: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    let potential = try terms.requirePotential()
    try terms.products(x, TimeArgument(t), directions, out) { points, directions, time, products in
      potential.hessianProducts(points, directions: directions, time: time, into: products)
    }
  }
}

@_cdecl("jko_model_interaction") @implementation
public func jko_model_interaction(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ value: UnsafePointer<jko_array>!,
  _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    let interaction = try terms.requireInteraction()
    try terms.evaluate(x, nil, value: value, gradient: gradient) { points, time, values, gradients in
      interaction.evaluate(points, time: time, values: values, gradients: gradients)
      guard let values else { return }
      let atRest = terms.atRest(interaction, time: time)
      for index in values.indices { values[index] -= atRest }
    }
  }
}

@_cdecl("jko_model_interaction_hessian_product") @implementation
public func jko_model_interaction_hessian_product(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ directions: UnsafePointer<jko_array>!,
  _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let terms = try ModelHandle.terms(model)
    let interaction = try terms.requireInteraction()
    try terms.products(x, nil, directions, out) { points, directions, time, products in
      interaction.hessianProducts(points, directions: directions, time: time, into: products)
    }
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
    guard case .one(let time) = try TimeArgument(t).moment(rows: 1, fixed: model.fixedTime) else {
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

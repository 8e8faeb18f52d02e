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
  gate(.evaluation) {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(terms.requirePotential(), x, TimeArgument(t), value: value, gradient: gradient)
  }
}

@_cdecl("jko_model_potential_hessian_product") @implementation
public func jko_model_potential_hessian_product(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ directions: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate(.evaluation) {
    let terms = try ModelHandle.terms(model)
    try terms.products(terms.requirePotential(), x, TimeArgument(t), directions, out)
  }
}

@_cdecl("jko_model_interaction") @implementation
public func jko_model_interaction(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ value: UnsafePointer<jko_array>!,
  _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate(.evaluation) {
    let terms = try ModelHandle.terms(model)
    try terms.evaluate(terms.requireInteraction(), x, nil, value: value, gradient: gradient)
  }
}

@_cdecl("jko_model_interaction_hessian_product") @implementation
public func jko_model_interaction_hessian_product(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ directions: UnsafePointer<jko_array>!,
  _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate(.evaluation) {
    let terms = try ModelHandle.terms(model)
    try terms.products(terms.requireInteraction(), x, nil, directions, out)
  }
}

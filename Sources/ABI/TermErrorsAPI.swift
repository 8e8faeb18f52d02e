// Standard errors of the terms of an energy.

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_model_potential_error") @implementation
public func jko_model_potential_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ value: UnsafePointer<jko_array>!, _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    let points = try termInput(x, model)
    let times = try TimeArgument(t).times(rows: points.rows, fixed: model.fixedTime)
    try TermOutputs(value, gradient, rows: points.rows, columns: points.columns).write(
      value: { try model.potentialErrors(points, times: times) },
      gradient: { try model.potentialGradientErrors(points, times: times) })
  }
}

@_cdecl("jko_model_interaction_error") @implementation
public func jko_model_interaction_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ value: UnsafePointer<jko_array>!,
  _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    let points = try termInput(x, model)
    try TermOutputs(value, gradient, rows: points.rows, columns: points.columns).write(
      value: { try model.interactionErrors(points) }, gradient: { try model.interactionGradientErrors(points) })
  }
}

@_cdecl("jko_model_beta_error") @implementation
public func jko_model_beta_error(_ model: OpaquePointer!, _ error: UnsafeMutablePointer<Double>!) -> jko_status {
  gate {
    guard let error else { throw BoundaryError.null("error") }
    error.pointee = try ModelHandle.fitted(model).betaError()
  }
}

private func termInput(_ x: UnsafePointer<jko_array>?, _ model: FittedModel) throws -> Matrix {
  let points = try input(x, "x")
  try requireDimension(points.columns, model.dimension)
  return points
}

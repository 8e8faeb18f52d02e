// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_model_coefficients") @implementation
public func jko_model_coefficients(_ model: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let coefficients = try linear(model).solution.coefficients
    try output(out, "out", rows: coefficients.count, columns: 1).write(coefficients)
  }
}

@_cdecl("jko_model_covariance") @implementation
public func jko_model_covariance(_ model: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let covariance = try ModelHandle.fitted(model).covariance()
    try output(out, "out", rows: covariance.rows, columns: covariance.columns).write(covariance.elements)
  }
}

@_cdecl("jko_model_ridge") @implementation
public func jko_model_ridge(
  _ model: OpaquePointer!, _ ridge: UnsafeMutablePointer<Double>!, _ score: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    guard let ridge else { throw BoundaryError.null("ridge") }
    let fitted = try ModelHandle.fitted(model)
    let solution = try linear(model).solution
    ridge.pointee = solution.ridge
    let squaredLength = fitted.standardization.length * fitted.standardization.length
    score?.pointee = solution.score.map { $0 * squaredLength } ?? .nan
  }
}

@_cdecl("jko_model_potential_error") @implementation
public func jko_model_potential_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: Double, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate { try errors(model, x, t, out, { _ in 1 }) { try $0.potentialErrors($1, time: $2) } }
}

@_cdecl("jko_model_potential_gradient_error") @implementation
public func jko_model_potential_gradient_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: Double, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate { try errors(model, x, t, out, \.dimension) { try $0.potentialGradientErrors($1, time: $2) } }
}

@_cdecl("jko_model_interaction_error") @implementation
public func jko_model_interaction_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate { try errors(model, x, 0, out, { _ in 1 }) { model, x, _ in try model.interactionErrors(x) } }
}

@_cdecl("jko_model_interaction_gradient_error") @implementation
public func jko_model_interaction_gradient_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate { try errors(model, x, 0, out, \.dimension) { model, x, _ in try model.interactionGradientErrors(x) } }
}

@_cdecl("jko_model_beta_error") @implementation
public func jko_model_beta_error(_ model: OpaquePointer!, _ error: UnsafeMutablePointer<Double>!) -> jko_status {
  gate {
    guard let error else { throw BoundaryError.null("error") }
    error.pointee = try ModelHandle.fitted(model).betaError()
  }
}

@_cdecl("jko_model_observability") @implementation
public func jko_model_observability(
  _ model: OpaquePointer!, _ buffer: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!
) -> jko_status {
  gate { try write(linear(model).observability.description.text, buffer, capacity, length) }
}

@_cdecl("jko_model_identified") @implementation
public func jko_model_identified(_ model: OpaquePointer!, _ identified: UnsafeMutablePointer<Int32>!) -> jko_status {
  gate {
    guard let identified else { throw BoundaryError.null("identified") }
    identified.pointee = try linear(model).isIdentified ? 1 : 0
  }
}

/// The closed form of a fitted model.
private func linear(_ model: OpaquePointer?) throws -> LinearFit {
  guard let linear = try ModelHandle.fitted(model).linear else {
    throw BoundaryError.invalid(
      "model has a network; only energies that are linear in their coefficients have a closed form")
  }
  return linear
}

private func errors(
  _ model: OpaquePointer?, _ x: UnsafePointer<jko_array>?, _ t: Double, _ out: UnsafePointer<jko_array>?,
  _ width: (FittedModel) -> Int, _ compute: (FittedModel, Matrix, Double) throws -> [Double]
) throws {
  let model = try ModelHandle.fitted(model)
  let request = try EvaluationRequest(model, x, t)
  let out = try output(out, "out", rows: request.points.rows, columns: width(model))
  try out.write(compute(model, request.points, request.time))
}

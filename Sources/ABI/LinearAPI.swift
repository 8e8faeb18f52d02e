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
    ridge.pointee = try linear(model).solution.ridge
    score?.pointee = try ModelHandle.fitted(model).ridgeScore ?? .nan
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

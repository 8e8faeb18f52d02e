// Standard errors of the terms of an energy.

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Learning
import Numerics

@_cdecl("jko_model_potential_error") @implementation
public func jko_model_potential_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: UnsafePointer<jko_array>!,
  _ value: UnsafePointer<jko_array>!, _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    try errors(
      model, x, TimeArgument(t), value, gradient, { try model.potentialErrors($0, time: $1) },
      { try model.potentialGradientErrors($0, time: $1) })
  }
}

@_cdecl("jko_model_interaction_error") @implementation
public func jko_model_interaction_error(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ value: UnsafePointer<jko_array>!,
  _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    try errors(
      model, x, nil, value, gradient, { points, _ in try model.interactionErrors(points) },
      { points, _ in try model.interactionGradientErrors(points) })
  }
}

@_cdecl("jko_model_beta_error") @implementation
public func jko_model_beta_error(_ model: OpaquePointer!, _ error: UnsafeMutablePointer<Double>!) -> jko_status {
  gate {
    guard let error else { throw BoundaryError.null("error") }
    error.pointee = try ModelHandle.fitted(model).betaError()
  }
}

private typealias Errors = (Matrix, _ time: Double) throws -> [Double]

private func errors(
  _ model: FittedModel, _ x: UnsafePointer<jko_array>?, _ t: TimeArgument?, _ value: UnsafePointer<jko_array>?,
  _ gradient: UnsafePointer<jko_array>?, _ ofValues: Errors, _ ofGradients: Errors
) throws {
  let points = try input(x, "x")
  try requireDimension(points.columns, model.dimension)
  let moment = try t?.moment(rows: points.rows, fixed: model.fixedTime) ?? .one(model.times[0])
  let outputs = try TermOutputs(value, gradient, rows: points.rows, columns: points.columns)
  func computed(_ errors: Errors, width: Int) throws -> [Double] {
    switch moment {
    case .one(let time): return try errors(points, time)
    case .rows(let times):
      return try points.elements.withUnsafeBufferPointer {
        try TimeGroups(times).gather($0, width: width) { rows, own, time in
          try errors(Matrix(rows: rows.count, columns: points.columns, elements: own), time)
        }
      }
    }
  }
  try outputs.write(
    value: { try computed(ofValues, width: 1) }, gradient: { try computed(ofGradients, width: points.columns) })
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_objective_create") @implementation
public func jko_objective_create(
  _ model: OpaquePointer!, _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_fit_options>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let model = try ModelHandle.of(model).options
      let series = try SnapshotsHandle.of(snapshots).series
      let (options, progress) = try fitOptions(options, for: model)
      return ObjectiveHandle(try WholeObjective(series, model, options, progress: progress))
    }
  }
}

@_cdecl("jko_objective_parameter_count") @implementation
public func jko_objective_parameter_count(_ objective: OpaquePointer!) -> Int64 {
  Int64((try? ObjectiveHandle.of(objective).objective.parameterCount) ?? 0)
}

@_cdecl("jko_objective_initial_parameters") @implementation
public func jko_objective_initial_parameters(_ objective: OpaquePointer!, _ out: UnsafePointer<jko_array>!)
  -> jko_status
{
  gate {
    let objective = try ObjectiveHandle.of(objective).objective
    try output(out, "out", rows: objective.parameterCount, columns: 1).write(objective.initialParameters)
  }
}

@_cdecl("jko_objective_value_and_gradient") @implementation
public func jko_objective_value_and_gradient(
  _ objective: OpaquePointer!, _ parameters: UnsafePointer<jko_array>!, _ value: UnsafeMutablePointer<Double>!,
  _ gradient: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let objective = try ObjectiveHandle.of(objective).objective
    let count = objective.parameterCount
    let parameters = try inputVector(parameters, "parameters", count: count)
    guard let value else { throw BoundaryError.null("value") }
    let out = gradient == nil ? nil : try output(gradient, "gradient", rows: count, columns: 1)
    let found = try objective.valueAndGradient(parameters)
    try out?.write(found.gradient)
    value.pointee = found.value
  }
}

@_cdecl("jko_objective_model") @implementation
public func jko_objective_model(
  _ objective: OpaquePointer!, _ parameters: UnsafePointer<jko_array>!, _ history: UnsafePointer<jko_array>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let objective = try ObjectiveHandle.of(objective).objective
      let parameters = try inputVector(parameters, "parameters", count: objective.parameterCount)
      let model = try objective.model(
        parameters, history: history == nil ? nil : try inputVector(history, "history"))
      return ModelHandle(model.options, fitted: model)
    }
  }
}

@_cdecl("jko_objective_destroy") @implementation
public func jko_objective_destroy(_ objective: OpaquePointer!) { Handle.destroy(objective) }

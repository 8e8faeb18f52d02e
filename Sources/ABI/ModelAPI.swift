// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Evaluation
import Files
import Learning
import Numerics
import Snapshots

@_cdecl("jko_model_create") @implementation
public func jko_model_create(
  _ options: UnsafePointer<jko_model_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate { try produce(out) { ModelHandle(try modelOptions(options)) } }
}

@_cdecl("jko_model_fit") @implementation
public func jko_model_fit(
  _ model: OpaquePointer!, _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_fit_options>!
) -> jko_status {
  gate {
    let handle = try ModelHandle.of(model)
    let series = try SnapshotsHandle.of(snapshots).series
    let (fitOptions, progress) = try fitOptions(options, for: handle.options)
    let outcome = try FittedModel.fit(
      series, handle.options, fitOptions, distance: meanDistance, progress: progress)
    handle.fitted = outcome.model
    if outcome.cancelled {
      throw EngineError(
        .cancelled, "training cancelled by the progress callback after \(outcome.model.history.count) epochs")
    }
  }
}

/// The mean W1 of one-step-ahead predictions.
private func meanDistance(_ model: FittedModel, _ series: SnapshotSeries) throws -> Double {
  let steps = try ModelEvaluation(model, on: series, .oneStep) { _ in true }.oneStep ?? []
  return steps.reduce(0, +) / Double(max(1, steps.count))
}

@_cdecl("jko_model_describe") @implementation
public func jko_model_describe(
  _ model: OpaquePointer!, _ info: UnsafeMutablePointer<jko_model_info>!
) -> jko_status {
  gate {
    let handle = try ModelHandle.of(model)
    let info = try checkInfo(info, "info")
    var filled = jko_model_info()
    filled.struct_size = MemoryLayout<jko_model_info>.size
    filled.potential = jko_parametrization(handle.options.potential)
    filled.scheme = jko_scheme(handle.options.scheme == .implicit ? JKO_SCHEME_IMPLICIT : JKO_SCHEME_EXPLICIT)
    filled.interaction = jko_parametrization(handle.options.interaction)
    filled.internal = handle.options.internal != nil ? 1 : 0
    filled.time_varying = handle.options.timeVarying ? 1 : 0
    if let model = handle.fitted {
      filled.fitted = 1
      filled.dimension = Int64(model.dimension)
      filled.time_count = Int64(model.times.count)
      filled.parameter_count = Int64(model.parameterCount)
      filled.history_count = Int64(model.history.count)
    }
    info.write(filled)
  }
}

extension jko_parametrization {
  fileprivate init(_ term: ModelOptions.Parametrization?) {
    switch term {
    case .network?: self = jko_parametrization(JKO_NETWORK)
    case .linear?: self = jko_parametrization(JKO_LINEAR)
    case nil: self = jko_parametrization(JKO_NONE)
    }
  }
}

@_cdecl("jko_model_describe_json") @implementation
public func jko_model_describe_json(
  _ model: OpaquePointer!, _ buffer: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!
) -> jko_status {
  gate {
    let handle = try ModelHandle.of(model)
    let unfitted = JSON.object([("fitted", .bool(false)), ("model", handle.options.description)])
    try write((handle.fitted?.description ?? unfitted).text, buffer, capacity, length)
  }
}

@_cdecl("jko_model_times") @implementation
public func jko_model_times(_ model: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let times = try ModelHandle.fitted(model).times
    try output(out, "out", rows: times.count, columns: 1).write(times)
  }
}

@_cdecl("jko_model_history") @implementation
public func jko_model_history(_ model: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let history = try ModelHandle.fitted(model).history
    try output(out, "out", rows: history.count, columns: 1).write(history)
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
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ weights: UnsafePointer<jko_array>!, _ t: Double,
  _ energy: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    guard let energy else { throw BoundaryError.null("energy") }
    let model = try ModelHandle.fitted(model)
    let request = try EvaluationRequest(model, x, t)
    let population = try population(request.points, weights)
    energy.pointee = try model.energy(of: population, time: request.time)
  }
}

@_cdecl("jko_model_save") @implementation
public func jko_model_save(_ model: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> jko_status {
  gate { try ModelHandle.fitted(model).save(try text(path, "path")) }
}

@_cdecl("jko_model_load") @implementation
public func jko_model_load(
  _ path: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate {
    try produce(out) {
      let model = try FittedModel.load(try text(path, "path"))
      return ModelHandle(model.options, fitted: model)
    }
  }
}

@_cdecl("jko_model_destroy") @implementation
public func jko_model_destroy(_ model: OpaquePointer!) { Handle.destroy(model) }

/// Points with the weights of a caller, which need not sum to 1; all the same for NULL.
private func population(_ points: Matrix, _ weights: UnsafePointer<jko_array>?) throws -> Population {
  let weights = try weights.map { try inputVector($0, "weights", count: points.rows) }
  if let weights, weights.allSatisfy({ $0 == 0 }) {
    throw EngineError(.population, "weights are all 0; at least one must be positive")
  }
  var series = SnapshotSeries(dimension: points.columns)
  try series.append(points: points, time: 0, weights: weights)
  return Population(points: points, weights: series.snapshots[0].weights)
}

/// A text into a caller's buffer, as far as it fits, with its whole length.
func write(
  _ text: String, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ length: UnsafeMutablePointer<Int>?
) throws {
  guard let length else { throw BoundaryError.null("length") }
  // size_t arrives as Int: its upper half is negative here, and no buffer is that large.
  guard buffer != nil || capacity == 0 else { throw BoundaryError.null("buffer") }
  let text = Array(text.utf8)
  length.pointee = text.count
  guard let buffer, capacity > 0 else { return }
  let copied = min(text.count, capacity - 1)
  for index in 0..<copied { buffer[index] = CChar(bitPattern: text[index]) }
  buffer[copied] = 0
}

/// Points, and the time, at which a fitted model is to be evaluated.
struct EvaluationRequest {
  let points: Matrix
  let time: Double

  init(_ model: FittedModel, _ x: UnsafePointer<jko_array>?, _ t: Double) throws {
    points = try input(x, "x")
    try requireDimension(points.columns, model.dimension)
    time = model.options.timeVarying ? try requireFinite(t, "t") : model.times[0]
  }
}

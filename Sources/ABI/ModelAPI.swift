// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Files
import Learning
import Numerics

@_cdecl("jko_model_create") @implementation
public func jko_model_create(
  _ options: UnsafePointer<jko_model_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) { try produce(out) { ModelHandle(try modelOptions(options)) } }
}

@_cdecl("jko_model_fit") @implementation
public func jko_model_fit(
  _ model: OpaquePointer!, _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_fit_options>!
) -> jko_status {
  gate(.fit) {
    let handle = try ModelHandle.of(model)
    let series = try SnapshotsHandle.of(snapshots).series
    let (fitOptions, progress) = try fitOptions(options, for: handle.options)
    let outcome = try naming(fitOptionNames) {
      try FittedModel.fit(series, handle.options, fitOptions, progress: progress)
    }
    handle.fitted = outcome.model
    if outcome.cancelled {
      // Error bars are computed after the training.
      let lacks = fitOptions.errorBars == .none ? "" : "; the model has no error bars"
      throw EngineError(
        .cancelled, "training cancelled by the progress callback after \(outcome.model.history.count) epochs\(lacks)")
    }
  }
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
    filled.potential = jko_parametrisation(handle.options.potential)
    switch handle.options.scheme {
    case .implicit: filled.scheme = jko_scheme(JKO_SCHEME_IMPLICIT)
    case .explicit: filled.scheme = jko_scheme(JKO_SCHEME_EXPLICIT)
    case .midpoint: filled.scheme = jko_scheme(JKO_SCHEME_MIDPOINT)
    }
    filled.interaction = jko_parametrisation(handle.options.interaction)
    filled.internal = handle.options.internal != nil ? 1 : 0
    let isDecided = !handle.options.decidesTime || handle.fitted != nil
    filled.time_varying =
      isDecided ? ((handle.fitted?.options ?? handle.options).timeVarying ? 1 : 0) : timeVaryingByData
    if let model = handle.fitted {
      filled.fitted = 1
      filled.dimension = Int64(model.dimension)
      filled.time_count = Int64(model.times.count)
      filled.parameter_count = Int64(model.parameterCount)
      filled.history_count = Int64(model.history.count)
      filled.member_count = Int64(model.ensemble?.members.count ?? 0)
      filled.growth = model.growth == nil ? 0 : 1
    }
    info.write(filled)
  }
}

extension jko_parametrisation {
  fileprivate init(_ term: ModelOptions.Parametrization?) {
    switch term {
    case .network?: self = jko_parametrisation(JKO_NETWORK)
    case .linear?: self = jko_parametrisation(JKO_LINEAR)
    case nil: self = jko_parametrisation(JKO_NONE)
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

@_cdecl("jko_model_save") @implementation
public func jko_model_save(_ model: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> jko_status {
  gate { try ModelHandle.fitted(model).save(try text(path, "path")) }
}

@_cdecl("jko_model_load") @implementation
public func jko_model_load(
  _ path: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let model = try FittedModel.load(try text(path, "path"))
      return ModelHandle(model.options, fitted: model)
    }
  }
}

@_cdecl("jko_model_destroy") @implementation
public func jko_model_destroy(_ model: OpaquePointer!) { Handle.destroy(model) }

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

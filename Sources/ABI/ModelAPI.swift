// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Files
import Learning
import Numerics

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
    let (fitOptions, progress) = try fitOptions(options)
    let outcome = try FittedModel.fit(series, handle.options, fitOptions, progress: progress)
    handle.fitted = outcome.model
    if outcome.cancelled {
      throw EngineError(
        .cancelled, "training cancelled by the progress callback after \(outcome.model.history.count) epochs")
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
    switch handle.options.potential {
    case .network: filled.potential = jko_potential(JKO_POTENTIAL_MLP)
    case .linear: filled.potential = jko_potential(JKO_POTENTIAL_LINEAR)
    }
    filled.scheme = jko_scheme(handle.options.scheme == .implicit ? JKO_SCHEME_IMPLICIT : JKO_SCHEME_EXPLICIT)
    filled.time_varying = handle.options.timeVarying ? 1 : 0
    if let model = handle.fitted {
      filled.fitted = 1
      filled.dimension = Int64(model.dimension)
      filled.time_count = Int64(model.times.count)
      filled.parameter_count = Int64(model.parameterCount)
      filled.history_count = Int64(model.history.count)
    }
    info.pointee = filled
  }
}

@_cdecl("jko_model_describe_json") @implementation
public func jko_model_describe_json(
  _ model: OpaquePointer!, _ buffer: UnsafeMutablePointer<CChar>!, _ capacity: Int,
  _ length: UnsafeMutablePointer<Int>!
) -> jko_status {
  gate {
    let handle = try ModelHandle.of(model)
    guard let length else { throw BoundaryError.null("length") }
    // size_t arrives as Int: its upper half is negative here, and no buffer is that large.
    guard buffer != nil || capacity == 0 else { throw BoundaryError.null("buffer") }
    let unfitted = JSON.object([("fitted", .bool(false)), ("model", handle.options.description)])
    let text = Array((handle.fitted?.description ?? unfitted).text.utf8)
    length.pointee = text.count
    guard let buffer, capacity > 0 else { return }
    let copied = min(text.count, capacity - 1)
    for index in 0..<copied { buffer[index] = CChar(bitPattern: text[index]) }
    buffer[copied] = 0
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

@_cdecl("jko_model_potential") @implementation
public func jko_model_potential(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: Double, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let request = try EvaluationRequest(model, x, t)
    let out = try output(out, "out", rows: request.points.rows, columns: 1)
    out.write(request.run(width: 1) { $0.values($1, time: $2, into: $3) })
  }
}

@_cdecl("jko_model_potential_gradient") @implementation
public func jko_model_potential_gradient(
  _ model: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ t: Double, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let request = try EvaluationRequest(model, x, t)
    let d = request.points.columns
    let out = try output(out, "out", rows: request.points.rows, columns: d)
    out.write(request.run(width: d) { $0.gradients($1, time: $2, into: $3) })
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

/// Points, and the time, at which a fitted model is to be evaluated.
private struct EvaluationRequest {
  let potential: any Potential
  let points: Matrix
  let time: Double

  init(_ model: OpaquePointer?, _ x: UnsafePointer<jko_array>?, _ t: Double) throws {
    let model = try ModelHandle.fitted(model)
    points = try input(x, "x")
    guard points.columns == model.dimension else {
      throw BoundaryError.shape("x has \(points.columns) columns, the model has \(model.dimension) coordinates")
    }
    time = model.options.timeVarying ? try requireFinite(t, "t") : model.times[0]
    potential = model.potential
  }

  func run(
    width: Int,
    _ evaluate: (
      any Potential, UnsafeBufferPointer<Double>, Double, UnsafeMutableBufferPointer<Double>
    ) -> Void
  ) -> [Double] {
    var results = [Double](repeating: 0, count: points.rows * width)
    points.elements.withUnsafeBufferPointer { points in
      results.withUnsafeMutableBufferPointer { evaluate(potential, points, time, $0) }
    }
    return results
  }
}

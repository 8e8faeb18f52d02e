// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_normal_equations_create") @implementation
public func jko_normal_equations_create(
  _ model: OpaquePointer!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) { try produce(out) { NormalEquationsHandle(try LinearSums(ModelHandle.fitted(model))) } }
}

@_cdecl("jko_normal_equations_accumulate") @implementation
public func jko_normal_equations_accumulate(
  _ equations: OpaquePointer!, _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_fit_options>!
) -> jko_status {
  gate {
    let handle = try NormalEquationsHandle.of(equations)
    let series = try SnapshotsHandle.of(snapshots).series
    let (options, progress) = try fitOptions(options, for: handle.sums.modelOptions)
    // The handle's sums are replaced only at the end, because the progress callback may read them meanwhile.
    let before = handle.sums
    let added = try before.sums(over: series, options, progress: progress)
    try handle.sums.merge(added)
  }
}

@_cdecl("jko_normal_equations_merge") @implementation
public func jko_normal_equations_merge(_ equations: OpaquePointer!, _ other: OpaquePointer!) -> jko_status {
  gate {
    let handle = try NormalEquationsHandle.of(equations)
    try handle.sums.merge(NormalEquationsHandle.of(other, "other").sums)
  }
}

@_cdecl("jko_normal_equations_merge_model") @implementation
public func jko_normal_equations_merge_model(_ equations: OpaquePointer!, _ model: OpaquePointer!) -> jko_status {
  gate {
    let handle = try NormalEquationsHandle.of(equations)
    try handle.sums.merge(LinearSums(of: ModelHandle.fitted(model)), "model")
  }
}

@_cdecl("jko_normal_equations_describe") @implementation
public func jko_normal_equations_describe(
  _ equations: OpaquePointer!, _ info: UnsafeMutablePointer<jko_normal_equations_info>!
) -> jko_status {
  gate {
    let sums = try NormalEquationsHandle.of(equations).sums.equations
    try checkInfo(info, "info").write(
      jko_normal_equations_info(
        struct_size: MemoryLayout<jko_normal_equations_info>.size, count: Int64(sums.count),
        transitions: sums.transitions, equations: sums.equations, constant: sums.constant, scatter: sums.scatter))
  }
}

@_cdecl("jko_normal_equations_export") @implementation
public func jko_normal_equations_export(
  _ equations: OpaquePointer!, _ matrix: UnsafePointer<jko_array>!, _ right: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let sums = try NormalEquationsHandle.of(equations).sums.equations
    let matrixOut = try output(matrix, "matrix", rows: sums.count, columns: sums.count)
    let rightOut = try output(right, "right", rows: sums.count, columns: 1)
    try write((matrixOut, sums.matrix.elements), (rightOut, sums.right))
  }
}

@_cdecl("jko_normal_equations_import") @implementation
public func jko_normal_equations_import(
  _ equations: OpaquePointer!, _ matrix: UnsafePointer<jko_array>!, _ right: UnsafePointer<jko_array>!,
  _ info: UnsafePointer<jko_normal_equations_info>!
) -> jko_status {
  gate {
    let handle = try NormalEquationsHandle.of(equations)
    let count = handle.sums.equations.count
    let (matrix, right) = (try input(matrix, "matrix"), try input(right, "right"))
    for (name, given, columns) in [("matrix", matrix, count), ("right", right, 1)]
    where given.rows != count || given.columns != columns {
      throw BoundaryError.shape(
        "\(name) has shape (\(given.rows), \(given.columns)), expected (\(count), \(columns)): there are \(count) coefficients"
      )
    }
    guard let info else { throw BoundaryError.null("info") }
    let given = try options(info, "info", defaults: jko_normal_equations_info())
    guard given.count == count else {
      throw BoundaryError.invalid("info->count = \(given.count), there are \(count) coefficients")
    }
    for (name, value) in [
      ("transitions", given.transitions), ("equations", given.equations), ("constant", given.constant),
      ("scatter", given.scatter),
    ] { _ = try requireNotNegative(value, "info->\(name)") }
    try handle.sums.merge(
      matrix: matrix, right: right.elements, constant: given.constant, scatter: given.scatter,
      transitions: given.transitions, equations: given.equations)
  }
}

@_cdecl("jko_normal_equations_solve") @implementation
public func jko_normal_equations_solve(
  _ equations: OpaquePointer!, _ options: UnsafePointer<jko_fit_options>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let sums = try NormalEquationsHandle.of(equations).sums
      let (options, progress) = try fitOptions(options, for: sums.modelOptions)
      let model = try sums.solve(options.ridge, progress: progress)
      return ModelHandle(model.options, fitted: model)
    }
  }
}

@_cdecl("jko_normal_equations_destroy") @implementation
public func jko_normal_equations_destroy(_ equations: OpaquePointer!) { Handle.destroy(equations) }

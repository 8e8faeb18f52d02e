// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Evaluation
import Numerics

@_cdecl("jko_evaluation_options_init") @implementation
public func jko_evaluation_options_init(_ options: UnsafeMutablePointer<jko_evaluation_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_model_evaluate") @implementation
public func jko_model_evaluate(
  _ model: OpaquePointer!, _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_evaluation_options>!,
  _ one_step: UnsafePointer<jko_array>!, _ cumulative: UnsafePointer<jko_array>!,
  _ effects_mismatch: UnsafePointer<jko_array>!, _ info: UnsafeMutablePointer<jko_rollout_info>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    let series = try SnapshotsHandle.of(snapshots).series
    let given = try ABI.options(options, "options", defaults: .defaults)
    let info = info == nil ? nil : try checkInfo(info, "info")
    let wanted: [(ModelEvaluation.Selection, UnsafePointer<jko_array>?, String)] = [
      (.oneStep, one_step, "one_step"), (.cumulative, cumulative, "cumulative"),
      (.effectsMismatch, effects_mismatch, "effects_mismatch"),
    ]
    var selection: ModelEvaluation.Selection = []
    var outputs: [ArrayView?] = []
    for (kind, pointer, name) in wanted {
      if pointer != nil { selection.insert(kind) }
      outputs.append(
        pointer == nil
          ? nil : try output(pointer, name, rows: max(1, series.snapshots.count - 1), columns: 1))
    }
    let evaluation = try ModelEvaluation(
      model, on: series, selection, progress: progressHandler(given.progress, given.progress_user_data))
    try write(
      (outputs[0], evaluation.oneStep ?? []), (outputs[1], evaluation.cumulative ?? []),
      (outputs[2], evaluation.effectsMismatch ?? []))
    try tell(evaluation.report, evaluation.excursion, info)
  }
}

@_cdecl("jko_model_check") @implementation
public func jko_model_check(
  _ model: OpaquePointer!, _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_evaluation_options>!,
  _ check: UnsafeMutablePointer<jko_fit_check>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    let series = try SnapshotsHandle.of(snapshots).series
    let given = try ABI.options(options, "options", defaults: .defaults)
    let check = try checkInfo(check, "check")
    let outcome = try FitCheck(model, on: series, progress: progressHandler(given.progress, given.progress_user_data))
    check.write(
      jko_fit_check(
        struct_size: MemoryLayout<jko_fit_check>.size, one_step: outcome.oneStep, nothing_moves: outcome.nothingMoves,
        transitions: Int64(outcome.transitions), worse: outcome.isWorse ? 1 : 0))
  }
}

extension jko_evaluation_options {
  static var defaults: jko_evaluation_options {
    var defaults = jko_evaluation_options()
    defaults.struct_size = MemoryLayout<jko_evaluation_options>.size
    return defaults
  }
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Evaluation
import Numerics
import Snapshots

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
    let wanted = try outputs(
      [
        (.oneStep, one_step, "one_step"), (.cumulative, cumulative, "cumulative"),
        (.effectsMismatch, effects_mismatch, "effects_mismatch"),
      ], of: series)
    let evaluation = try ModelEvaluation(
      model, on: series, Set(wanted.keys), progress: progressHandler(given.progress, given.progress_user_data))
    try write(evaluation, wanted)
    if let overflow = evaluation.overflow { throw overflow }
    try tell(evaluation.report, evaluation.excursion, info)
  }
}

@_cdecl("jko_model_compare") @implementation
public func jko_model_compare(
  _ model: OpaquePointer!, _ snapshots: OpaquePointer!, _ training: OpaquePointer!,
  _ options: UnsafePointer<jko_evaluation_options>!, _ comparison: UnsafePointer<jko_comparison>!,
  _ info: UnsafeMutablePointer<jko_rollout_info>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    let series = try SnapshotsHandle.of(snapshots).series
    let training = training == nil ? nil : try SnapshotsHandle.of(training, "training").series
    let given = try ABI.options(options, "options", defaults: .defaults)
    guard comparison != nil else { throw BoundaryError.null("comparison") }
    let asked = try ABI.options(comparison, "comparison", defaults: .defaults)
    let info = info == nil ? nil : try checkInfo(info, "info")
    let wanted = try outputs(asked.outputs, of: series)
    let evaluation = try ModelEvaluation(
      model, on: series, Set(wanted.keys), training: training,
      progress: progressHandler(given.progress, given.progress_user_data))
    try write(evaluation, wanted)
    try tell(evaluation.report, evaluation.excursion, info)
  }
}

private typealias Output = (quantity: Quantity, array: UnsafePointer<jko_array>?, name: String)

/// The arrays that the caller wants filled, one element per step.
private func outputs(_ given: [Output], of series: SnapshotSeries) throws -> [Quantity: ArrayView] {
  var wanted: [Quantity: ArrayView] = [:]
  for one in given where one.array != nil {
    wanted[one.quantity] = try output(one.array, one.name, rows: max(1, series.snapshots.count - 1), columns: 1)
  }
  return wanted
}

private func write(_ evaluation: ModelEvaluation, _ wanted: [Quantity: ArrayView]) throws {
  try ABI.write(Quantity.allCases.map { (wanted[$0], evaluation[$0] ?? []) })
}

extension jko_comparison {
  fileprivate static var defaults: jko_comparison {
    var defaults = jko_comparison()
    defaults.struct_size = MemoryLayout<jko_comparison>.size
    return defaults
  }

  fileprivate var outputs: [Output] {
    [
      (.oneStep, one_step, "comparison->one_step"),
      (.energyDistance, energy_distance, "comparison->energy_distance"),
      (.varianceRatio, variance_ratio, "comparison->variance_ratio"),
      (.cumulative, cumulative, "comparison->cumulative"),
      (.effectsMismatch, effects_mismatch, "comparison->effects_mismatch"),
      (.cumulativeEnergyDistance, cumulative_energy_distance, "comparison->cumulative_energy_distance"),
      (.cumulativeVarianceRatio, cumulative_variance_ratio, "comparison->cumulative_variance_ratio"),
      (.nothingMoves, nothing_moves, "comparison->nothing_moves"),
      (.nothingMovesEnergyDistance, nothing_moves_energy_distance, "comparison->nothing_moves_energy_distance"),
      (.nothingMovesVarianceRatio, nothing_moves_variance_ratio, "comparison->nothing_moves_variance_ratio"),
      (.floor, floor, "comparison->floor"),
      (.floorEnergyDistance, floor_energy_distance, "comparison->floor_energy_distance"),
    ]
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
        struct_size: MemoryLayout<jko_fit_check>.size, one_step: outcome.prediction.wasserstein,
        nothing_moves: outcome.nothingMoves.wasserstein, transitions: Int64(outcome.transitions),
        worse: outcome.isWorse ? 1 : 0, energy_distance: outcome.prediction.energyDistance,
        variance_ratio: outcome.prediction.varianceRatio,
        nothing_moves_energy_distance: outcome.nothingMoves.energyDistance,
        nothing_moves_variance_ratio: outcome.nothingMoves.varianceRatio, floor: outcome.floor.wasserstein,
        floor_energy_distance: outcome.floor.energyDistance, folded: outcome.folded,
        unconverged: outcome.unconverged))
  }
}

extension jko_evaluation_options {
  static var defaults: jko_evaluation_options {
    var defaults = jko_evaluation_options()
    defaults.struct_size = MemoryLayout<jko_evaluation_options>.size
    return defaults
  }
}

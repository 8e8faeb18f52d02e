// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Snapshots

@_cdecl("jko_load_options_init") @implementation
public func jko_load_options_init(_ options: UnsafeMutablePointer<jko_load_options>!, _ struct_size: Int) -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_snapshots_load") @implementation
public func jko_snapshots_load(
  _ path: UnsafePointer<CChar>!, _ options: UnsafePointer<jko_load_options>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let names = try ABI.options(options, "options", defaults: .defaults)
      func name(_ pointer: UnsafePointer<CChar>?, _ field: String) throws -> String? {
        pointer == nil ? nil : try text(pointer, "options->\(field)")
      }
      let load = LoadOptions(
        points: try name(names.points, "points"), time: try name(names.time, "time"),
        weights: try name(names.weights, "weights"),
        timeTolerance: names.time_tolerance == JKO_TIME_TOLERANCE_USUAL ? nil : names.time_tolerance)
      let path = try text(path, "path")
      let fields = ["points", "time", "weights", "time_tolerance"]
      let series = try naming(Dictionary(uniqueKeysWithValues: fields.map { ($0, "options->\($0)") })) {
        try SnapshotSeries.load(path, options: load)
      }
      return SnapshotsHandle(series)
    }
  }
}

@_cdecl("jko_snapshots_save") @implementation
public func jko_snapshots_save(_ snapshots: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> jko_status {
  gate { try SnapshotsHandle.of(snapshots).series.save(toFolder: try text(path, "path")) }
}

extension jko_load_options {
  static var defaults: jko_load_options {
    jko_load_options(
      struct_size: MemoryLayout<jko_load_options>.size, points: nil, time: nil, weights: nil,
      time_tolerance: JKO_TIME_TOLERANCE_USUAL)
  }
}

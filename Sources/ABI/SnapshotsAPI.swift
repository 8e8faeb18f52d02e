// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Numerics
import Snapshots

@_cdecl("jko_snapshots_create_empty") @implementation
public func jko_snapshots_create_empty(
  _ dimension: Int64, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      SnapshotsHandle(SnapshotSeries(dimension: try requireCount(dimension, "dimension", in: 1...1_000_000)))
    }
  }
}

@_cdecl("jko_snapshots_create") @implementation
public func jko_snapshots_create(
  _ points: UnsafePointer<jko_array>!, _ times: UnsafePointer<jko_array>!, _ weights: UnsafePointer<jko_array>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let points = try input(points, "points")
      let times = try inputVector(times, "times", count: points.rows)
      let weights = try optionalMasses(weights, "weights", count: points.rows)
      return SnapshotsHandle(try SnapshotSeries(points: points, times: times, weights: weights))
    }
  }
}

@_cdecl("jko_snapshots_create_within") @implementation
public func jko_snapshots_create_within(
  _ points: UnsafePointer<jko_array>!, _ times: UnsafePointer<jko_array>!, _ weights: UnsafePointer<jko_array>!,
  _ time_tolerance: Double, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let points = try input(points, "points")
      let times = try inputVector(times, "times", count: points.rows)
      let weights = try optionalMasses(weights, "weights", count: points.rows)
      return SnapshotsHandle(
        try SnapshotSeries(points: points, times: times, weights: weights, tolerance: time_tolerance))
    }
  }
}

@_cdecl("jko_snapshots_describe") @implementation
public func jko_snapshots_describe(_ snapshots: OpaquePointer!, _ info: UnsafeMutablePointer<jko_snapshots_info>!)
  -> jko_status
{
  gate {
    let series = try SnapshotsHandle.of(snapshots).series
    let info = try checkInfo(info, "info")
    let summary = SeriesSummary(series)
    info.write(
      jko_snapshots_info(
        struct_size: MemoryLayout<jko_snapshots_info>.size, single_particles: Int64(summary.singleParticles),
        scale_ratio: summary.scaleRatio, widest: Int64(summary.widest), narrowest: Int64(summary.narrowest),
        shortest_gap: summary.shortestGap, median_gap: summary.medianGap,
        shortest_gap_index: Int64(summary.shortestGapIndex)))
  }
}

@_cdecl("jko_snapshots_append") @implementation
public func jko_snapshots_append(
  _ snapshots: OpaquePointer!, _ points: UnsafePointer<jko_array>!, _ time: Double,
  _ weights: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let handle = try SnapshotsHandle.of(snapshots)
    let points = try input(points, "points")
    let weights = try optionalMasses(weights, "weights", count: points.rows)
    try handle.series.append(points: points, time: time, weights: weights)
  }
}

@_cdecl("jko_snapshots_split") @implementation
public func jko_snapshots_split(
  _ snapshots: OpaquePointer!, _ split: jko_split, _ test_fraction: Double, _ seed: UInt64,
  _ train: UnsafeMutablePointer<OpaquePointer?>!, _ test: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  train?.pointee = nil
  return gate(clears: test) {
    guard let train else { throw BoundaryError.null("train") }
    guard let test else { throw BoundaryError.null("test") }
    let series = try SnapshotsHandle.of(snapshots).series
    let kinds = [jko_split(JKO_SPLIT_TRAJECTORIES), jko_split(JKO_SPLIT_WITHIN_TIMES)]
    guard kinds.contains(split) else {
      throw BoundaryError.invalid(
        "split = \(split) is neither JKO_SPLIT_TRAJECTORIES (0) nor JKO_SPLIT_WITHIN_TIMES (1)")
    }
    let parts = try series.split(
      alongTrajectories: split == kinds[0], testFraction: test_fraction, seed: seed)
    let pointers = try handOut([SnapshotsHandle(parts.train), SnapshotsHandle(parts.test)])
    (train.pointee, test.pointee) = (pointers[0], pointers[1])
  }
}

@_cdecl("jko_snapshots_shuffle") @implementation
public func jko_snapshots_shuffle(
  _ snapshots: OpaquePointer!, _ seed: UInt64, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) { SnapshotsHandle(try SnapshotsHandle.of(snapshots).series.shuffled(seed: seed)) }
  }
}

@_cdecl("jko_snapshots_without") @implementation
public func jko_snapshots_without(
  _ snapshots: OpaquePointer!, _ k: Int64, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      _ = try snapshot(snapshots, k)
      return SnapshotsHandle(try SnapshotsHandle.of(snapshots).series.leavingOut(Int(k)))
    }
  }
}

@_cdecl("jko_snapshots_count") @implementation
public func jko_snapshots_count(_ snapshots: OpaquePointer!) -> Int64 {
  Int64((try? SnapshotsHandle.of(snapshots).series.snapshots.count) ?? 0)
}

@_cdecl("jko_snapshots_dimension") @implementation
public func jko_snapshots_dimension(_ snapshots: OpaquePointer!) -> Int64 {
  Int64((try? SnapshotsHandle.of(snapshots).series.dimension) ?? 0)
}

@_cdecl("jko_snapshots_size") @implementation
public func jko_snapshots_size(_ snapshots: OpaquePointer!, _ k: Int64) -> Int64 {
  Int64((try? snapshot(snapshots, k).points.rows) ?? 0)
}

@_cdecl("jko_snapshots_time") @implementation
public func jko_snapshots_time(_ snapshots: OpaquePointer!, _ k: Int64) -> Double {
  (try? snapshot(snapshots, k).time) ?? .nan
}

@_cdecl("jko_snapshots_coordinate_name") @implementation
public func jko_snapshots_coordinate_name(_ snapshots: OpaquePointer!, _ j: Int64) -> UnsafePointer<CChar>! {
  guard let names = try? SnapshotsHandle.of(snapshots).names, j >= 0, j < names.count else { return nil }
  return names[Int(j)]?.pointer
}

@_cdecl("jko_snapshots_set_coordinate_name") @implementation
public func jko_snapshots_set_coordinate_name(
  _ snapshots: OpaquePointer!, _ j: Int64, _ name: UnsafePointer<CChar>!
) -> jko_status {
  gate {
    let handle = try SnapshotsHandle.of(snapshots)
    guard j >= 0, j < handle.series.dimension else {
      throw BoundaryError.invalid("j = \(j) is not between 0 and \(handle.series.dimension - 1)")
    }
    let given = name == nil ? "" : try text(name, "name")
    guard given.utf8.count <= 1024 else {
      throw BoundaryError.invalid("name has \(given.utf8.count) bytes, more than 1024")
    }
    handle.name(Int(j), given)
  }
}

@_cdecl("jko_snapshots_omitted_columns") @implementation
public func jko_snapshots_omitted_columns(_ snapshots: OpaquePointer!) -> UnsafePointer<CChar>! {
  (try? SnapshotsHandle.of(snapshots).omitted)?.pointer
}

@_cdecl("jko_snapshots_points") @implementation
public func jko_snapshots_points(
  _ snapshots: OpaquePointer!, _ k: Int64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let points = try snapshot(snapshots, k).points
    try output(out, "out", rows: points.rows, columns: points.columns).write(points.elements)
  }
}

@_cdecl("jko_snapshots_weights") @implementation
public func jko_snapshots_weights(
  _ snapshots: OpaquePointer!, _ k: Int64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let weights = try snapshot(snapshots, k).weights
    try output(out, "out", rows: weights.count, columns: 1).write(weights)
  }
}

@_cdecl("jko_snapshots_rows") @implementation
public func jko_snapshots_rows(
  _ snapshots: OpaquePointer!, _ k: Int64, _ rows: UnsafeMutablePointer<Int64>!
) -> jko_status {
  gate {
    let numbers = try snapshot(snapshots, k).rows
    guard let rows else { throw BoundaryError.null("rows") }
    for (place, row) in numbers.enumerated() { rows[place] = Int64(row) }
  }
}

@_cdecl("jko_snapshots_set_rows") @implementation
public func jko_snapshots_set_rows(
  _ snapshots: OpaquePointer!, _ k: Int64, _ rows: UnsafePointer<Int64>!
) -> jko_status {
  gate {
    let handle = try SnapshotsHandle.of(snapshots)
    let size = try snapshot(snapshots, k).points.rows
    guard let rows else { throw BoundaryError.null("rows") }
    try handle.series.setRows(UnsafeBufferPointer(start: rows, count: size).map { Int($0) }, of: Int(k))
  }
}

@_cdecl("jko_snapshots_destroy") @implementation
public func jko_snapshots_destroy(_ snapshots: OpaquePointer!) { Handle.destroy(snapshots) }

private func snapshot(_ pointer: OpaquePointer?, _ k: Int64) throws -> Snapshot {
  let snapshots = try SnapshotsHandle.of(pointer).series.snapshots
  guard k >= 0, k < snapshots.count else {
    throw BoundaryError.invalid("k = \(k) is not between 0 and \(snapshots.count - 1)")
  }
  return snapshots[Int(k)]
}

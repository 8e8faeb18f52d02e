import Snapshots

final class SnapshotsHandle: Handle {
  var series: SnapshotSeries
  /// Names of coordinates, and the columns left out, for as long as the handle lives.
  let names: [HeldText]
  let omitted: HeldText

  init(_ series: SnapshotSeries) {
    self.series = series
    names = series.names.map { HeldText($0) }
    omitted = HeldText(series.omitted.joined(separator: ", "))
  }

  static func of(_ pointer: OpaquePointer?, _ name: String = "snapshots") throws -> SnapshotsHandle {
    try typed(pointer, name)
  }
}

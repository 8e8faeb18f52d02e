import Snapshots

final class SnapshotsHandle: Handle {
  var series: SnapshotSeries
  /// Names of coordinates, nil for one without, and the columns left out, for as long as the handle lives.
  private(set) var names: [HeldText?]
  let omitted: HeldText

  init(_ series: SnapshotSeries) {
    self.series = series
    names = series.names.map { $0.isEmpty ? nil : HeldText($0) }
    omitted = HeldText(series.omitted.joined(separator: ", "))
  }

  /// Names a coordinate; "" for none.
  func name(_ j: Int, _ name: String) {
    if names.isEmpty {
      names = [HeldText?](repeating: nil, count: series.dimension)
      series.names = [String](repeating: "", count: series.dimension)
    }
    names[j] = name.isEmpty ? nil : HeldText(name)
    series.names[j] = name
    if series.names.allSatisfy(\.isEmpty) { (names, series.names) = ([], []) }
  }

  static func of(_ pointer: OpaquePointer?, _ name: String = "snapshots") throws -> SnapshotsHandle {
    try typed(pointer, name)
  }
}

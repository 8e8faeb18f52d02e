import Files
import Numerics

extension SnapshotSeries {
  /// Writes the series as a folder of NumPy files, particles pooled in the order of time: points.npy of shape (n, d),
  /// time.npy and weights.npy of shape (n,). Loading the folder gives the same series, bit for bit.
  ///
  /// - Parameter path: made if it does not exist; its parent must exist.
  /// - Throws: `.io`, also where the folder holds an array that would be read in place of the points; `.shape` for a
  ///   series without snapshots.
  package func save(toFolder path: String) throws {
    guard !snapshots.isEmpty else { throw EngineError(.shape, "snapshots is empty: there is nothing to save") }
    try File.makeFolder(path)
    let intruders = Self.pointNames.prefix { $0 != "points" }
    if let name = intruders.first(where: { File.exists("\(path)/\($0).npy") }) {
      throw EngineError(.io, "path = \(quoted(path)) holds \(name).npy, which would be read in place of points.npy")
    }
    let count = snapshots.reduce(0) { $0 + $1.points.rows }
    try requireMemory(count, of: Double.self, for: "snapshots")
    let points = snapshots.flatMap(\.points.elements)
    let times = snapshots.flatMap { [Double](repeating: $0.time, count: $0.points.rows) }
    let weights = snapshots.flatMap(\.weights)
    // The times last: without them an interrupted replacement cannot be mistaken for a series.
    try File.write([
      (try NPY.encode(points, shape: [count, dimension]), "\(path)/points.npy"),
      (try NPY.encode(weights, shape: [count]), "\(path)/weights.npy"),
      (try NPY.encode(times, shape: [count]), "\(path)/time.npy"),
    ])
  }
}

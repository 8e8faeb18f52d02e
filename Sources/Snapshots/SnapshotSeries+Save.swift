import Files
import Numerics

extension SnapshotSeries {
  /// Writes the series as a folder of NumPy files, particles pooled in the order of time: points.npy of shape (n, d),
  /// time.npy and weights.npy of shape (n,). Loading the folder gives the same series, bit for bit, except for
  /// the names of coordinates and the numbers of rows.
  ///
  /// - Parameter path: made if it does not exist; its parent must exist.
  /// - Throws: `.io`, also where the folder holds an array that may be taken for points, times or weights when it is
  ///   read; `.shape` for a series without snapshots; `.memory`.
  package func save(toFolder path: String) throws {
    guard !snapshots.isEmpty else { throw EngineError(.shape, "snapshots is empty: there is nothing to save") }
    try File.makeFolder(path) { try fill(path) }
  }

  private func fill(_ path: String) throws {
    let written = ["points.npy", "weights.npy", "time.npy"]
    let usual = Set((UsualNames.points + UsualNames.times + UsualNames.weights).map { "\($0).npy" })
    let intruder = try File.names(inFolder: path).sorted().first {
      usual.contains($0.lowercased()) && !written.contains($0)
    }
    if let intruder {
      throw EngineError(
        .io, "path = \(quoted(path)) holds \(quoted(intruder)), which may be read in place of \(listed(written))")
    }
    let count = snapshots.reduce(0) { $0 + $1.points.rows }
    // Points, weights and times, then the same as bytes.
    try requireMemory(2 * count * (dimension + 2), of: Double.self, for: "snapshots")
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

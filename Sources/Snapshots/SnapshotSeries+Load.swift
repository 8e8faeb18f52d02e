import Files
import Numerics

/// What to read from a file.
package struct LoadOptions: Sendable {
  /// Names of the arrays or columns; nil for the usual ones.
  package var points: String?
  package var time: String?
  package var weights: String?
  /// Of pooled particles: which times are one; see the pooled initialiser.
  package var timeTolerance: Double?

  package init(
    points: String? = nil, time: String? = nil, weights: String? = nil, timeTolerance: Double? = nil
  ) {
    self.points = points
    self.time = time
    self.weights = weights
    self.timeTolerance = timeTolerance
  }

  /// Refuses a tolerance for a stack, whose snapshots are told apart already.
  func requirePooled() throws {
    guard let timeTolerance else { return }
    throw EngineError(
      .invalid, "time_tolerance = \(timeTolerance) has no effect on points of shape (snapshots, n, d)")
  }
}

extension SnapshotSeries {
  /// Reads a series from a folder of NumPy files, an `.npz` file, a `.csv` or `.tsv` file or an `.npy` file of shape
  /// (snapshots, n, d), whose times are 0, 1, 2, ...
  ///
  /// Headers are looked at first: what is not of its format, or of another size than its header says, is not read.
  ///
  /// - Throws: `.io`, `.format`, `.memory`, and what the pooled initialiser throws for what was read.
  package static func load(_ path: String, options: LoadOptions) throws -> SnapshotSeries {
    if let tolerance = options.timeTolerance { try checkTolerance(tolerance) }
    if File.isFolder(path) { return try load(NamedArrays(folder: path), options) }
    let file = try FileBytes(opening: path)
    switch path.utf8.suffix(4).map({ $0 | 0x20 }) {
    case Array(".npz".utf8): return try load(NamedArrays(archive: file, name: path), options)
    case Array(".npy".utf8):
      try options.requirePooled()
      return try load(npy: file, name: path)
    case Array(".csv".utf8), Array(".tsv".utf8): return try load(csv: file, name: path, options)
    default:
      throw EngineError(
        .format, "path = \(quoted(path)) is not a folder and does not end in .npz, .csv, .tsv or .npy")
    }
  }

  package static func load(npz bytes: [UInt8], name: String, options: LoadOptions) throws -> SnapshotSeries {
    try load(NamedArrays(archive: FileBytes(bytes[...]), name: name), options)
  }

  package static func load(npy bytes: [UInt8], name: String) throws -> SnapshotSeries {
    try load(npy: FileBytes(bytes[...]), name: name)
  }

  package static func load(csv bytes: [UInt8], name: String, options: LoadOptions) throws -> SnapshotSeries {
    try load(csv: FileBytes(bytes[...]), name: name, options)
  }

  private static func load(csv file: FileBytes, name: String, _ options: LoadOptions) throws -> SnapshotSeries {
    let table = try ParticleTable(file, name: quoted(name), options)
    let points = Matrix(rows: table.times.count, columns: table.names.count, elements: table.elements)
    var series = try named(name) {
      try SnapshotSeries(
        points: points, times: table.times, weights: table.weights, tolerance: options.timeTolerance)
    }
    (series.names, series.omitted) = (table.names, table.omitted)
    return series
  }

  /// Puts the name of the file before what is wrong with its contents.
  static func named<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as EngineError {
      throw EngineError(error.kind, "\(quoted(name)): \(error.message)")
    }
  }
}

import Files
import Numerics

/// Names of the arrays or columns to read; nil for the usual ones.
package struct LoadOptions: Sendable {
  package var points: String?
  package var time: String?
  package var weights: String?

  package init(points: String? = nil, time: String? = nil, weights: String? = nil) {
    self.points = points
    self.time = time
    self.weights = weights
  }
}

extension SnapshotSeries {
  /// Reads a series from a folder of NumPy files, an `.npz` file, a `.csv` file or an `.npy` file of shape
  /// (snapshots, n, d), whose times are 0, 1, 2, ...
  ///
  /// - Throws: `.io`, `.format`, `.memory`, and what the pooled initialiser throws for what was read.
  package static func load(_ path: String, options: LoadOptions) throws -> SnapshotSeries {
    if File.isFolder(path) { return try load(folder: path, options: options) }
    // A missing file is reported as missing, whatever its name ends in.
    guard File.exists(path) else { return try load(npy: try File.read(path), name: path) }
    switch path.utf8.suffix(4).map({ $0 | 0x20 }) {
    case Array(".npz".utf8): return try load(npz: try File.read(path), name: path, options: options)
    case Array(".csv".utf8): return try load(csv: try File.read(path), name: path, options: options)
    case Array(".npy".utf8): return try load(npy: try File.read(path), name: path)
    default:
      throw EngineError(.format, "path = \(quoted(path)) is not a folder and does not end in .npz, .csv or .npy")
    }
  }

  package static func load(npz bytes: [UInt8], name: String, options: LoadOptions) throws -> SnapshotSeries {
    let archive = try ZipArchive(bytes, name: quoted(name))
    return try load(
      name, options, exists: { archive.contains($0 + ".npy") },
      read: { try NPY.parse(try archive.contents(of: $0 + ".npy"), name: "\(quoted(name)): \($0)") })
  }

  package static func load(npy bytes: [UInt8], name: String) throws -> SnapshotSeries {
    let array = try NPY.parse(bytes, name: quoted(name))
    guard array.shape.count == 3, array.shape.allSatisfy({ $0 >= 1 }) else {
      throw EngineError(
        .shape, "\(quoted(name)) has shape \(NPYHeader.text(array.shape)), not (snapshots, n, d) of at least 1")
    }
    let (count, size, dimension) = (array.shape[0], array.shape[1], array.shape[2])
    let points = Matrix(rows: count * size, columns: dimension, elements: array.elements)
    let times = (0..<count * size).map { Double($0 / size) }
    return try named(name) { try SnapshotSeries(points: points, times: times, weights: nil) }
  }

  package static func load(csv bytes: [UInt8], name: String, options: LoadOptions) throws -> SnapshotSeries {
    var (timeName, weightsName, coordinates) = ("", String?.none, [String]())
    let table = try CSVTable(bytes, name: quoted(name)) { names in
      timeName = try choose(options.time, from: timeNames, "time column", name) { names.contains($0) }
      weightsName = try chooseWeights(options.weights, "column", name) { names.contains($0) }
      coordinates = names.filter { $0 != timeName && $0 != weightsName }
      if let asked = options.points {
        coordinates = try asked.split(separator: ",").map { part in
          let column = String(part.drop { $0 == " " })
          return try choose(column, from: [], "coordinates", name) { names.contains($0) }
        }
      }
      return coordinates + [timeName] + (weightsName.map { [$0] } ?? [])
    }
    var elements: [Double] = []
    elements.reserveCapacity(table.rows * coordinates.count)
    for row in 0..<table.rows {
      let start = row * table.names.count
      elements += table.values[start..<start + coordinates.count]
    }
    let points = Matrix(rows: table.rows, columns: coordinates.count, elements: elements)
    func column(_ name: String) -> [Double]? { table.names.firstIndex(of: name).map { table.column($0) } }
    return try named(name) {
      try SnapshotSeries(
        points: points, times: column(timeName) ?? [], weights: weightsName.flatMap { column($0) })
    }
  }

  private static func load(folder path: String, options: LoadOptions) throws -> SnapshotSeries {
    func file(_ name: String) -> String { "\(path)/\(name).npy" }
    return try load(
      path, options, exists: { File.exists(file($0)) },
      read: { try NPY.parse(try File.read(file($0)), name: quoted(file($0))) })
  }

  static var pointNames: [String] { ["X", "points", "data"] }
  static var timeNames: [String] { ["time", "t", "sample_labels", "labels"] }

  /// Points (n, d), times (n,) and perhaps weights (n,) from a store of named arrays.
  private static func load(
    _ name: String, _ options: LoadOptions, exists: (String) -> Bool, read: (String) throws -> NPYArray
  ) throws -> SnapshotSeries {
    let pointsName = try choose(options.points, from: pointNames, "points", name, exists)
    let timeName = try choose(options.time, from: timeNames, "times", name, exists)
    let weightsName = try chooseWeights(options.weights, "array", name, exists)
    let points = try read(pointsName)
    guard points.shape.count == 2 else {
      throw EngineError(
        .shape, "\(quoted(name)): \(quoted(pointsName)) has shape \(NPYHeader.text(points.shape)), not (n, d)")
    }
    func vector(_ arrayName: String) throws -> [Double] {
      let array = try read(arrayName)
      // A column (n, 1) is as clear as a vector.
      guard array.shape.count == 1 || (array.shape.count == 2 && array.shape[1] == 1) else {
        throw EngineError(
          .shape, "\(quoted(name)): \(quoted(arrayName)) has shape \(NPYHeader.text(array.shape)), not (n,)")
      }
      return array.elements
    }
    let times = try vector(timeName)
    let weights = try weightsName.map { try vector($0) }
    let matrix = Matrix(rows: points.shape[0], columns: points.shape[1], elements: points.elements)
    return try named(name) { try SnapshotSeries(points: matrix, times: times, weights: weights) }
  }

  /// The name asked for, else the first usual one that exists.
  private static func choose(
    _ asked: String?, from usual: [String], _ what: String, _ name: String, _ exists: (String) -> Bool
  ) throws -> String {
    if let asked {
      guard exists(asked) else { throw EngineError(.format, "\(quoted(name)) has no \(quoted(asked)) for the \(what)") }
      return asked
    }
    guard let found = usual.first(where: exists) else {
      throw EngineError(
        .format, "\(quoted(name)) has no \(what); the usual names are \(usual.joined(separator: ", "))")
    }
    return found
  }

  /// Weights may be absent, unless they were asked for.
  private static func chooseWeights(
    _ asked: String?, _ what: String, _ name: String, _ exists: (String) -> Bool
  ) throws -> String? {
    guard asked != nil || exists("weights") else { return nil }
    return try choose(asked, from: ["weights"], "weights \(what)", name, exists)
  }

  /// Puts the name of the file before what is wrong with its contents.
  private static func named(_ name: String, _ body: () throws -> SnapshotSeries) throws -> SnapshotSeries {
    do {
      return try body()
    } catch let error as EngineError {
      throw EngineError(error.kind, "\(quoted(name)): \(error.message)")
    }
  }
}

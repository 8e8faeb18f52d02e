import Files
import Numerics

extension SnapshotSeries {
  /// A series from points (n, d), times (n,) and perhaps weights (n,); or from points (snapshots, n, d), times
  /// (snapshots,) and perhaps weights (snapshots, n).
  static func load(_ arrays: NamedArrays, _ options: LoadOptions) throws -> SnapshotSeries {
    let name = arrays.path
    let question = NameQuestion(file: quoted(name), kind: "array", names: arrays.names)
    let pointsName = try question.choose(options.points, UsualNames.points, option: "points")
    let weightsName = try question.chooseIfPresent(options.weights, UsualNames.weights, option: "weights")
    var timeName = try question.chooseIfPresent(options.time, UsualNames.times, option: "time")
    let points = try arrays.read(pointsName)
    let isStacked = points.shape.count == 3
    if isStacked { try options.requirePooled() }
    // A stack alone has the times of an .npy file. Beside other arrays, one of them may be the times.
    if timeName == nil, !isStacked || !arrays.names.allSatisfy({ $0 == pointsName || $0 == weightsName }) {
      timeName = try question.choose(nil, UsualNames.times, option: "time")
    }
    guard (1...3).contains(points.shape.count) else {
      throw EngineError(
        .shape,
        "\(quoted(name)): \(quoted(pointsName)) has shape \(points.shapeText), not (n, d), (n,) or (snapshots, n, d)")
    }
    let times = try timeName.map { try vector(arrays, $0, "(n,)") }
    let weights = try weightsName.map { weightsName in
      isStacked
        ? try masses(arrays, weightsName, of: points.shape) : try vector(arrays, weightsName, "(n,)")
    }
    return try named(name) {
      isStacked
        ? try SnapshotSeries(stack: points, times: times, weights: weights)
        : try SnapshotSeries(
          points: points.matrix, times: times ?? [], weights: weights, tolerance: options.timeTolerance)
    }
  }

  /// The `.npy` file of a stack.
  static func load(npy file: FileBytes, name: String) throws -> SnapshotSeries {
    let array = try NPY.read(file, name: quoted(name))
    guard array.shape.count == 3 else {
      throw EngineError(
        .shape,
        "\(quoted(name)) has shape \(array.shapeText), not (snapshots, n, d); load pooled points (n, d) from the folder that holds the times too"
      )
    }
    return try named(name) { try SnapshotSeries(stack: array, times: nil, weights: nil) }
  }

  /// A vector; a column (n, 1) is as clear.
  private static func vector(_ arrays: NamedArrays, _ name: String, _ expected: String) throws -> [Double] {
    let array = try arrays.read(name)
    guard array.shape.count == 1 || (array.shape.count == 2 && array.shape[1] == 1) else {
      throw EngineError(
        .shape, "\(quoted(arrays.path)): \(quoted(name)) has shape \(array.shapeText), not \(expected)")
    }
    return array.elements
  }

  /// Weights of a stack.
  private static func masses(_ arrays: NamedArrays, _ name: String, of shape: [Int]) throws -> [Double] {
    let array = try arrays.read(name)
    guard array.shape == [shape[0], shape[1]] else {
      throw EngineError(
        .shape,
        "\(quoted(arrays.path)): \(quoted(name)) has shape \(array.shapeText); the points need (\(shape[0]), \(shape[1]))"
      )
    }
    return array.elements
  }

  /// - Parameter stack: shape (snapshots, n, d)
  /// - Parameter times: one for each snapshot; nil for 0, 1, 2, ...
  private init(stack: NPYArray, times: [Double]?, weights: [Double]?) throws {
    guard stack.shape.count == 3, stack.shape.allSatisfy({ $0 >= 1 }) else {
      throw EngineError(.shape, "points has shape \(stack.shapeText), not (snapshots, n, d) of at least 1")
    }
    let (count, size) = (stack.shape[0], stack.shape[1])
    if let times, times.count != count {
      throw EngineError(
        .shape, "times has \(counted(times.count, "element")); the points have shape \(stack.shapeText)")
    }
    try requireMemory(count * size, of: Double.self, for: "times")
    let each = times ?? (0..<count).map { Double($0) }
    var pooled: [Double] = []
    pooled.reserveCapacity(count * size)
    for time in each { pooled += repeatElement(time, count: size) }
    try self.init(points: stack.matrix, times: pooled, weights: weights)
    // Snapshots of a stack are given one by one, so that rows are those of each.
    for k in snapshots.indices { snapshots[k].rows = Array(0..<snapshots[k].points.rows) }
  }
}

extension NPYArray {
  /// All but the last axis pooled; a vector is a column.
  fileprivate var matrix: Matrix {
    let columns = shape.count > 1 ? shape[shape.count - 1] : 1
    let rows = shape.count > 1 ? shape.dropLast().reduce(1, *) : elements.count
    return Matrix(rows: rows, columns: columns, elements: elements)
  }
}

import Numerics

extension SnapshotSeries {
  /// A series from pooled observations: rows with the same time form a snapshot, and keep their order and their numbers
  /// in it.
  ///
  /// - Parameter points: shape (n, d), finite, with 1 <= d <= 1,000,000.
  /// - Parameter times: n finite values in any order; the distinct ones, sorted, become t_0 < .. < t_T. 0 and -0 are
  ///   the same time.
  /// - Parameter weights: n values, not negative, with a positive sum at each time; nil for equal weights.
  /// - Parameter tolerance: times that exceed the earliest of a snapshot by no more than this belong to it; its time is
  ///   then the median of its particles' times. Nil for what differs by rounding only (`rounding(of:)`).
  /// - Throws: `.invalid`, `.shape`, `.nonfinite` or `.population`.
  package init(points: Matrix, times: [Double], weights: [Double]?, tolerance: Double? = nil) throws {
    if let tolerance { try Self.checkTolerance(tolerance) }
    try Self.check(points, weights)
    guard times.count == points.rows else {
      throw EngineError(.shape, "times has \(counted(times.count, "element")) for \(counted(points.rows, "particle"))")
    }
    if let bad = times.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(.nonfinite, "times[\(bad)] = \(times[bad]) is not finite")
    }
    // Order, rows, points, weights with their sums: all that is made below, asked for at once.
    try requireMemory(points.rows * (points.columns + 7), of: Double.self, for: "points")
    self.init(dimension: points.columns)
    // Sorted by time and, within a time, by row: the order of rows is kept.
    let isSorted = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
    let order = isSorted ? nil : times.indices.sorted { times[$0] != times[$1] ? times[$0] < times[$1] : $0 < $1 }
    func time(_ place: Int) -> Double { order.map { times[$0[place]] } ?? times[place] }
    let together = tolerance ?? Self.rounding(of: times)
    var start = 0
    while start < times.count {
      var end = start + 1
      while end < times.count, time(end) - time(start) <= together { end += 1 }
      // Rows of one time are in their order already; those of several times are put into it.
      let isOneTime = time(end - 1) == time(start)
      let rows: Rows =
        order.map { .some(isOneTime ? Array($0[start..<end]) : $0[start..<end].sorted()) } ?? .run(start..<end)
      try add(points, rows, time(start + (end - start - 1) / 2), weights)
      start = end
    }
  }

  static func checkTolerance(_ tolerance: Double) throws {
    guard tolerance >= 0, tolerance.isFinite else {
      throw EngineError(.invalid, "time_tolerance = \(tolerance) is not a finite number of at least 0")
    }
  }

  /// The difference of times that rounding explains: 1e-9 of their span, or four units in the last place of the
  /// largest, whichever is more. 0.3 and 0.1 + 0.2 differ by one unit.
  package static func rounding(of times: [Double]) -> Double {
    guard let first = times.min(), let last = times.max() else { return 0 }
    // Halves keep the span of the largest times finite.
    return max(2e-9 * (last / 2 - first / 2), 4 * max(abs(first), abs(last)).ulp)
  }

  /// Which rows of a matrix.
  private enum Rows {
    case run(Range<Int>)
    case some([Int])

    var numbers: [Int] {
      switch self {
      case .run(let range): return Array(range)
      case .some(let indices): return indices
      }
    }
  }

  /// Adds a snapshot after the last one, whose rows are numbered from 0; on failure the series is as it was.
  ///
  /// - Parameter points: shape (n, d), n >= 1, finite.
  /// - Parameter name: what errors call the points.
  /// - Parameter time: finite and greater than the last time of the series.
  /// - Parameter weights: n values, not negative, with a positive sum; nil for equal weights.
  /// - Throws: `.shape`, `.nonfinite` or `.population`.
  package mutating func append(
    points: Matrix, named name: String = "points", time: Double, weights: [Double]?
  ) throws {
    try Self.check(points, named: name, weights)
    guard points.columns == dimension else {
      throw EngineError(
        .shape, "\(name) has \(counted(points.columns, "column")); the series has dimension \(dimension)")
    }
    guard time.isFinite else { throw EngineError(.nonfinite, "time = \(time) is not finite") }
    if let last = snapshots.last, time <= last.time {
      throw EngineError(
        .population, "time = \(time) is not greater than the time of the last snapshot, \(last.time)")
    }
    try requireMemory(points.rows * (points.columns + 7), of: Double.self, for: name)
    try add(points, .run(0..<points.rows), time, weights)
  }

  /// Adds rows as a snapshot.
  private mutating func add(_ points: Matrix, _ rows: Rows, _ time: Double, _ weights: [Double]?) throws {
    let (chosen, masses): (Matrix, [Double]?)
    switch rows {
    case .run(let range) where range == 0..<points.rows: (chosen, masses) = (points, weights)
    case .run(let range):
      let places = range.lowerBound * points.columns..<range.upperBound * points.columns
      chosen = Matrix(rows: range.count, columns: points.columns, elements: Array(points.elements[places]))
      masses = weights.map { Array($0[range]) }
    case .some(let indices):
      chosen = points.selecting(rows: indices)
      masses = weights.map { weights in indices.map { weights[$0] } }
    }
    var mass = Weights.equal(chosen.rows)
    if let masses {
      guard let normalized = Weights.normalized(masses) else {
        throw EngineError(.population, "weights at time \(time) are all 0; at least one must be positive")
      }
      mass = normalized
    }
    // Adding 0 turns -0 into 0.
    snapshots.append(Snapshot(points: chosen, time: time + 0, weights: mass, rows: rows.numbers))
  }

  /// The largest number of coordinates: it keeps d * d and the like far from overflow.
  private static var largestDimension: Int { 1_000_000 }

  private static func check(_ points: Matrix, named name: String = "points", _ weights: [Double]?) throws {
    guard points.rows >= 1 else { throw EngineError(.shape, "\(name) has no rows; at least 1 is needed") }
    guard points.columns >= 1, points.columns <= largestDimension else {
      throw EngineError(.shape, "\(name) has \(points.columns) columns, not 1 to \(largestDimension)")
    }
    if let bad = points.elements.firstIndex(where: { !$0.isFinite }) {
      let (row, column) = bad.quotientAndRemainder(dividingBy: points.columns)
      throw EngineError(.nonfinite, "\(name)[\(row), \(column)] = \(points.elements[bad]) is not finite")
    }
    guard let weights else { return }
    guard weights.count == points.rows else {
      throw EngineError(
        .shape, "weights has \(counted(weights.count, "element")) for \(counted(points.rows, "particle"))")
    }
    for (index, weight) in weights.enumerated() {
      guard weight.isFinite else { throw EngineError(.nonfinite, "weights[\(index)] = \(weight) is not finite") }
      guard weight >= 0 else { throw EngineError(.population, "weights[\(index)] = \(weight) is negative") }
    }
  }
}

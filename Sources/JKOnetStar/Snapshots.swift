import Numerics
import Snapshots

/// One observed population: where particles were at a time, and how much each counts.
public struct Snapshot: Sendable, Equatable {
  /// Shape (n, d).
  public let points: Points
  /// In the caller's unit of time.
  public let time: Double
  /// n numbers, not negative, with sum 1.
  public let weights: [Double]

  init(_ snapshot: Snapshots.Snapshot) {
    points = Points(snapshot.points)
    time = snapshot.time
    weights = snapshot.weights
  }
}

/// A population observed at increasing times. Nothing is assumed about which particle of one snapshot became which of
/// the next; sizes may differ.
public struct SnapshotSeries: Sendable, Equatable, RandomAccessCollection {
  var series: Snapshots.SnapshotSeries

  init(_ series: Snapshots.SnapshotSeries) { self.series = series }

  /// How a series is divided.
  public enum Split: Sendable {
    /// Row i of every snapshot is the same particle. Its whole trajectory goes to one of the two parts.
    case trajectories
    /// Every snapshot is divided on its own.
    case withinTimes
  }

  /// Makes a series from pooled observations: rows with the same time form a snapshot.
  ///
  /// - Parameters:
  ///   - points: shape (n, d), finite
  ///   - times: n finite numbers in any order
  ///   - weights: n numbers, not negative, with a positive sum at each time; nil for equal weights
  ///   - timeTolerance: times that exceed the earliest of a snapshot by no more than this belong to it, and its time is
  ///     their median; nil for what differs by rounding only, 1e-9 of the span of all times
  /// - Throws: `.shape`, `.notFinite`, `.population`, `.invalidArgument`
  public init(
    points: Points, times: [Double], weights: [Double]? = nil, timeTolerance: Double? = nil
  ) throws(JKOError) {
    if let timeTolerance, !(timeTolerance >= 0 && timeTolerance.isFinite) {
      throw JKOError(.invalidArgument, "timeTolerance = \(timeTolerance) is not a finite number of at least 0")
    }
    series = try engine {
      try Snapshots.SnapshotSeries(points: points.matrix, times: times, weights: weights, tolerance: timeTolerance)
    }
  }

  /// Reads a series from a folder of NumPy files, an npz file, a csv or tsv table, or an npy stack of shape
  /// (snapshots, n, d) with times 0, 1, 2, ...
  ///
  /// - Parameters:
  ///   - path: the file or folder
  ///   - points: the array of points, or comma-separated columns of a table; nil for the usual names
  ///   - time: the array or column of times; nil for the usual names
  ///   - weights: the array or column of weights; nil for the usual names
  ///   - timeTolerance: of pooled particles, as where a series is made from points; nil for stacks
  /// - Throws: `.file`, `.format`, `.memory`, and what the initialiser from points throws
  public init(
    contentsOf path: String, points: String? = nil, time: String? = nil, weights: String? = nil,
    timeTolerance: Double? = nil
  ) throws(JKOError) {
    let options = LoadOptions(points: points, time: time, weights: weights, timeTolerance: timeTolerance)
    series = try engine { try Snapshots.SnapshotSeries.load(path, options: options) }
  }

  /// Writes points.npy, time.npy and weights.npy into a folder, which is made if need be.
  ///
  /// - Throws: `.file`
  public func save(toFolder path: String) throws(JKOError) { try engine { try series.save(toFolder: path) } }

  /// d, the number of coordinates.
  public var dimension: Int { series.dimension }

  /// t_0 < .. < t_T
  public var times: [Double] { series.snapshots.map(\.time) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { series.snapshots.count }
  public subscript(_ k: Int) -> Snapshot { Snapshot(series.snapshots[k]) }

  /// Divides the series at random into a part for training and a part for testing. Both have all times.
  ///
  /// - Parameters:
  ///   - testFraction: between 0 and 1, exclusive
  ///   - by: whether whole trajectories are divided, or each snapshot on its own
  ///   - seed: the same seed gives the same parts
  /// - Throws: `.invalidArgument`, `.shape` where sizes do not allow the split, `.population` where a part has no
  ///   weight
  public func split(
    testFraction: Double, by split: Split, seed: UInt64 = 0
  ) throws(JKOError) -> (train: SnapshotSeries, test: SnapshotSeries) {
    let parts = try engine {
      try series.split(alongTrajectories: split == .trajectories, testFraction: testFraction, seed: seed)
    }
    return (SnapshotSeries(parts.train), SnapshotSeries(parts.test))
  }

  /// The series with the rows of every snapshot in a random order of their own, so that the order of rows pairs no
  /// particles.
  public func shuffled(seed: UInt64 = 0) -> SnapshotSeries { SnapshotSeries(series.shuffled(seed: seed)) }
}

import Numerics
import Snapshots

/// The points that features are laid over, in standardised coordinates.
protocol Cloud {
  var dimension: Int { get }
  /// The extent along each coordinate.
  var box: [ClosedRange<Double>] { get }
  /// Up to `count` different points, drawn at random.
  func sample(_ count: Int) -> Matrix
  /// The median distance between two points, over some random pairs.
  var medianDistance: Double { get }
  func random(_ use: CloudUse) -> (seed: UInt64, stream: UInt64)
}

/// What a cloud's random numbers are for.
enum CloudUse: Int { case centers, frequencies, pairs }

/// Pairs of which a median distance is taken.
private let pairCount = 1000

private func distance(_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Double {
  zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}

private func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }

/// Particles of all snapshots.
struct PointCloud: Cloud {
  private let points: Matrix
  private let seed: UInt64

  init(_ points: Matrix, seed: UInt64) {
    self.points = points
    self.seed = seed
  }

  var dimension: Int { points.columns }

  var box: [ClosedRange<Double>] {
    (0..<dimension).map { k in
      var (low, high) = (Double.infinity, -Double.infinity)
      for row in 0..<points.rows {
        low = min(low, points[row, k])
        high = max(high, points[row, k])
      }
      return low <= high ? low...high : 0...0
    }
  }

  func random(_ use: CloudUse) -> (seed: UInt64, stream: UInt64) {
    (seed, RandomPurpose.centers.stream(use.rawValue))
  }

  func sample(_ count: Int) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: random(.centers).stream)
    return points.selecting(rows: Array(random.permutation(points.rows).prefix(count)))
  }

  var medianDistance: Double {
    guard points.rows > 1 else { return 0 }
    var random = PhiloxSequence(seed: seed, stream: random(.pairs).stream)
    return median(
      (0..<pairCount).map { _ in
        let first = random.integer(below: points.rows)
        let second = (first + 1 + random.integer(below: points.rows - 1)) % points.rows
        return distance(points.row(first), points.row(second))
      })
  }
}

/// Differences of two particles of the same snapshot.
struct DifferenceCloud: Cloud {
  private let snapshots: [Snapshot]
  private let length: Double
  private let seed: UInt64
  let dimension: Int

  init(_ series: SnapshotSeries, length: Double, seed: UInt64) {
    snapshots = series.snapshots
    dimension = series.dimension
    self.length = length
    self.seed = seed
  }

  var box: [ClosedRange<Double>] {
    (0..<dimension).map { k in
      var extent = 0.0
      for snapshot in snapshots {
        var (low, high) = (Double.infinity, -Double.infinity)
        for row in 0..<snapshot.points.rows {
          low = min(low, snapshot.points[row, k])
          high = max(high, snapshot.points[row, k])
        }
        extent = max(extent, (high - low) / length)
      }
      return -extent...extent
    }
  }

  func random(_ use: CloudUse) -> (seed: UInt64, stream: UInt64) {
    (seed, RandomPurpose.centers.stream(10 + use.rawValue))
  }

  private func difference(_ random: inout PhiloxSequence) -> [Double] {
    let points = snapshots[random.integer(below: snapshots.count)].points
    let (first, second) = (random.integer(below: points.rows), random.integer(below: points.rows))
    return zip(points.row(first), points.row(second)).map { ($0 - $1) / length }
  }

  func sample(_ count: Int) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: random(.centers).stream)
    var seen: Set<[Double]> = []
    var elements: [Double] = []
    for _ in 0..<count {
      let drawn = difference(&random)
      if seen.insert(drawn).inserted { elements += drawn }
    }
    return Matrix(rows: elements.count / dimension, columns: dimension, elements: elements)
  }

  var medianDistance: Double {
    var random = PhiloxSequence(seed: seed, stream: random(.pairs).stream)
    return median((0..<pairCount).map { _ in distance(difference(&random)[...], difference(&random)[...]) })
  }
}

import Numerics
import Snapshots

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
    return Self.median(
      (0..<Self.pairCount).map { _ in
        Self.distance(difference(&random)[...], difference(&random)[...])
      })
  }
}

import Numerics

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
    return Self.median(
      (0..<Self.pairCount).map { _ in
        let first = random.integer(below: points.rows)
        let second = (first + 1 + random.integer(below: points.rows - 1)) % points.rows
        return Self.distance(points.row(first), points.row(second))
      })
  }
}

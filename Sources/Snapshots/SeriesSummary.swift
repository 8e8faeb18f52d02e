/// What is unusual about a series as data to learn from.
package struct SeriesSummary: Sendable, Equatable {
  /// Snapshots of a single particle.
  package private(set) var singleParticles = 0
  /// The largest standard deviation of a coordinate over the smallest, all snapshots together; 1 where fewer than two
  /// coordinates vary. A coordinate whose deviation is rounding, below 1e-12 of its size, counts as constant.
  package private(set) var scaleRatio = 1.0
  /// The coordinates of the largest and of the smallest standard deviation.
  package private(set) var (widest, narrowest) = (0, 0)
  /// The shortest and the median gap between consecutive snapshots; NaN for fewer than two snapshots.
  package private(set) var (shortestGap, medianGap) = (Double.nan, Double.nan)
  /// The shortest gap is that from this snapshot to the next.
  package private(set) var shortestGapIndex = 0

  package init(_ series: SnapshotSeries) {
    singleParticles = series.snapshots.count { $0.points.rows == 1 }
    summariseScales(series)
    summariseGaps(series.snapshots.map(\.time))
  }

  private mutating func summariseScales(_ series: SnapshotSeries) {
    let deviations = series.standardDeviations
    let varying = deviations.indices.filter { deviations[$0] > 0 }
    func isLess(_ one: Int, _ other: Int) -> Bool { deviations[one] < deviations[other] }
    guard let most = varying.max(by: isLess), let least = varying.min(by: isLess) else { return }
    (widest, narrowest) = (most, least)
    scaleRatio = deviations[widest] / deviations[narrowest]
  }

  private mutating func summariseGaps(_ times: [Double]) {
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    guard let shortest = gaps.min(), let place = gaps.firstIndex(of: shortest) else { return }
    let sorted = gaps.sorted()
    let middle = sorted.count / 2
    medianGap = sorted.count % 2 == 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2
    (shortestGap, shortestGapIndex) = (shortest, place)
  }
}

extension SnapshotSeries {
  /// Of each coordinate over all particles alike; 0 where it is rounding.
  fileprivate var standardDeviations: [Double] {
    let count = Double(snapshots.reduce(0) { $0 + $1.points.rows })
    // A power of two keeps squares within the range of numbers.
    let largest = snapshots.reduce(0) { $1.points.elements.reduce($0) { max($0, abs($1)) } }
    let unit = largest > 0 ? Double(sign: .plus, exponent: largest.exponent, significand: 1) : 1
    var (means, sizes) = ([Double](repeating: 0, count: dimension), [Double](repeating: 0, count: dimension))
    forEachCoordinate { column, value in
      means[column] += value / unit / count
      sizes[column] = max(sizes[column], abs(value / unit))
    }
    var squares = [Double](repeating: 0, count: dimension)
    forEachCoordinate { column, value in
      let offset = value / unit - means[column]
      squares[column] += offset * offset / count
    }
    return (0..<dimension).map { column in
      let deviation = squares[column].squareRoot()
      return deviation > 1e-12 * sizes[column] ? deviation * unit : 0
    }
  }

  private func forEachCoordinate(_ body: (_ column: Int, _ value: Double) -> Void) {
    for snapshot in snapshots {
      for (index, value) in snapshot.points.elements.enumerated() { body(index % dimension, value) }
    }
  }
}

import Numerics

/// Points as the solvers take them: row-major, in the order of the sites.
package final class PointSet: @unchecked Sendable {
  package let count: Int
  let dimension: Int
  /// count x dimension, row-major.
  let rows: UnsafeMutablePointer<Double>

  /// The points of `coordinates` (row-major, `dimension` columns) at `indices`, of which there is at least one.
  package init(_ coordinates: [Double], dimension: Int, indices: [Int]) {
    count = indices.count
    self.dimension = dimension
    rows = .allocate(capacity: count * dimension)
    for (row, index) in indices.enumerated() {
      for k in 0..<dimension { rows[row * dimension + k] = coordinates[index * dimension + k] }
    }
  }

  convenience init(_ points: PointSet, at indices: [Int]) {
    let all = [Double](UnsafeBufferPointer(start: points.rows, count: points.count * points.dimension))
    self.init(all, dimension: points.dimension, indices: indices)
  }

  deinit { rows.deallocate() }

  /// Mean of the points, summed relative to the first, so that far points keep their digits.
  var mean: [Double] {
    var sums = [Double](repeating: 0, count: dimension)
    for row in 0..<count {
      for k in 0..<dimension { sums[k] += rows[row * dimension + k] - rows[k] }
    }
    return sums.enumerated().map { k, sum in rows[k] + sum / Double(count) }
  }
}

import Numerics

/// Points as the solvers take them: row-major, usually in the order of `DistinctPoints`.
package final class PointSet: @unchecked Sendable {
  package let count: Int
  let dimension: Int
  /// count x dimension, row-major.
  let rows: UnsafeMutablePointer<Double>
  /// The mean of the points. It is summed relative to the first, so that points far from the origin keep their digits.
  let mean: [Double]

  /// - Parameters:
  ///   - indices: of the points, of which there is at least one
  ///   - coordinate: the k-th coordinate of the point with an index
  @inline(__always)
  private init(_ indices: [Int], dimension: Int, _ coordinate: (_ index: Int, _ k: Int) -> Double) {
    count = indices.count
    self.dimension = dimension
    rows = .allocate(capacity: count * dimension)
    for (row, index) in indices.enumerated() {
      for k in 0..<dimension { rows[row * dimension + k] = coordinate(index, k) }
    }
    var sums = [Double](repeating: 0, count: dimension)
    for row in 0..<count {
      for k in 0..<dimension { sums[k] += rows[row * dimension + k] - rows[k] }
    }
    let (first, size) = (rows, Double(count))
    mean = sums.enumerated().map { k, sum in first[k] + sum / size }
  }

  /// The points of `coordinates` (row-major, `dimension` columns) at `indices`.
  package convenience init(_ coordinates: [Double], dimension: Int, indices: [Int]) {
    self.init(indices, dimension: dimension) { coordinates[$0 * dimension + $1] }
  }

  package convenience init(_ points: ScaledPopulation, at indices: [Int]) {
    self.init(indices, dimension: points.dimension) { points[$0, $1] }
  }

  convenience init(_ points: PointSet, at indices: [Int]) {
    self.init(indices, dimension: points.dimension) { points.rows[$0 * points.dimension + $1] }
  }

  deinit { rows.deallocate() }

  /// The sum over k of direction_k (p_k - center_k) for a point p, and the sum of the absolute values of its terms,
  /// which bounds its rounding.
  @inline(__always)
  func projection(_ index: Int, from center: [Double], on direction: [Double]) -> (sum: Double, absolute: Double) {
    var (sum, absolute) = (0.0, 0.0)
    for k in 0..<dimension {
      let term = direction[k] * (rows[index * dimension + k] - center[k])
      sum += term
      absolute += abs(term)
    }
    return (sum, absolute)
  }
}

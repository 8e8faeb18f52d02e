import Numerics

/// Points as the solvers take them: row-major, in the order of the sites.
final class PointSet: @unchecked Sendable {
  let count: Int
  let dimension: Int
  /// count x dimension, row-major.
  let rows: UnsafeMutablePointer<Double>

  /// The points of `coordinates` (row-major, `dimension` columns) at `indices`, of which there is at least one.
  init(_ coordinates: [Double], dimension: Int, indices: [Int]) {
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

/// The points that carry mass, and the cost between them.
///
/// Coordinates are multiplied by a power of two that brings the widest one to order 1, which is exact and keeps
/// squares from overflowing. Costs are computed from differences of coordinates, never from expanded squares, so that
/// they are exact to a few units in the last place however far from the origin the points lie.
struct Geometry: Sendable {
  let x: PointSet
  let y: PointSet
  let metric: GroundCost
  private let blocksX: ColumnBlocks<Float>
  private let blocksY: ColumnBlocks<Float>

  init(x: PointSet, y: PointSet, metric: GroundCost) {
    (self.x, self.y, self.metric) = (x, y, metric)
    (blocksX, blocksY) = (ColumnBlocks(x), ColumnBlocks(y))
  }

  /// Some of the points.
  func selecting(rows: [Int], columns: [Int]) -> Geometry {
    Geometry(x: PointSet(x, at: rows), y: PointSet(y, at: columns), metric: metric)
  }

  /// Searches for `points`, by default x, among y by cost - v.
  func search(_ points: PointSet? = nil, weights v: [DoubleDouble]) -> PairSearch<Float> {
    PairSearch(points ?? x, among: blocksY, metric, weights: v)
  }

  /// Searches for `points`, by default y, among x by cost - u.
  func reverseSearch(_ points: PointSet? = nil, weights u: [DoubleDouble]) -> PairSearch<Float> {
    PairSearch(points ?? y, among: blocksX, metric, weights: u)
  }

  /// c(x_i, y_j), always with this rounding: to the solver these numbers are the problem.
  @inline(__always)
  func cost(_ i: Int, _ j: Int) -> Double { Self.cost(x, i, y, j, metric) }

  @inline(__always)
  static func cost(_ x: PointSet, _ i: Int, _ y: PointSet, _ j: Int, _ metric: GroundCost) -> Double {
    let point = x.rows + i * x.dimension
    let other = y.rows + j * x.dimension
    var sum = 0.0
    for k in 0..<x.dimension {
      let difference = other[k] - point[k]
      sum += difference * difference
    }
    return metric == .euclidean ? sum.squareRoot() : sum
  }

  /// The cost of a pair that is as dear as any, up to a factor of four: the ends of a walk to the farthest point and on
  /// from there to the one farthest from it.
  var largestCost: Double {
    let column = (0..<y.count).max { cost(0, $0) < cost(0, $1) } ?? 0
    let row = (0..<x.count).max { cost($0, column) < cost($1, column) } ?? 0
    return cost(row, column)
  }
}

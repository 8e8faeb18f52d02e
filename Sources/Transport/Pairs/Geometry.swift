import Numerics

/// The points that carry mass, and the cost between them.
///
/// Coordinates are multiplied by a power of two that brings the widest one to order 1, which is exact and keeps
/// squares from overflowing. Costs are computed from differences of coordinates, never from expanded squares, so that
/// they are exact to a few units in the last place however far from the origin the points lie.
package struct Geometry: Sendable {
  let x: PointSet
  let y: PointSet
  package let metric: GroundCost
  private let blocksX: Blocks
  private let blocksY: Blocks

  /// A population's points for searches, in single precision where that tells near pairs apart, else in double.
  private enum Blocks: Sendable {
    case single(ColumnBlocks<Float>)
    case double(ColumnBlocks<Double>)
  }

  package init(x: PointSet, y: PointSet, metric: GroundCost) {
    (self.x, self.y, self.metric) = (x, y, metric)
    if Resolution.isEnough(Float.self, x, y, metric) {
      (blocksX, blocksY) = (.single(ColumnBlocks(x)), .single(ColumnBlocks(y)))
    } else {
      (blocksX, blocksY) = (.double(ColumnBlocks(x)), .double(ColumnBlocks(y)))
    }
  }

  private init(x: PointSet, y: PointSet, _ metric: GroundCost, blocksX: Blocks, blocksY: Blocks) {
    (self.x, self.y, self.metric, self.blocksX, self.blocksY) = (x, y, metric, blocksX, blocksY)
  }

  /// The geometry of some of the points.
  func selecting(rows: [Int], columns: [Int]) -> Geometry {
    Geometry(x: PointSet(x, at: rows), y: PointSet(y, at: columns), metric: metric)
  }

  /// For each of `points`, by default x, the `size` points of y with the least cost - v.
  package func nearest(
    _ points: PointSet? = nil, weights v: [DoubleDouble], _ size: Int, _ interruption: Interruption?
  ) throws -> NearestPairs {
    switch blocksY {
    case .single(let blocks):
      try NearestPairs(PairSearch(points ?? x, among: blocks, metric, weights: v), size, interruption)
    case .double(let blocks):
      try NearestPairs(PairSearch(points ?? x, among: blocks, metric, weights: v), size, interruption)
    }
  }

  /// The geometry with x and y exchanged.
  var reversed: Geometry { Geometry(x: y, y: x, metric, blocksX: blocksY, blocksY: blocksX) }

  /// For each of `points`, c(x_i, y_j) - v_j of the nearest pair that the search finds: the minimum over j, or a little
  /// more.
  func leastReducedCosts(
    of points: PointSet, _ v: [DoubleDouble], _ interruption: Interruption?
  ) throws -> [DoubleDouble] {
    try nearest(points, weights: v, 1, interruption).found.enumerated().map { row, column in
      DoubleDouble(Self.cost(points, row, y, Int(column), metric)) - v[Int(column)]
    }
  }

  /// Calls `body(row, column)` for all pairs of the rows with c_ij - v_j < limit, and for a few others. Each row is on
  /// one thread.
  func forEachPair(
    rows: [Int], weights v: [DoubleDouble], below limit: @Sendable (Int) -> Double, _ interruption: Interruption?,
    _ body: @Sendable (Int, Int) -> Void
  ) throws {
    let points = rows.count == x.count ? x : PointSet(x, at: rows)
    switch blocksY {
    case .single(let blocks):
      try PairSearch(points, among: blocks, metric, weights: v).forEachPair(
        below: { limit(rows[$0]) }, interruption, { body(rows[$0], $1) })
    case .double(let blocks):
      try PairSearch(points, among: blocks, metric, weights: v).forEachPair(
        below: { limit(rows[$0]) }, interruption, { body(rows[$0], $1) })
    }
  }

  /// c(x_i, y_j). All costs come from here, so that they are rounded alike: these numbers are the problem that is
  /// solved.
  @inline(__always)
  package func cost(_ i: Int, _ j: Int) -> Double { Self.cost(x, i, y, j, metric) }

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

  /// A lower bound of the largest cost of a pair, at most three times too small for distances and nine times for their
  /// squares: the cost between the y that is farthest from the first x and the x that is farthest from that y.
  package var largestCost: Double {
    let column = (0..<y.count).max { cost(0, $0) < cost(0, $1) } ?? 0
    let row = (0..<x.count).max { cost($0, column) < cost($1, column) } ?? 0
    return cost(row, column)
  }
}

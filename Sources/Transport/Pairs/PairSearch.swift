import Numerics

/// Searches over all pairs (i, j) by c(x_i, y_j) - v_j, for rows in groups of neighbours.
///
/// Squared distances are expanded as ||x - y||^2 = ||x'||^2 + ||y'||^2 - 2 x'.y' + (terms of one end only), with x' and
/// y' relative to the mean of their own population. The loop over pairs is then a matrix product, and norms, the
/// difference of the means and the weights v go into one number per column. The expansion rounds differently from the
/// cost itself. Bounds on that difference, also one number per row and column, make the search report every pair that
/// it should, and a few others.
///
/// A block is skipped for a group of rows when their boxes are too far apart for any pair.
package struct PairSearch<Number: KernelNumber>: @unchecked Sendable {
  static var groupSize: Int { 32 }

  let rows: PointSet
  let columns: ColumnBlocks<Number>
  let metric: GroundCost
  /// v
  let exactWeights: [DoubleDouble]
  let rowCenter: [Double]
  private let rowBoxes: Boxes
  /// Mean of y - mean of x; zero for distances, which have no such expansion.
  private let shift: [Double]
  private let squaredShift: Double
  let weights: AlignedBuffer<Number>
  let columnSquares: AlignedBuffer<Number>
  /// Per block, the largest v_j, with the difference of the means in it and rounded up.
  private let largestWeights: [Double]

  /// Relative rounding of a key (`rounding`) and of what is computed in double (`exactRounding`), and how much of a key
  /// underflow may take away (`underflow`).
  let rounding: Double
  private let exactRounding: Double
  let underflow: Double

  package init(
    _ rows: PointSet, among columns: ColumnBlocks<Number>, _ metric: GroundCost, weights: [DoubleDouble]
  ) {
    let v = weights.map(\.hi)
    let columnCenter = columns.points.mean
    // Distances have no expansion about two centres.
    let center = metric == .euclidean ? columnCenter : rows.mean
    self.rows = rows
    self.columns = columns
    self.metric = metric
    exactWeights = weights
    rowCenter = center
    rowBoxes = Boxes(rows, center: center, size: Self.groupSize)
    shift = zip(columnCenter, center).map { $0 - $1 }
    squaredShift = shift.reduce(0) { $0 + $1 * $1 }
    let operations = Double(rows.dimension + 8)
    rounding = operations * Double(Number.ulpOfOne)
    exactRounding = operations * 0x1p-51
    underflow = operations * Double(Number.leastNormalMagnitude)
    let padded = PointBlocks<Number>.padded(columns.points.count)
    self.weights = AlignedBuffer(count: padded)
    columnSquares = AlignedBuffer(count: metric == .euclidean ? padded : 0)

    // Padding gets weights with which it never answers.
    let (never, far) = metric == .euclidean ? (Number(-1e30), Number(1e30)) : (Number(1e30), Number(0))
    var shifted = v
    for j in 0..<columns.points.count {
      let projection = columns.points.projection(j, from: columnCenter, on: shift)
      let slack = exactRounding * (abs(v[j]) + 2 * projection.absolute)
      shifted[j] = v[j] - 2 * projection.sum + slack
      let square = columns.squares[j]
      switch metric {
      case .squaredEuclidean:
        let weight = square - shifted[j]
        self.weights.base[j] = Number(weight - rounding * (abs(weight) + square))
      case .euclidean:
        self.weights.base[j] = Number(shifted[j] + 4 * rounding * abs(shifted[j]))
        columnSquares.base[j] = Number(square - 4 * rounding * square)
      }
    }
    for j in columns.points.count..<padded {
      self.weights.base[j] = never
      if metric == .euclidean { columnSquares.base[j] = far }
    }
    largestWeights = columns.boxes.largest(shifted)
  }

  /// Calls `body` for each group of rows, on all threads.
  func forEachGroup(_ interruption: Interruption?, _ body: @Sendable (RowGroup<Number>) -> Void) throws {
    Parallel.forRanges(rows.count, grain: Self.groupSize) { range in
      // A group is left out only after a cancellation, and then the check below throws.
      do { try interruption?.check() } catch { return }
      body(RowGroup(self, range))
    }
    try interruption?.check()
  }

  /// Calls `body(row, column)` for all pairs with c(x_i, y_j) - v_j < limit(i), and for a few others. Each row is on
  /// one thread.
  package func forEachPair(
    below limit: @Sendable (Int) -> Double, _ interruption: Interruption?, _ body: @Sendable (Int, Int) -> Void
  ) throws {
    try forEachGroup(interruption) { group in
      var widest = -Double.infinity
      for (offset, row) in group.range.enumerated() {
        let exact = limit(row)
        let key = exact - rowTerm(row) + rowRounding(row, limit: exact)
        group.setLimit(offset, key)
        widest = max(widest, key)
      }
      var blocks: [Int32] = []
      forEachBound(group) { block, bound in
        if bound < widest { blocks.append(Int32(truncatingIfNeeded: block)) }
      }
      blocks.withUnsafeBufferPointer { blocks in
        for first in group.firsts {
          group.run(first, blocks) { offset, column, _ in body(group.range.lowerBound + offset, column) }
        }
      }
    }
  }

  /// Calls `body(block, bound)` with a lower bound of the keys of each block's columns to the rows of a group.
  @inline(__always)
  func forEachBound(_ group: RowGroup<Number>, _ body: (Int, Double) -> Void) {
    let isEuclidean = metric == .euclidean
    largestWeights.withUnsafeBufferPointer { weights in
      rowBoxes.forEachSquaredDistance(group.range.lowerBound / Self.groupSize, columns.boxes) { block, squared in
        body(block, (isEuclidean ? squared.squareRoot() : squared) - weights[block])
      }
    }
  }

  /// c(x_i, y_j) - v_j less the key of the pair, which depends on the row only.
  func rowTerm(_ row: Int) -> Double { squaredShift - 2 * projection(row).sum }

  /// A bound on the rounding of key + row term against c(x_i, y_j) - v_j, where both are near `limit`. It leaves out
  /// the rounding that the columns' weights account for.
  func rowRounding(_ row: Int, limit: Double) -> Double {
    exactRounding * (abs(limit) + squaredShift + 2 * projection(row).absolute)
  }

  private func projection(_ row: Int) -> (sum: Double, absolute: Double) {
    rows.projection(row, from: rowCenter, on: shift)
  }

  /// A limit that no pair meets.
  var never: Number { -1e30 }
}

import Numerics

/// A pair (row of x, row of y) that the simplex may use, with its cost.
struct Arc: Sendable {
  let row: Int32
  let column: Int32
  let cost: Double
}

/// Pairs that an optimal plan probably uses: those of the guess, and for each point those of the other population with
/// the least reduced costs c(x_i, y_j) - u_i - v_j.
enum CandidateArcs {
  struct Pair: Sendable {
    let row: Int32
    let column: Int32
  }

  /// Pairs per point, both ways. Between 10 and 20 the running time differs little in 2 to 50 dimensions.
  private static let perPoint = 16

  static func find(_ geometry: Geometry, _ guess: Guess) -> [Arc] {
    let columns = nearest(geometry.x, among: geometry.y, geometry.metric, weights: guess.duals.v, perPoint)
    let rows = nearest(geometry.y, among: geometry.x, geometry.metric, weights: guess.duals.u, perPoint)
    let (columnsEach, rowsEach) = (columns.count / geometry.x.count, rows.count / geometry.y.count)
    var pairs = guess.pairs
    pairs.reserveCapacity(pairs.count + columns.count + rows.count)
    for (index, column) in columns.enumerated() {
      pairs.append(Pair(row: Int32(truncatingIfNeeded: index / columnsEach), column: column))
    }
    for (index, row) in rows.enumerated() {
      pairs.append(Pair(row: row, column: Int32(truncatingIfNeeded: index / rowsEach)))
    }
    return arcs(geometry, pairs)
  }

  /// For each point of `points`, the indices of the points of `set` with the least cost - weight; ties by index.
  static func nearest(
    _ points: PointSet, among set: PointSet, _ metric: GroundCost, weights: [DoubleDouble], _ size: Int
  ) -> [Int32] {
    let size = min(size, set.count)
    let weights = weights.map(\.hi)
    let blocks = PairScan.blocked(weights)
    var found = [Int32](repeating: 0, count: points.count * size)
    found.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let found = buffer
      Parallel.forRanges(points.count, grain: 64) { range in
        blocks.withUnsafeBufferPointer { blocks in
          guard let base = blocks.baseAddress else { return }
          let scan = PairScan(set: set, metric: metric, weights: base)
          withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { keys in
            for index in range {
              nearest(
                points.rows + index * points.dimension, scan, weights, keys,
                UnsafeMutableBufferPointer(rebasing: found[index * size..<(index + 1) * size]))
            }
          }
        }
      }
    }
    return found
  }

  /// For each point of `points`, the least cost - weight over the points of `set`.
  static func leastReducedCosts(
    _ points: PointSet, among set: PointSet, _ metric: GroundCost, _ weights: [DoubleDouble]
  ) -> [DoubleDouble] {
    let between = Geometry(x: points, y: set, metric: metric)
    return nearest(points, among: set, metric, weights: weights, 1).enumerated().map {
      DoubleDouble(between.cost($0, Int($1))) - weights[Int($1)]
    }
  }

  /// Insertion into a short sorted list; the limit of the scan is its last key.
  private static func nearest(
    _ point: UnsafePointer<Double>, _ scan: PairScan, _ weights: [Double],
    _ keys: UnsafeMutableBufferPointer<Double>, _ found: UnsafeMutableBufferPointer<Int32>
  ) {
    keys.update(repeating: .infinity)
    let last = keys.count - 1
    _ = scan.run(from: point, limit: .infinity) { index, squared, limit in
      let cost = scan.metric == .euclidean ? squared.squareRoot() : squared
      let key = cost - weights[index]
      guard key < keys[last] else { return }
      var place = last
      while place > 0, key < keys[place - 1] {
        keys[place] = keys[place - 1]
        found[place] = found[place - 1]
        place -= 1
      }
      keys[place] = key
      found[place] = Int32(truncatingIfNeeded: index)
      limit = keys[last]
    }
  }

  /// The pairs as arcs ordered by row, then column, each once.
  private static func arcs(_ geometry: Geometry, _ pairs: [Pair]) -> [Arc] {
    let rows = geometry.x.count
    var start = [Int](repeating: 0, count: rows + 1)
    for pair in pairs { start[Int(pair.row) + 1] += 1 }
    for row in 0..<rows { start[row + 1] += start[row] }
    var place = start
    var byRow = [Int32](repeating: 0, count: pairs.count)
    for pair in pairs {
      byRow[place[Int(pair.row)]] = pair.column
      place[Int(pair.row)] += 1
    }
    var arcs: [Arc] = []
    arcs.reserveCapacity(pairs.count)
    for row in 0..<rows {
      byRow[start[row]..<start[row + 1]].sort()
      var previous: Int32 = -1
      for column in byRow[start[row]..<start[row + 1]] where column != previous {
        arcs.append(Arc(row: Int32(truncatingIfNeeded: row), column: column, cost: geometry.cost(row, Int(column))))
        previous = column
      }
    }
    return arcs
  }
}

import Numerics

/// A pair (row of x, row of y) that the simplex may use, with its cost.
struct Arc: Sendable {
  let row: Int32
  let column: Int32
  let cost: Double
}

/// Pairs that an optimal plan probably uses: for each point those of the other population with the least reduced
/// costs c(x_i, y_j) - u_i - v_j, for rough potentials u and v.
enum CandidateArcs {
  /// Pairs per point, both ways; measured best between 8 and 16 in 2 to 50 dimensions.
  static let perPoint = 16

  static func find(_ geometry: Geometry, _ guess: Duals) -> [Arc] {
    let toColumns = nearest(geometry.x, among: geometry.y, geometry.metric, weights: guess.v.map(\.hi), perPoint)
    let toRows = nearest(geometry.y, among: geometry.x, geometry.metric, weights: guess.u.map(\.hi), perPoint)
    return merged(geometry, toColumns, toRows)
  }

  /// For each point, min over the set of cost - weight.
  static func leastReducedCosts(
    _ points: PointSet, among set: PointSet, _ metric: GroundCost, _ weights: [Double]
  ) -> [Double] {
    let geometry = Geometry(x: points, y: set, metric: metric)
    return nearest(points, among: set, metric, weights: weights, 1).enumerated().map {
      geometry.cost($0, Int($1)) - weights[Int($1)]
    }
  }

  /// For each point of `points`, the indices of the points of `set` with the least cost - weight; ties by index.
  static func nearest(
    _ points: PointSet, among set: PointSet, _ metric: GroundCost, weights: [Double], _ size: Int
  ) -> [Int32] {
    let size = min(size, set.count)
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

  /// Both lists as arcs ordered by row, then column, each once.
  private static func merged(_ geometry: Geometry, _ toColumns: [Int32], _ toRows: [Int32]) -> [Arc] {
    let (rows, columns) = (geometry.x.count, geometry.y.count)
    let (columnsEach, rowsEach) = (toColumns.count / rows, toRows.count / columns)
    // Counting sort of the second list by row.
    var start = [Int](repeating: 0, count: rows + 1)
    for row in toRows { start[Int(row) + 1] += 1 }
    for row in 0..<rows { start[row + 1] += start[row] }
    var place = start
    var byRow = [Int32](repeating: 0, count: toRows.count)
    for (index, row) in toRows.enumerated() {
      byRow[place[Int(row)]] = Int32(truncatingIfNeeded: index / rowsEach)
      place[Int(row)] += 1
    }
    var arcs: [Arc] = []
    arcs.reserveCapacity(toColumns.count + toRows.count)
    for row in 0..<rows {
      var list = Array(toColumns[row * columnsEach..<(row + 1) * columnsEach])
      list.append(contentsOf: byRow[start[row]..<start[row + 1]])
      list.sort()
      var previous: Int32 = -1
      for column in list where column != previous {
        arcs.append(Arc(row: Int32(truncatingIfNeeded: row), column: column, cost: geometry.cost(row, Int(column))))
        previous = column
      }
    }
    return arcs
  }
}

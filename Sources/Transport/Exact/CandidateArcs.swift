import Numerics

/// Pairs that an optimal plan probably uses: those of the guess, and for each point the pairs with the least reduced
/// costs c(x_i, y_j) - u_i - v_j.
enum CandidateArcs {
  struct Pair: Sendable {
    let row: Int32
    let column: Int32
  }

  static func pairs(ofRows nearest: NearestPairs) -> [Pair] {
    nearest.found.enumerated().map { place, column in
      Pair(row: Int32(truncatingIfNeeded: place / nearest.size), column: column)
    }
  }

  static func pairs(ofColumns nearest: NearestPairs) -> [Pair] {
    nearest.found.enumerated().map { place, row in
      Pair(row: row, column: Int32(truncatingIfNeeded: place / nearest.size))
    }
  }

  /// The pairs as arcs ordered by row, then column, each once.
  static func arcs(_ geometry: Geometry, _ pairs: [Pair]) -> [Arc] {
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

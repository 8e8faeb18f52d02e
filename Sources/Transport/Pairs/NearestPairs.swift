import Numerics

/// For each point of one population, the points of the other with the least cost - weight, to within the rounding of
/// the search. They serve as candidates only: the plan does not depend on which are found.
package struct NearestPairs {
  /// Columns per row.
  package let size: Int
  /// Columns row by row, the nearest first.
  package let found: [Int32]
  /// Per row, a lower bound of cost - weight for the columns that were not found.
  package let bounds: [Double]
  let weights: [DoubleDouble]

  /// - Parameter size: how many per row; all columns where there are fewer.
  package init<Number: KernelNumber>(_ search: PairSearch<Number>, _ size: Int, _ interruption: Interruption?) throws {
    let size = min(size, search.columns.points.count)
    var found = [Int32](repeating: 0, count: search.rows.count * size)
    var bounds = [Double](repeating: 0, count: search.rows.count)
    try found.withUnsafeMutableBufferPointer { foundBuffer in
      try bounds.withUnsafeMutableBufferPointer { boundsBuffer in
        nonisolated(unsafe) let (found, bounds) = (foundBuffer, boundsBuffer)
        try search.forEachGroup(interruption) { group in
          let places = group.range.lowerBound * size..<group.range.upperBound * size
          Self.find(group, size, UnsafeMutableBufferPointer(rebasing: found[places])) { offset, lastKey in
            bounds[group.range.lowerBound + offset] = group.lowerBound(offset, key: lastKey)
          }
        }
      }
    }
    (self.size, self.found, self.bounds, weights) = (size, found, bounds, search.exactWeights)
  }

  /// Searches blocks in the order of their bounds, in runs of doubling length, until no bound is below the last key of
  /// any row.
  private static func find<Number: KernelNumber>(
    _ group: RowGroup<Number>, _ size: Int, _ found: UnsafeMutableBufferPointer<Int32>,
    _ report: (_ offset: Int, _ lastKey: Double) -> Void
  ) {
    var bounds: [Double] = []
    bounds.reserveCapacity(group.search.columns.blocks.count)
    group.search.forEachBound(group) { bounds.append($1) }
    let order = bounds.indices.sorted { (bounds[$0], $0) < (bounds[$1], $1) }.map { Int32(truncatingIfNeeded: $0) }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: found.count) { keys in
      keys.update(repeating: .infinity)
      var (next, length) = (0, 1)
      while next < order.count {
        let last = (1...group.range.count).reduce(-Double.infinity) { max($0, keys[$1 * size - 1]) }
        if bounds[Int(order[next])] >= last { break }
        let end = min(order.count, next + length)
        order[next..<end].withUnsafeBufferPointer { blocks in
          for first in group.firsts {
            for offset in first..<min(first + 4, group.range.count) {
              group.setLimit(offset, keys[(offset + 1) * size - 1])
            }
            group.run(first, blocks) { offset, column, key in
              insert(key, Int32(truncatingIfNeeded: column), offset * size, size, keys, found)
            }
          }
        }
        next = end
        length *= 2
      }
      for offset in 0..<group.range.count { report(offset, keys[(offset + 1) * size - 1]) }
    }
  }

  /// Inserts a pair into the short sorted list of its row.
  @inline(__always)
  private static func insert(
    _ key: Double, _ column: Int32, _ start: Int, _ size: Int, _ keys: UnsafeMutableBufferPointer<Double>,
    _ found: UnsafeMutableBufferPointer<Int32>
  ) {
    var place = start + size - 1
    guard key < keys[place] else { return }
    while place > start, key < keys[place - 1] {
      keys[place] = keys[place - 1]
      found[place] = found[place - 1]
      place -= 1
    }
    keys[place] = key
    found[place] = column
  }
}

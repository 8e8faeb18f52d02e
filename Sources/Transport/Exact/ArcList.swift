/// A pair (row of x, row of y) that the simplex may use, with its cost.
package struct Arc: Sendable {
  package let row: Int32
  package let column: Int32
  package let cost: Double
}

/// Arcs by row: those of row i are at start[i]..<start[i + 1].
struct ArcList {
  private var start: [Int] = []
  private var columns: [Int32] = []
  private var costs: [Double] = []

  init() {}

  init(_ arcs: [Arc], rows: Int) { merge(arcs, rows: rows) }

  var count: Int { columns.count }

  /// Appends arcs to those of their rows.
  ///
  /// - Parameter more: ordered by row
  mutating func merge(_ more: [Arc], rows: Int) {
    var merged = ArcList()
    merged.start.reserveCapacity(rows + 1)
    merged.columns.reserveCapacity(count + more.count)
    merged.costs.reserveCapacity(count + more.count)
    var next = 0
    for row in 0..<rows {
      merged.start.append(merged.count)
      if !start.isEmpty {
        merged.columns.append(contentsOf: columns[start[row]..<start[row + 1]])
        merged.costs.append(contentsOf: costs[start[row]..<start[row + 1]])
      }
      while next < more.count, Int(more[next].row) == row {
        merged.columns.append(more[next].column)
        merged.costs.append(more[next].cost)
        next += 1
      }
    }
    merged.start.append(merged.count)
    self = merged
  }

  @inline(__always)
  func withUnsafePointers<R>(
    _ body: (UnsafePointer<Int>, UnsafePointer<Int32>, UnsafePointer<Double>) -> R
  ) -> R? {
    start.withUnsafeBufferPointer { start in
      columns.withUnsafeBufferPointer { columns in
        costs.withUnsafeBufferPointer { costs in
          guard let start = start.baseAddress, let columns = columns.baseAddress, let costs = costs.baseAddress
          else { return nil }
          return body(start, columns, costs)
        }
      }
    }
  }
}

/// Rows that have a time each, gathered by equal times: terms of an energy are evaluated at many points of one time.
package struct TimeGroups {
  package struct Group {
    package let time: Double
    package let rows: [Int]
  }

  /// By ascending time; rows keep their order.
  package let groups: [Group]

  package init(_ times: [Double]) {
    var groups: [Group] = []
    let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    var start = 0
    while start < order.count {
      let time = times[order[start]]
      let end = order[start...].firstIndex { times[$0] != time } ?? order.count
      groups.append(Group(time: time, rows: Array(order[start..<end])))
      start = end
    }
    self.groups = groups
  }

  /// Has `evaluate` compute numbers of a width per row group by group, and returns them row by row.
  ///
  /// - Parameters:
  ///   - points: row-major, as many rows as there are times
  ///   - width: numbers per row of the result
  package func gather(
    _ points: UnsafeBufferPointer<Double>, width: Int,
    _ evaluate: (_ rows: [Int], _ points: [Double], _ time: Double) throws -> [Double]
  ) rethrows -> [Double] {
    let count = groups.reduce(0) { $0 + $1.rows.count }
    let columns = points.count / max(1, count)
    var result = [Double](repeating: 0, count: count * width)
    for group in groups {
      let own = group.rows.flatMap { points[$0 * columns..<($0 + 1) * columns] }
      let numbers = try evaluate(group.rows, own, group.time)
      for (place, row) in group.rows.enumerated() {
        for k in 0..<width { result[row * width + k] = numbers[place * width + k] }
      }
    }
    return result
  }
}

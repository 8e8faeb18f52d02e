import Numerics

/// Assignments on a list of arcs: every row to one column, by row reductions and shortest augmenting paths (Jonker and
/// Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems", Computing 38,
/// 1987).
///
/// In many dimensions the nearest candidates are nearly a solution, so that paths are short and this is much faster
/// than a simplex. Where paths are long, as they often are in the plane, it gives up.
final class Assignment {
  private let arcs: ArcList
  private let count: Int
  /// Potentials: c_ij - u_i - v_j >= 0 on the arcs, 0 on assigned ones.
  private(set) var u: [Double]
  private(set) var v: [Double]
  /// Column of each row and row of each column; -1 for none.
  private(set) var columnOfRow: [Int32]
  private var rowOfColumn: [Int32]

  /// What a search knows of a column; valid if `stamp` is the number of that search.
  private struct Label {
    var distance = 0.0
    var row: Int32 = -1
    var stamp: Int32 = 0
  }
  private var labels: [Label]
  private var heap = DistanceHeap()
  private var stamp: Int32 = 0
  /// Arcs that searches may still look at.
  private var budget: Int

  /// The budget per arc of the list. Once it is spent, paths are too long for this method.
  private static let patience = 400
  private static let reductions = 4

  /// - Parameters:
  ///   - arcs: between as many rows as columns
  ///   - v: guess of the potentials of the columns
  init(_ arcs: ArcList, v: [Double]) {
    self.arcs = arcs
    self.v = v
    count = v.count
    u = [Double](repeating: 0, count: count)
    columnOfRow = [Int32](repeating: -1, count: count)
    rowOfColumn = [Int32](repeating: -1, count: count)
    labels = [Label](repeating: Label(), count: count)
    budget = Self.patience * arcs.count
  }

  var freeRows: [Int] { columnOfRow.indices.filter { columnOfRow[$0] < 0 } }

  /// Assigns rows to their nearest columns. Then each row that is left takes its nearest column from whoever has it,
  /// and lowers that column's potential until the row's second nearest column is as good.
  ///
  /// - Parameter check: called now and then; what it throws ends the work.
  func reduce(_ check: () throws -> Void) rethrows {
    var free: [Int] = []
    for row in 0..<count {
      let nearest = twoNearest(row)
      u[row] = nearest.firstCost
      if nearest.first >= 0, rowOfColumn[Int(nearest.first)] < 0 {
        rowOfColumn[Int(nearest.first)] = Int32(truncatingIfNeeded: row)
        columnOfRow[row] = nearest.first
      } else {
        free.append(row)
      }
    }
    for _ in 0..<Self.reductions where !free.isEmpty {
      var next: [Int] = []
      for (place, first) in free.enumerated() {
        if place & 0xFF == 0 { try check() }
        var row = first
        // A chain of rows that take each other's columns ends by itself; the bound keeps a long one from taking all the
        // time.
        for step in 0..<100 {
          let nearest = twoNearest(row)
          guard nearest.first >= 0 else { break }
          u[row] = nearest.secondCost
          var column = Int(nearest.first)
          let strictly = nearest.secondCost > nearest.firstCost
          if strictly {
            v[column] -= nearest.secondCost - nearest.firstCost
          } else if rowOfColumn[column] >= 0, nearest.second >= 0 {
            column = Int(nearest.second)
          }
          let owner = Int(rowOfColumn[column])
          rowOfColumn[column] = Int32(truncatingIfNeeded: row)
          columnOfRow[row] = Int32(truncatingIfNeeded: column)
          guard owner >= 0 else { break }
          columnOfRow[owner] = -1
          if strictly, step < 99 {
            row = owner
          } else {
            next.append(owner)
            break
          }
        }
      }
      free = next
    }
  }

  private func twoNearest(_ row: Int) -> (first: Int32, firstCost: Double, second: Int32, secondCost: Double) {
    arcs.withUnsafePointers { start, columns, costs in
      v.withUnsafeBufferPointer { v in
        var (first, second): (Int32, Int32) = (-1, -1)
        var (firstCost, secondCost) = (Double.infinity, Double.infinity)
        for index in start[row]..<start[row + 1] {
          let cost = costs[index] - v[Int(columns[index])]
          if cost < firstCost {
            (second, secondCost) = (first, firstCost)
            (first, firstCost) = (columns[index], cost)
          } else if cost < secondCost {
            (second, secondCost) = (columns[index], cost)
          }
        }
        // A row with a single arc has no second nearest column to compare with.
        return (first, firstCost, second, second < 0 ? firstCost : secondCost)
      }
    } ?? (-1, .infinity, -1, .infinity)
  }

  /// Assigns the free rows one by one along shortest paths. Rows without a path, and all rows once the budget is spent,
  /// stay free.
  ///
  /// - Parameter check: called before each path; what it throws ends the work.
  func augment(_ check: () throws -> Void) rethrows {
    for row in freeRows where budget > 0 {
      try check()
      augment(row)
    }
  }

  /// Dijkstra's search over columns from a free row to the nearest free column.
  private func augment(_ source: Int) {
    stamp += 1
    heap.removeAll()
    var settled: [(column: Int, row: Int, distance: Double)] = []
    var sourceCost = Double.infinity
    var end = -1
    var (row, distance) = (source, 0.0)
    var best = Double.infinity
    // u of a free row is what its nearest column costs.
    arcs.withUnsafePointers { start, columns, costs in
      for index in start[source]..<start[source + 1] {
        sourceCost = min(sourceCost, costs[index] - v[Int(columns[index])])
      }
    }
    u[source] = sourceCost
    while true {
      relax(row, distance, &best)
      guard let (next, column) = popNearest() else { return }
      distance = next
      if rowOfColumn[column] < 0 {
        end = column
        break
      }
      row = Int(rowOfColumn[column])
      settled.append((column, row, distance))
    }
    u[source] += distance
    for (column, row, reached) in settled {
      v[column] -= distance - reached
      u[row] += distance - reached
    }
    var column = end
    while true {
      let row = Int(labels[column].row)
      let before = columnOfRow[row]
      rowOfColumn[column] = Int32(truncatingIfNeeded: row)
      columnOfRow[row] = Int32(truncatingIfNeeded: column)
      if row == source { return }
      column = Int(before)
    }
  }

  private func popNearest() -> (Double, Int)? {
    while let (distance, column) = heap.pop() {
      if distance <= labels[Int(column)].distance { return (distance, Int(column)) }
    }
    return nil
  }

  /// Labels the columns that are nearer through `row`, which was reached at `distance`, unless they are farther than
  /// the nearest free column so far.
  private func relax(_ row: Int, _ distance: Double, _ best: inout Double) {
    let (base, stamp) = (distance - u[row], stamp)
    arcs.withUnsafePointers { start, columns, costs in
      labels.withUnsafeMutableBufferPointer { labels in
        v.withUnsafeBufferPointer { v in
          budget -= start[row + 1] - start[row]
          for index in start[row]..<start[row + 1] {
            let column = Int(columns[index])
            let reached = max(distance, costs[index] - v[column] + base)
            guard reached < best else { continue }
            if labels[column].stamp == stamp, reached >= labels[column].distance { continue }
            labels[column] = Label(distance: reached, row: Int32(truncatingIfNeeded: row), stamp: stamp)
            if rowOfColumn[column] < 0 { best = reached.nextUp }
            heap.push(reached, columns[index])
          }
        }
      }
    }
  }
}

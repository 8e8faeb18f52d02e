/// Plans on the line.
///
/// For convex functions of x - y the cost matrix of sorted points has the Monge property, so that the monotone plan is
/// optimal, and the potentials along its staircase of pairs are feasible for all pairs (Hoffman, "On simple linear
/// programming problems", 1963). Cost: O(n log n + m log m).
enum SortedPlan {
  static func solve(_ problem: TransportProblem) -> TransportSolution {
    let geometry = problem.geometry
    let rows = order(geometry.x)
    let columns = order(geometry.y)
    var supply = problem.supply
    var demand = problem.demand
    var duals = Duals(
      u: [DoubleDouble](repeating: .zero, count: rows.count),
      v: [DoubleDouble](repeating: .zero, count: columns.count))
    var flows: [Flow] = []
    flows.reserveCapacity(rows.count + columns.count)
    var (i, j) = (0, 0)
    duals.v[columns[0]] = DoubleDouble(geometry.cost(rows[0], columns[0]))
    while true {
      let (row, column) = (rows[i], columns[j])
      let units = min(supply[row], demand[column])
      supply[row] -= units
      demand[column] -= units
      if units > 0 { flows.append(Flow(row: row, column: column, units: units)) }
      // One step along the staircase; an edge without flow where both ends are exhausted.
      if supply[row] == 0, i + 1 < rows.count {
        i += 1
        duals.u[rows[i]] = DoubleDouble(geometry.cost(rows[i], column)) - duals.v[column]
      } else if j + 1 < columns.count {
        j += 1
        duals.v[columns[j]] = DoubleDouble(geometry.cost(row, columns[j])) - duals.u[row]
      } else {
        break
      }
    }
    let ends = [(rows.first, columns.last), (rows.last, columns.first)]
    let largest = ends.reduce(0.0) { largest, pair in
      guard let row = pair.0, let column = pair.1 else { return largest }
      return max(largest, geometry.cost(row, column))
    }
    return TransportSolution(flows: flows, duals: duals, largestCost: largest, pivots: 0)
  }

  private static func order(_ points: PointSet) -> [Int] {
    (0..<points.count).sorted { (points.rows[$0], $0) < (points.rows[$1], $1) }
  }
}

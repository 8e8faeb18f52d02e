/// Plans between populations on a line.
///
/// For convex functions of x - y the cost matrix of sorted points has the Monge property, so that the monotone plan is
/// optimal, and the potentials along its staircase of pairs are feasible for all pairs (Hoffman, "On simple linear
/// programming problems", 1963). Costs are double-doubles here, because rounded ones would lack that property.
///
/// Time O(n log n + m log m).
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
    var costs: [DoubleDouble] = []
    flows.reserveCapacity(rows.count + columns.count)
    costs.reserveCapacity(rows.count + columns.count)
    var (i, j) = (0, 0)
    duals.v[columns[0]] = cost(geometry, rows[0], columns[0])
    while true {
      let (row, column) = (rows[i], columns[j])
      let units = min(supply[row], demand[column])
      supply[row] -= units
      demand[column] -= units
      if units > 0 {
        flows.append(Flow(row: row, column: column, units: units))
        costs.append(cost(geometry, row, column))
      }
      // One step along the staircase. Where both ends are exhausted, the next pair carries no flow.
      if supply[row] == 0, i + 1 < rows.count {
        i += 1
        duals.u[rows[i]] = cost(geometry, rows[i], column) - duals.v[column]
      } else if j + 1 < columns.count {
        j += 1
        duals.v[columns[j]] = cost(geometry, row, columns[j]) - duals.u[row]
      } else {
        break
      }
    }
    let largest = max(
      cost(geometry, rows[0], columns[columns.count - 1]).hi, cost(geometry, rows[rows.count - 1], columns[0]).hi)
    return TransportSolution(
      problem, flows: flows, costs: costs, duals: duals, largestCost: largest, pivots: 0)
  }

  private static func order(_ points: PointSet) -> [Int] {
    (0..<points.count).sorted { (points.rows[$0], $0) < (points.rows[$1], $1) }
  }

  private static func cost(_ geometry: Geometry, _ row: Int, _ column: Int) -> DoubleDouble {
    let difference = DoubleDouble.exactSum(geometry.x.rows[row], -geometry.y.rows[column])
    switch geometry.metric {
    case .squaredEuclidean: return difference * difference
    case .euclidean: return difference.hi < 0 ? -difference : difference
    }
  }
}

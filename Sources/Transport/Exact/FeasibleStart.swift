import Numerics

/// Mass units on a pair.
package struct Flow: Sendable {
  package let row: Int
  package let column: Int
  package var units: Int

  package init(row: Int, column: Int, units: Int) {
    self.row = row
    self.column = column
    self.units = units
  }
}

/// A plan for the simplex to begin with, which is cheap and whose pairs form a forest.
struct FeasibleStart {
  private let problem: TransportProblem
  private let guess: Duals
  private var supply: [Int]
  private var demand: [Int]
  private var flows: [Flow] = []

  /// Nearest pairs per point in a round of `fillNearest`.
  private static let perPoint = 8
  /// The most rounds of `fillNearest`: where all rows are near the same few columns, a round fills only those.
  private static let rounds = 10

  /// Fills pairs in the order of their reduced costs under `guess`, each with as much flow as its ends allow: first the
  /// arcs, then, in several rounds, the nearest pairs of the points that are left. Every pair that takes flow exhausts
  /// one of its ends, which no later pair uses, so that no cycle arises.
  ///
  /// - Parameter flows: given flows, each of which exhausts one of its ends
  static func find(
    _ problem: TransportProblem, flows: [Flow] = [], arcs: [Arc], _ guess: Duals, _ interruption: Interruption?
  ) throws -> [Flow] {
    var start = FeasibleStart(problem, flows, guess)
    start.fill(
      arcs.map {
        let (row, column) = (Int($0.row), Int($0.column))
        return ($0.cost - guess.u[row].hi - guess.v[column].hi, row, column)
      })
    for _ in 0..<rounds {
      if try !start.fillNearest(interruption) { return start.flows }
    }
    start.fillInOrder()
    return start.flows
  }

  private init(_ problem: TransportProblem, _ flows: [Flow], _ guess: Duals) {
    (self.problem, self.guess, self.supply, self.demand) = (problem, guess, problem.supply, problem.demand)
    self.flows.reserveCapacity(problem.supply.count + problem.demand.count)
    for flow in flows {
      supply[flow.row] -= flow.units
      demand[flow.column] -= flow.units
      self.flows.append(flow)
    }
  }

  private mutating func fill(_ pairs: [(key: Double, row: Int, column: Int)]) {
    for (_, row, column) in pairs.sorted(by: { ($0.key, $0.row, $0.column) < ($1.key, $1.row, $1.column) }) {
      let units = min(supply[row], demand[column])
      if units == 0 { continue }
      supply[row] -= units
      demand[column] -= units
      flows.append(Flow(row: row, column: column, units: units))
    }
  }

  /// - Returns: whether anything was left to fill.
  private mutating func fillNearest(_ interruption: Interruption?) throws -> Bool {
    let rows = supply.indices.filter { supply[$0] > 0 }
    if rows.isEmpty { return false }
    let columns = demand.indices.filter { demand[$0] > 0 }
    let rest = problem.geometry.selecting(rows: rows, columns: columns)
    let u = rows.map { guess.u[$0] }
    let v = columns.map { guess.v[$0] }
    var pairs: [(key: Double, row: Int, column: Int)] = []
    func append(_ i: Int, _ j: Int) { pairs.append((rest.cost(i, j) - u[i].hi - v[j].hi, rows[i], columns[j])) }
    let (perRow, perColumn) = (min(Self.perPoint, columns.count), min(Self.perPoint, rows.count))
    for (place, column) in try rest.nearest(weights: v, perRow, interruption).found.enumerated() {
      append(place / perRow, Int(column))
    }
    for (place, row) in try rest.reversed.nearest(weights: u, perColumn, interruption).found.enumerated() {
      append(Int(row), place / perColumn)
    }
    fill(pairs)
    return true
  }

  /// Fills what is left row by row and column by column. They are in the order of `SpatialOrder`, which keeps the pairs
  /// short.
  private mutating func fillInOrder() {
    var (row, column) = (0, 0)
    while row < supply.count, column < demand.count {
      let units = min(supply[row], demand[column])
      if units > 0 {
        supply[row] -= units
        demand[column] -= units
        flows.append(Flow(row: row, column: column, units: units))
      }
      if supply[row] == 0 { row += 1 } else { column += 1 }
    }
  }
}

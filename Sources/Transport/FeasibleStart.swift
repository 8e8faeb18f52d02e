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

/// A plan to begin with: cheap, and a forest.
enum FeasibleStart {
  /// Fills the arcs in order of their reduced cost under `guess`, each as far as it goes, then whatever pairs remain
  /// in the order of the first coordinate. Every arc that takes flow exhausts one of its ends, which no later arc
  /// uses; hence no cycle.
  static func find(_ geometry: Geometry, supply: [Int], demand: [Int], arcs: [Arc], _ guess: Duals) -> [Flow] {
    var supply = supply
    var demand = demand
    var flows: [Flow] = []
    flows.reserveCapacity(supply.count + demand.count)
    func fill(_ row: Int, _ column: Int) {
      let units = min(supply[row], demand[column])
      if units == 0 { return }
      supply[row] -= units
      demand[column] -= units
      flows.append(Flow(row: row, column: column, units: units))
    }

    let keys = arcs.map { $0.cost - guess.u[Int($0.row)].hi - guess.v[Int($0.column)].hi }
    for index in arcs.indices.sorted(by: { (keys[$0], $0) < (keys[$1], $1) }) {
      fill(Int(arcs[index].row), Int(arcs[index].column))
    }
    let rows = byFirstCoordinate(geometry.x).filter { supply[$0] > 0 }
    let columns = byFirstCoordinate(geometry.y).filter { demand[$0] > 0 }
    var (i, j) = (0, 0)
    while i < rows.count, j < columns.count {
      fill(rows[i], columns[j])
      if supply[rows[i]] == 0 { i += 1 } else { j += 1 }
    }
    return flows
  }

  private static func byFirstCoordinate(_ points: PointSet) -> [Int] {
    (0..<points.count).sorted {
      (points.rows[$0 * points.dimension], $0) < (points.rows[$1 * points.dimension], $1)
    }
  }
}

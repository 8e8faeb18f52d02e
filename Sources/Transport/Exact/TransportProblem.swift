import Numerics

/// A transport problem as the solvers take it: scaled points, whole mass units, and only the distinct points that carry
/// mass. Rows and columns of the solvers are these distinct points.
struct TransportProblem {
  let metric: GroundCost
  let points: ScaledPoints
  let units: MassUnits
  let distinctX: DistinctPoints
  let distinctY: DistinctPoints
  let supply: [Int]
  let demand: [Int]
  let geometry: Geometry

  init(points: ScaledPoints, units: MassUnits, metric: GroundCost) {
    self.metric = metric
    self.points = points
    self.units = units
    distinctX = DistinctPoints(points.x, units: units.supply)
    distinctY = DistinctPoints(points.y, units: units.demand)
    supply = distinctX.masses(units.supply)
    demand = distinctY.masses(units.demand)
    geometry = Geometry(
      x: PointSet(points.x, at: distinctX.firstRows), y: PointSet(points.y, at: distinctY.firstRows), metric: metric)
  }

  /// The mass of every distinct point, where it is the same for all and there are as many rows as columns. An optimal
  /// vertex then takes every row to one column.
  var unitsOfEveryPoint: Int? {
    guard supply.count == demand.count, let units = supply.first, (supply + demand).allSatisfy({ $0 == units })
    else { return nil }
    return units
  }

  /// The problem between some of the distinct points, with masses in proportion.
  func selecting(rows: [Int], columns: [Int]) -> TransportProblem {
    let a = rows.map { Double(supply[$0]) }
    let b = columns.map { Double(demand[$0]) }
    let total = a.reduce(0, +)
    let ratio = total / b.reduce(0, +)
    let (firstX, firstY) = (distinctX.firstRows, distinctY.firstRows)
    return TransportProblem(
      points: points.selecting(x: rows.map { firstX[$0] }, y: columns.map { firstY[$0] }),
      units: MassUnits(
        a, total: total, rows: rows.count, b.map { $0 * ratio }, total: total, columns: columns.count),
      metric: metric)
  }

  /// Flows between rows of the populations from flows between distinct points.
  ///
  /// Each flow takes the rows of its two points in turn. A step exhausts a flow or a row, and the last row of a point
  /// is exhausted together with its last flow; so a vertex stays a vertex.
  func flowsBetweenRows(_ flows: [Flow]) -> [Flow] {
    var (restX, restY) = (units.supply, units.demand)
    var (nextX, nextY) = (distinctX.start, distinctY.start)
    var split: [Flow] = []
    split.reserveCapacity(restX.count + restY.count)
    for flow in flows {
      var left = flow.units
      while left > 0 {
        let (row, column) = (distinctX.rows[nextX[flow.row]], distinctY.rows[nextY[flow.column]])
        let units = min(left, restX[row], restY[column])
        split.append(Flow(row: row, column: column, units: units))
        left -= units
        restX[row] -= units
        restY[column] -= units
        if restX[row] == 0 { nextX[flow.row] += 1 }
        if restY[column] == 0 { nextY[flow.column] += 1 }
      }
    }
    return split
  }

  /// Feasible potentials for all rows of the populations. Rows without mass get the largest that the others allow.
  func dualsOfRows(_ duals: Duals, _ interruption: Interruption?) throws -> Duals {
    var all = Duals(
      u: [DoubleDouble](repeating: .zero, count: units.supply.count),
      v: [DoubleDouble](repeating: .zero, count: units.demand.count))
    for point in 0..<distinctX.count {
      for row in distinctX.rows[distinctX.start[point]..<distinctX.start[point + 1]] { all.u[row] = duals.u[point] }
    }
    for point in 0..<distinctY.count {
      for row in distinctY.rows[distinctY.start[point]..<distinctY.start[point + 1]] { all.v[row] = duals.v[point] }
    }
    let massless = (
      x: all.u.indices.filter { units.supply[$0] == 0 }, y: all.v.indices.filter { units.demand[$0] == 0 }
    )
    if !massless.y.isEmpty {
      let set = PointSet(points.y, at: massless.y)
      let v = try Self.leastReducedCosts(Geometry(x: set, y: geometry.x, metric: metric), duals.u, interruption)
      for (place, column) in massless.y.enumerated() { all.v[column] = v[place] }
    }
    if !massless.x.isEmpty {
      let set = PointSet(points.x, at: massless.x)
      let columns = PointSet(points.y, at: Array(all.v.indices))
      let u = try Self.leastReducedCosts(Geometry(x: set, y: columns, metric: metric), all.v, interruption)
      for (place, row) in massless.x.enumerated() { all.u[row] = u[place] }
    }
    return all
  }

  /// u_i = min_j c(x_i, y_j) - v_j, first approximately and then lowered until it is feasible.
  private static func leastReducedCosts(
    _ geometry: Geometry, _ v: [DoubleDouble], _ interruption: Interruption?
  ) throws -> [DoubleDouble] {
    let u = try geometry.leastReducedCosts(of: geometry.x, v, interruption)
    let duals = Duals(u: u, v: v)
    return try Pricing(geometry, duals, tolerance: 0, interruption).feasible(duals).u
  }
}

/// An optimal vertex of a transport problem, in its scaled units, and its duals, which are feasible for all pairs of
/// distinct points.
struct TransportSolution {
  /// Positive flows between distinct points.
  let flows: [Flow]
  let duals: Duals
  let largestCost: Double
  let certificate: Certificate
  let pivots: Int

  /// - Parameter costs: the cost of a mass unit on each flow
  init(
    _ problem: TransportProblem, flows: [Flow], costs: [DoubleDouble], duals: Duals, largestCost: Double, pivots: Int
  ) {
    (self.flows, self.duals, self.largestCost, self.pivots) = (flows, duals, largestCost, pivots)
    certificate = Certificate(
      flows: flows, costs: costs, supply: problem.supply, demand: problem.demand, duals: duals,
      largestCost: largestCost)
  }
}

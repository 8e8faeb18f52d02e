import Numerics

/// A transport problem as the solvers take it: scaled points, whole mass units, and only rows that carry mass.
struct TransportProblem {
  let metric: GroundCost
  let points: ScaledPoints
  let units: MassUnits
  /// Rows of x and of y with mass, in order.
  let activeX: [Int]
  let activeY: [Int]
  let geometry: Geometry

  var supply: [Int] { activeX.map { units.supply[$0] } }
  var demand: [Int] { activeY.map { units.demand[$0] } }

  /// The problem of some of the active rows and columns, with their masses in proportion.
  func selecting(rows: [Int], columns: [Int]) -> TransportProblem {
    let a = rows.map { Double(units.supply[activeX[$0]]) }
    let b = columns.map { Double(units.demand[activeY[$0]]) }
    let total = a.reduce(0, +)
    let ratio = total / b.reduce(0, +)
    return TransportProblem(
      points: points.selecting(x: rows.map { activeX[$0] }, y: columns.map { activeY[$0] }),
      units: MassUnits(
        a, total: total, rows: rows.count, b.map { $0 * ratio }, total: total, columns: columns.count),
      metric: metric)
  }

  init(points: ScaledPoints, units: MassUnits, metric: GroundCost) {
    self.metric = metric
    self.points = points
    self.units = units
    activeX = units.supply.indices.filter { units.supply[$0] > 0 }
    activeY = units.demand.indices.filter { units.demand[$0] > 0 }
    geometry = Geometry(
      x: PointSet(points.x, dimension: points.dimension, indices: activeX),
      y: PointSet(points.y, dimension: points.dimension, indices: activeY), metric: metric)
  }
}

/// An optimal vertex of a transport problem, in its scaled units, and its duals, feasible for all active pairs.
struct TransportSolution {
  /// By active row and column, positive.
  let flows: [Flow]
  /// Of a unit on each flow.
  let costs: [DoubleDouble]
  let duals: Duals
  let largestCost: Double
  let pivots: Int

  func certificate(_ problem: TransportProblem) -> Certificate {
    Certificate(
      flows: flows, costs: costs, supply: problem.supply, demand: problem.demand, duals: duals,
      largestCost: largestCost)
  }
}

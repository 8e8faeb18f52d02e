import Numerics

/// The optimal plan between the populations sum_i a_i delta(x_i) and sum_j b_j delta(y_j),
///
///     minimise sum_ij c(x_i, y_j) gamma_ij  subject to  sum_j gamma_ij = a_i, sum_i gamma_ij = b_j, gamma_ij >= 0,
///
/// a vertex of the transport polytope, with duals that certify it.
///
/// - Parameters:
///   - x: shape (n, d), finite
///   - a: n masses, not negative, with a positive sum; nil for 1/n each
///   - y: shape (m, d), finite
///   - b: m masses, likewise; nil for 1/m each. The sums of a and b agree to 1e-9 relative; b is rescaled to the sum
///     of a.
/// - Throws: `.shape`, `.nonfinite`, `.population` or `.invalid` for arguments that break this; `.convergence` when a
///   gap of 1e-9 or marginals to 1e-12 could not be certified.
package func exactPlan(
  from x: Matrix, masses a: [Double]?, to y: Matrix, masses b: [Double]?, cost metric: GroundCost
) throws -> TransportPlan {
  let arguments = try PlanArguments(x, a, y, b)
  let problem = arguments.problem(metric)
  let solution = try solve(problem)
  return try arguments.plan(problem, solution)
}

/// Solves a problem by the method that suits its dimension.
func solve(_ problem: TransportProblem) throws -> TransportSolution {
  problem.points.dimension == 1 ? SortedPlan.solve(problem) : try SimplexPlan.solve(problem)
}

/// Valid arguments of a plan.
struct PlanArguments {
  let x: Matrix
  let y: Matrix
  let a: [Double]?
  let b: [Double]?
  let totalA: Double
  let totalB: Double

  init(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?) throws {
    try Validation.checkPoints(x: x, y: y)
    totalA = try Validation.checkMasses(a, count: x.rows, "a", of: "x")
    totalB = try Validation.checkMasses(b, count: y.rows, "b", of: "y")
    try Validation.checkTotals(totalA, totalB)
    (self.x, self.y, self.a, self.b) = (x, y, a, b)
  }

  func problem(_ metric: GroundCost) -> TransportProblem {
    TransportProblem(
      points: ScaledPoints(x, y),
      units: MassUnits(a, total: totalA, rows: x.rows, b, total: totalB, columns: y.rows), metric: metric)
  }

  /// The plan in the caller's rows and units, checked.
  func plan(_ problem: TransportProblem, _ solution: TransportSolution) throws -> TransportPlan {
    let points = problem.points
    func unscaled(_ cost: Double) -> Double { points.unscaled(cost, problem.metric) }
    guard unscaled(solution.largestCost).isFinite else {
      throw EngineError(.invalid, "x and y are so far apart that a cost exceeds \(Double.greatestFiniteMagnitude)")
    }
    let entries = solution.flows
      .map { flow in
        TransportPlan.Entry(
          row: problem.activeX[flow.row], column: problem.activeY[flow.column], mass: problem.units.mass(flow.units))
      }
      .sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    let error = marginalError(entries)
    let certificate = solution.certificate(problem)
    try certificate.verify(marginalError: error)
    let duals = problem.allDuals(solution.duals)
    return TransportPlan(
      rows: x.rows, columns: y.rows, entries: entries,
      dualX: duals.u.map { unscaled($0.value) }, dualY: duals.v.map { unscaled($0.value) },
      cost: unscaled(problem.units.mass(certificate.cost).value),
      dualCost: unscaled(problem.units.mass(certificate.dualCost).value),
      marginalError: error, gap: certificate.gap, iterations: solution.pivots)
  }

  /// Largest deviation of a row sum from a, or of a column sum from b rescaled to the sum of a, relative to that sum.
  func marginalError(_ entries: [TransportPlan.Entry]) -> Double {
    var rowSums = [DoubleDouble](repeating: .zero, count: x.rows)
    var columnSums = [DoubleDouble](repeating: .zero, count: y.rows)
    for entry in entries {
      rowSums[entry.row] += DoubleDouble(entry.mass)
      columnSums[entry.column] += DoubleDouble(entry.mass)
    }
    var largest = 0.0
    for (i, sum) in rowSums.enumerated() {
      largest = max(largest, abs(sum.value - (a?[i] ?? 1 / Double(x.rows))))
    }
    let rescale = totalA / totalB
    for (j, sum) in columnSums.enumerated() {
      largest = max(largest, abs(sum.value - (b?[j] ?? 1 / Double(y.rows)) * rescale))
    }
    return largest / totalA
  }
}

extension TransportProblem {
  /// Feasible potentials for all rows, also those without mass: the largest that the active ones allow.
  func allDuals(_ duals: Duals) -> Duals {
    var all = Duals(
      u: [DoubleDouble](repeating: .zero, count: units.supply.count),
      v: [DoubleDouble](repeating: .zero, count: units.demand.count))
    for (place, row) in activeX.enumerated() { all.u[row] = duals.u[place] }
    for (place, column) in activeY.enumerated() { all.v[column] = duals.v[place] }
    for column in all.v.indices where units.demand[column] == 0 {
      all.v[column] = DoubleDouble(activeX.lazy.map { cost($0, column) - all.u[$0].value }.min() ?? 0)
    }
    for row in all.u.indices where units.supply[row] == 0 {
      all.u[row] = DoubleDouble(all.v.indices.lazy.map { cost(row, $0) - all.v[$0].value }.min() ?? 0)
    }
    return all
  }

  private func cost(_ row: Int, _ column: Int) -> Double {
    var sum = 0.0
    for k in 0..<points.dimension {
      let difference = points.y[column * points.dimension + k] - points.x[row * points.dimension + k]
      sum += difference * difference
    }
    return geometry.cost(squared: sum)
  }
}

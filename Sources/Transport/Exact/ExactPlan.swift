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
///   - b: m masses, likewise; nil for 1/m each. The sums of a and b agree to 1e-9 relative, or to 1e-6 where masses are
///     numbers of single precision; b is rescaled to the sum of a.
/// - Throws: `.shape`, `.nonfinite`, `.population` or `.invalid` for arguments that break this; `.convergence` when a
///   gap of 1e-9 or marginals to 1e-12 could not be certified; `.cancelled` when the interruption says so.
package func exactPlan(
  from x: Matrix, masses a: [Double]?, to y: Matrix, masses b: [Double]?, cost metric: GroundCost,
  interruption: Interruption? = nil
) throws -> TransportPlan {
  try PlanArguments(x, a, y, b).exactPlan(metric, interruption)
}

extension PlanArguments {
  func exactPlan(_ metric: GroundCost, _ interruption: Interruption?) throws -> TransportPlan {
    let problem = TransportProblem(
      points: ScaledPoints(x, y),
      units: MassUnits(a, total: totalA, rows: x.rows, b, total: totalB, columns: y.rows), metric: metric)
    let solution =
      problem.points.dimension == 1 ? SortedPlan.solve(problem) : try SimplexPlan.solve(problem, interruption)
    return try plan(problem, solution, interruption)
  }

  /// The plan in the caller's rows and units, checked.
  private func plan(
    _ problem: TransportProblem, _ solution: TransportSolution, _ interruption: Interruption?
  ) throws -> TransportPlan {
    func unscaled(_ cost: Double) -> Double { problem.points.scale.unscaled(cost: cost, problem.metric) }
    let entries = problem.flowsBetweenRows(solution.flows)
      .map { TransportPlan.Entry(row: $0.row, column: $0.column, mass: problem.units.mass($0.units)) }
      .sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    let error = marginalError(entries)
    let certificate = solution.certificate
    try certificate.verify(marginalError: error)
    let duals = try problem.dualsOfRows(solution.duals, interruption)
    let (dualX, dualY) = (duals.u.map { unscaled($0.value) }, duals.v.map { unscaled($0.value) })
    let cost = unscaled(problem.units.mass(certificate.cost).value)
    let dualCost = unscaled(problem.units.mass(certificate.dualCost).value)
    guard unscaled(solution.largestCost).isFinite, (dualX + dualY).allSatisfy(\.isFinite) else {
      throw EngineError(
        .invalid, "the populations are so far apart that a cost exceeds \(Double.greatestFiniteMagnitude)")
    }
    guard cost.isFinite, dualCost.isFinite else {
      throw EngineError(
        .invalid, "a has sum \(totalA), with which the cost of the plan exceeds \(Double.greatestFiniteMagnitude)")
    }
    return TransportPlan(
      rows: x.rows, columns: y.rows, entries: entries, dualX: dualX, dualY: dualY, cost: cost, dualCost: dualCost,
      marginalError: error, gap: certificate.gap, iterations: solution.pivots)
  }

  /// Largest deviation of a row sum from a, or of a column sum from b rescaled to the sum of a, relative to that sum.
  private func marginalError(_ entries: [TransportPlan.Entry]) -> Double {
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

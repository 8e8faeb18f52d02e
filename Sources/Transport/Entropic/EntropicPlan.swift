import CSystem
import Numerics

/// The plan that minimises
///
///     sum_ij C_ij P_ij + epsilon KL(P | a b^T) + rho_x KL(P 1 | a) + rho_y KL(P^T 1 | b),
///
/// with KL(p | q) = sum p ln(p/q) - p + q. An infinite rho makes its marginal a constraint (Cuturi 2013; Chizat, Peyre,
/// Schmitzer, Vialard 2018). It is kept as potentials, P_ij = a_i b_j exp((f_i + g_j - C_ij) / epsilon), and never
/// stored itself.
package struct EntropicPlan: Sendable {
  package let rows: Int
  package let columns: Int
  package var dimension: Int { pairs.dimension }
  /// f and g, in units of cost. Where both marginals hold, a constant may be moved from one to the other; it is chosen
  /// so that the mean of f under a equals that of g under b.
  package let potentialX: [Double]
  package let potentialY: [Double]
  /// P 1 and P^T 1.
  package let rowMasses: [Double]
  package let columnMasses: [Double]
  /// sum_ij C_ij P_ij
  package let cost: Double
  /// The dual value. It is never above the minimised objective and equals it at the optimum.
  package let objective: Double
  package let epsilon: Double
  /// Balanced: the larger of sum_i |(P 1)_i - a_i| and sum_j |(P^T 1)_j - b_j|, over the total mass. Otherwise the
  /// largest |ln| of the ratio of (P 1)_i to a_i exp(-f_i / rho_x), or of (P^T 1)_j to b_j exp(-g_j / rho_y), which are
  /// equal at the optimum.
  package let marginalError: Double
  package let iterations: Int
  /// Whether the marginal error is at most the tolerance.
  package let converged: Bool

  let pairs: PlanPairs

  package var mass: Double { rowMasses.reduce(0, +) }
}

/// The entropic plan between the populations sum_i a_i delta(x_i) and sum_j b_j delta(y_j).
///
/// - Parameters:
///   - x: shape (n, d), finite
///   - a: n masses, not negative, with a positive sum; nil for 1/n each
///   - y: shape (m, d), finite
///   - b: m masses, likewise; nil for 1/m each. Where both marginals must hold, the sums of a and b agree to 1e-9
///     relative, or to 1e-6 where masses are numbers of single precision; b is rescaled to the sum of a.
/// - Throws: `.shape`, `.nonfinite`, `.population` or `.invalid` for arguments that break this; `.cancelled` when the
///   interruption says so. A plan that has not converged is returned with `converged` false.
package func entropicPlan(
  from x: Matrix, masses a: [Double]?, to y: Matrix, masses b: [Double]?, cost metric: GroundCost,
  options: EntropicOptions = EntropicOptions(), interruption: Interruption? = nil
) throws -> EntropicPlan {
  let arguments = try EntropicArguments(x, a, y, b, options).resolved(metric, interruption)
  let problem = try EntropicProblem(arguments, metric)
  var solver = SinkhornSolver(problem, arguments.options, interruption)
  return try EntropicPlan(problem, arguments, try solver.solve())
}

extension EntropicPlan {
  init(_ problem: EntropicProblem, _ arguments: EntropicArguments, _ solution: SinkhornSolution) throws {
    let iteration = solution.iteration
    let given = arguments.populations
    (rows, columns) = (given.x.rows, given.y.rows)
    let total = problem.isBalanced ? given.totalA : 1
    let all = iteration.logSumsOfAllRows()
    pairs = PlanPairs(problem, iteration, all, total: total)
    var x = SolvedMarginal(x: problem, iteration, all.x)
    var y = SolvedMarginal(y: problem, iteration, all.y)
    let epsilon = problem.epsilon
    let massesProduct =
      problem.isBalanced ? 1 : problem.logA.reduce(0) { $0 + exp2($1) } * problem.logB.reduce(0) { $0 + exp2($1) }
    var dualValue = x.dual + y.dual - epsilon * (x.planMass - massesProduct)
    if problem.isBalanced {
      // With masses of sum M the entropy is that of P relative to a b^T, not that of shares.
      dualValue = total * (dualValue + epsilon * (total - 1 - log(total)))
      let shift = (y.meanPotential - x.meanPotential) / 2
      x.add(shift - epsilon * log(total) / 2)
      y.add(-(shift + epsilon * log(total) / 2))
    }
    potentialX = x.potentials.map(problem.unscaled)
    potentialY = y.potentials.map(problem.unscaled)
    rowMasses = x.massesOfAllRows(total: total)
    columnMasses = y.massesOfAllRows(total: total)
    objective = problem.unscaled(dualValue)
    cost = problem.unscaled(total * pairs.meanCost(problem, x.masses, y.masses))
    // The caller's own number, because scaling it there and back might change it.
    self.epsilon = arguments.options.epsilon ?? problem.unscaled(epsilon)
    marginalError = iteration.error
    iterations = solution.iterations
    converged = solution.converged
    guard cost.isFinite, objective.isFinite, (potentialX + potentialY + rowMasses + columnMasses).allSatisfy(\.isFinite)
    else {
      throw EngineError(
        .invalid,
        "a has sum \(given.totalA) and the other masses have sum \(given.totalB), with which the plan exceeds \(Double.greatestFiniteMagnitude)"
      )
    }
  }
}

import CSystem
import Numerics

/// The Sinkhorn divergence between two populations whose masses are divided by their sums,
///
///     S = OT(mu, nu) - OT(mu, mu) / 2 - OT(nu, nu) / 2,
///
/// where OT is the minimised objective of the entropic problem: not negative, 0 only for equal populations (Feydy et
/// al. 2019).
package struct SinkhornDivergence: Sendable {
  /// In units of cost.
  package let value: Double
  package let epsilon: Double
  /// The largest of the three problems' errors.
  package let marginalError: Double
  package let iterations: Int
  package let converged: Bool
}

/// - Parameters: as for `entropicPlan`; the default epsilon is that of the problem between x and y.
package func sinkhornDivergence(
  from x: Matrix, masses a: [Double]?, to y: Matrix, masses b: [Double]?, cost metric: GroundCost,
  options: EntropicOptions = EntropicOptions(), interruption: Interruption? = nil
) throws -> SinkhornDivergence {
  var options = options
  (options.relaxationX, options.relaxationY) = (.infinity, .infinity)
  let arguments = try EntropicArguments(x, shares(a), y, shares(b), options)
  let problem = try EntropicProblem(arguments, metric)
  var solver = SinkhornSolver(problem, options, interruption)
  let plan = try EntropicPlan(problem, arguments, try solver.solve())
  options.epsilon = plan.epsilon
  let given = arguments.populations
  let ofX = try SelfTransport(given.x, given.a, metric, options, interruption)
  let ofY = try SelfTransport(given.y, given.b, metric, options, interruption)
  let value = plan.objective - ofX.objective / 2 - ofY.objective / 2
  return SinkhornDivergence(
    value: max(0, value), epsilon: plan.epsilon,
    marginalError: max(plan.marginalError, ofX.marginalError, ofY.marginalError),
    iterations: plan.iterations + ofX.iterations + ofY.iterations,
    converged: plan.converged && ofX.converged && ofY.converged)
}

/// Masses divided by their sum. Invalid masses are returned unchanged, so that the validation that follows names them.
private func shares(_ masses: [Double]?) -> [Double]? {
  guard let masses, let largest = masses.max(), largest > 0, largest.isFinite else { return masses }
  let scaled = masses.map { $0 / largest }
  let sum = scaled.reduce(0, +)
  return sum > 0 && sum.isFinite ? scaled.map { $0 / sum } : masses
}

/// Entropic transport from a population to itself, whose two potentials are equal.
///
/// Replacing a potential by the average of itself and its update converges fast (Knight, Ruiz, Ucar 2014; Feydy et al.
/// 2019): where the plan from the population to itself is positive definite, its errors at least halve.
private struct SelfTransport {
  let objective: Double
  let marginalError: Double
  let iterations: Int
  let converged: Bool

  init(
    _ x: Matrix, _ masses: [Double]?, _ metric: GroundCost, _ options: EntropicOptions, _ interruption: Interruption?
  ) throws {
    let arguments = try EntropicArguments(x, masses, x, masses, options)
    let problem = try EntropicProblem(arguments, metric)
    let pairs = problem.exponents(problem.epsilon, rows: problem.supportX, columns: problem.supportX, single: true)
    let unit = EntropicProblem.log2e / problem.epsilon
    let shares = problem.logA.map { exp2($0) }
    let own = problem.ownCosts(problem.points.x)
    var a = zip(problem.logA, problem.supportX).map { $0 - unit * own[$1] }
    var sums = problem.supportX.map { unit * own[$0] }
    var inSingle = problem.allowsSingle
    // The error that single precision leaves. The rest is done in double.
    let floor = max(1e-5, 8 * problem.largestExponent * 0x1p-24)
    var used = 0
    var error = Double.infinity
    while true {
      try interruption?.check()
      sums = pairs.logSums(a, guess: sums, single: inSingle)
      error = 0
      for i in a.indices { error += abs(exp2(a[i] + sums[i]) - shares[i]) }
      used += 1
      if !inSingle, error <= options.tolerance || used >= options.maxIterations { break }
      if error <= max(floor, options.tolerance) || used >= options.maxIterations { inSingle = false }
      for i in a.indices { a[i] = (a[i] + problem.logA[i] - sums[i]) / 2 }
    }
    let mass = zip(a, sums).reduce(0) { $0 + exp2($1.0 + $1.1) }
    var dual = 0.0
    for (place, row) in problem.supportX.enumerated() {
      dual += shares[place] * ((a[place] - problem.logA[place]) / unit + problem.p[row])
    }
    objective = problem.unscaled(2 * dual - problem.epsilon * (mass - 1))
    marginalError = error
    iterations = used
    converged = error <= options.tolerance
  }
}

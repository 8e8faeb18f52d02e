import CSystem
import Numerics

/// A solved entropic problem: the last iteration, measured in double, and whether it converged.
struct SinkhornSolution {
  let iteration: SinkhornIteration
  let iterations: Int
  let converged: Bool
}

/// Sinkhorn's algorithm with decreasing epsilon, finished by Newton's method.
///
/// Sinkhorn's updates come near the solution fast, but become slow where mass must travel between parts of the
/// populations that hardly exchange any. Newton's steps on the same fixed point do not (Brauer, Clason, Lorenz, Wirth
/// 2017). A step that does not bring the solution nearer is cut to a quarter once or twice and then replaced by
/// Sinkhorn's updates, which always converge.
///
/// Where single precision is exact enough, it does most of the work. Near the solution its sums L are wrong by a nearly
/// constant amount, which is the rounding of coordinates and exponents. One iteration in double measures this amount,
/// further ones in single precision are corrected by it, and a last one in double proves the result. Where that one
/// does not reach the tolerance, double does the rest.
struct SinkhornSolver {
  private let problem: EntropicProblem
  private let tolerance: Double
  private let limit: Int
  private let interruption: Interruption?
  private var iteration: SinkhornIteration
  private var phase: Phase
  private var used = 0
  /// Updates by Sinkhorn's rule before the next attempt by Newton's.
  private var plain = 2
  private var nextPlain = 4

  private enum Phase { case single, corrected, double }

  private var precision: SinkhornIteration.Precision { phase == .double ? .double : .single }

  init(_ problem: EntropicProblem, _ options: EntropicOptions, _ interruption: Interruption?) {
    self.problem = problem
    tolerance = options.tolerance
    limit = options.maxIterations
    self.interruption = interruption
    phase = problem.allowsSingle ? .single : .double
    // f = g = 0. Where only differences of potentials count, f and g are instead the parts of p and q that come from
    // the difference of the centres.
    let (x, y) =
      problem.isBalanced
      ? (problem.ownCosts(problem.points.x), problem.ownCosts(problem.points.y)) : (problem.p, problem.q)
    let state = SinkhornState(
      f: problem.supportX.map { -x[$0] }, g: problem.supportY.map { -y[$0] },
      softMinimaX: problem.supportX.map { x[$0] },
      softMinimaY: problem.supportY.map { y[$0] })
    iteration = SinkhornIteration(problem, epsilon: problem.epsilon, single: true, state: state)
  }

  mutating func solve() throws -> SinkhornSolution {
    try warmStart()
    try approach(max(tolerance, roundingError), stalled: .infinity)
    while true {
      iteration.measure(.double)
      let converged = iteration.error <= tolerance
      if converged || used >= limit {
        return SinkhornSolution(iteration: iteration, iterations: used, converged: converged)
      }
      used += 1
      phase = phase == .single ? .corrected : .double
      if phase == .corrected { iteration.measureCorrection() }
      try approach(max(tolerance, roundingError), stalled: phase == .double ? .infinity : 1e-4)
    }
  }

  /// The error that a phase reaches for certain.
  private var roundingError: Double {
    switch phase {
    case .single: return max(1e-4, 8 * problem.largestExponent * 0x1p-24)
    case .corrected: return max(1e-7, 1e-9 * problem.largestExponent) * (problem.isBalanced ? 1 : 4)
    case .double: return 0
    }
  }

  /// Solves roughly for larger epsilons, each a quarter of the one before, and begins with the potentials found there.
  private mutating func warmStart() throws {
    // Only the coupling part of the costs counts here, because the potentials absorb p and q.
    var level = problem.largestExponent * problem.epsilon / EntropicProblem.log2e / 8
    while level > 2 * problem.epsilon, used < limit {
      iteration = SinkhornIteration(problem, epsilon: level, single: true, state: iteration.state)
      iteration.measure(precision)
      used += 1
      try approach(0.1, stalled: .infinity)
      iteration.updateY()
      (plain, nextPlain) = (2, 4)
      level /= 4
    }
    iteration = SinkhornIteration(problem, epsilon: problem.epsilon, single: true, state: iteration.state)
    iteration.measure(precision)
    used = min(limit, used + 1)
  }

  /// Iterates from a measured state until the error is at most `target`, or is below `stalled` and has not halved in
  /// 128 iterations.
  private mutating func approach(_ target: Double, stalled: Double) throws {
    var (milestone, since) = (iteration.error, used)
    while iteration.error > target || !iteration.error.isFinite, used < limit {
      try interruption?.check()
      if plain > 0 || !(iteration.error < 1) {
        plain -= 1
        iteration.updateY()
        iteration.measure(precision)
        used += 1
      } else {
        try takeNewtonStep(target)
      }
      if iteration.error < 0.5 * milestone { (milestone, since) = (iteration.error, used) }
      if milestone < stalled, used - since > 128 { return }
    }
  }

  private mutating func takeNewtonStep(_ target: Double) throws {
    let forcing = min(0.1, max(0.01, 0.3 * target / iteration.error))
    let (step, products) = try iteration.newtonStep(tolerance: forcing, limit: min(64, limit - used), interruption)
    used += products
    let largest = step.reduce(0) { max($0, abs($1)) }
    // No exponent changes by more than 16 in a step, because the quadratic model does not hold that far.
    var factor = min(1, 16 / largest)
    while factor > 1.0 / 64, used < limit {
      try interruption?.check()
      var trial = iteration
      trial.add(step, times: factor)
      trial.measure(precision)
      used += 1
      if trial.merit <= (1 - 0.1 * factor) * iteration.merit {
        iteration = trial
        // Particles of little mass hardly count in the inner product. One plain update moves them.
        plain = problem.isBalanced ? 0 : 1
        return
      }
      factor /= 4
    }
    (plain, nextPlain) = (nextPlain, min(1024, 2 * nextPlain))
  }
}

import CSystem
import Numerics

/// A solved entropic problem: the last iteration, and how far it came.
struct SinkhornSolution {
  var iteration: SinkhornIteration
  var marginalError: Double
  var iterations: Int
  var converged: Bool
}

extension EntropicProblem {
  /// Sinkhorn's algorithm with decreasing epsilon, over-relaxation and, where it is exact enough, most of the work in single
  /// precision.
  ///
  /// In single precision the sums L are wrong by a nearly constant amount near the solution: what coordinates and exponents
  /// lost to rounding. One iteration in double measures it, further ones in single precision with that correction come as close
  /// as is asked for, and a last one in double proves it. Where it does not, double does the rest.
  func solved(_ options: EntropicOptions, _ interruption: Interruption?) throws -> SinkhornSolution {
    var (iteration, used) = try warmStart(options, interruption)
    var relaxation = Relaxation()
    var phase: Phase = allowsSingle ? .single : .double
    var error = Double.infinity
    var floor = roundingError(phase)
    while true {
      try interruption?.check()
      if error <= max(floor, (phase == .double ? 1 : 0.5) * options.tolerance) || used >= options.maxIterations {
        error = iteration.verify()
        if error <= options.tolerance || used >= options.maxIterations {
          return SinkhornSolution(
            iteration: iteration, marginalError: error, iterations: used, converged: error <= options.tolerance)
        }
        used += 1
        phase = phase == .single ? .corrected : .double
        floor = roundingError(phase)
        iteration.resume(correcting: phase == .corrected)
        continue
      }
      let precision: SinkhornIteration.Precision = phase == .double ? .double : .single
      let rows = iteration.updateX(precision, omega: relaxation.omega)
      let columns = iteration.updateY(precision, omega: relaxation.omega)
      iteration.translate()
      used += 1
      error = max(rows, columns)
      relaxation.observe(error)
      if phase != .double, relaxation.hasStalled { error = 0 }
    }
  }

  private enum Phase { case single, corrected, double }

  /// How near the solution a phase can come for certain.
  private func roundingError(_ phase: Phase) -> Double {
    switch phase {
    case .single: return max(1e-4, 8 * largestExponent * 0x1p-24)
    case .corrected: return max(1e-7, 1e-9 * largestExponent) * (isBalanced ? 1 : 4)
    case .double: return 0
    }
  }

  /// Potentials from larger epsilons: each solved roughly, and a quarter of the one before.
  private func warmStart(_ options: EntropicOptions, _ interruption: Interruption?) throws -> (
    SinkhornIteration, Int
  ) {
    // f = g = 0, but for what moves one centre to the other where only differences count.
    let (startX, startY) = isBalanced ? (ownCosts(points.x), ownCosts(points.y)) : (p, q)
    var state = SinkhornState(
      f: supportX.map { -startX[$0] }, g: supportY.map { -startY[$0] }, softMinimaX: supportX.map { startX[$0] },
      softMinimaY: supportY.map { startY[$0] })
    var used = 0
    // Separate costs cancel.
    var level = largestExponent * epsilon / EntropicProblem.log2e / 8
    while level > 2 * epsilon {
      var iteration = SinkhornIteration(self, epsilon: level, single: true, state: state)
      for _ in 0..<16 where used < options.maxIterations - 1 {
        try interruption?.check()
        let precision: SinkhornIteration.Precision = allowsSingle ? .single : .double
        let error = max(iteration.updateX(precision), iteration.updateY(precision))
        iteration.translate()
        used += 1
        if error < 0.1 { break }
      }
      state = iteration.state
      level /= 4
    }
    return (SinkhornIteration(self, epsilon: epsilon, single: true, state: state), used)
  }
}

import Energies
import Numerics

/// The JKO step of each particle under a potential,
///
///     y = argmin_y  phi(y),   phi(y) = tau V(y, t) + |y - x|^2 / 2,
///
/// by Newton's method from y = x, downhill: the minimum reached lies in the basin of x, as the gradient flow's does. Newton
/// systems are solved by conjugate gradients on exact Hessian products (Steihaug: stop at negative curvature), steps are shortened
/// until phi falls (Armijo). The unknown is the displacement p = y - x, which keeps its digits far from the origin.
///
/// A potential learned in the implicit scheme knows the ends of steps, not their beginnings: at an x outside the region that
/// particles reached, V is an extrapolation, and the descent may leave for infinity. No iterate goes further than `reach`,
/// and particles that find no solution start anew from points ever nearer to the centre of the data.
package struct ImplicitStep {
  package let potential: any Potential
  package let tau: Double
  package let time: Double
  /// Residuals are relative to this length.
  package let length: Double
  /// Centre of the data.
  package let center: [Double]
  /// Longest displacement considered.
  package let reach: Double
  package let tolerance: Double
  package let maxIterations: Int

  /// Rounding error of phi relative to the sizes of its terms: a network's value is a sum of larger terms that cancel.
  private static let rounding = 1e-11

  /// Where descents start: x, then so far from the centre towards x.
  private static let starts = [1, 0.75, 0.5, 0.25, 0]

  package init(
    potential: any Potential, tau: Double, time: Double, length: Double, center: [Double], reach: Double,
    tolerance: Double, maxIterations: Int
  ) {
    self.potential = potential
    self.tau = tau
    self.time = time
    self.length = length
    self.center = center
    self.reach = reach
    self.tolerance = tolerance
    self.maxIterations = maxIterations
  }

  /// How well the steps were solved.
  package struct Report: Sendable {
    package var unconverged = 0
    /// Largest |y - x + tau grad V(y)|, relative.
    package var maxResidual = 0.0
    package var iterations = 0

    package init() {}

    package mutating func merge(_ other: Report) {
      unconverged += other.unconverged
      maxResidual = max(maxResidual, other.maxResidual)
      iterations = max(iterations, other.iterations)
    }
  }

  /// y for each row of the row-major points x.
  package func solve(_ x: ArraySlice<Double>) -> (points: [Double], report: Report) {
    let d = potential.dimension
    var states = (0..<x.count / d).map { index in
      Descent(origin: Array(x[x.startIndex + index * d..<x.startIndex + (index + 1) * d]))
    }
    var report = Report()
    var unsolved = Array(states.indices)
    for start in Self.starts where !unsolved.isEmpty {
      report.iterations = max(report.iterations, descend(&states, unsolved, from: start))
      unsolved = unsolved.filter { !isSolved(states[$0]) }
    }
    for state in states {
      if !isSolved(state) { report.unconverged += 1 }
      report.maxResidual = max(report.maxResidual, state.residualNorm / length)
    }
    return (states.flatMap { state in zip(state.origin, state.displacement).map { $0 + $1 } }, report)
  }

  /// Newton's method for some particles; returns the iterations taken. Those it cannot solve keep their smallest residual.
  private func descend(_ states: inout [Descent], _ indices: [Int], from start: Double) -> Int {
    let before = states
    for index in indices { states[index].restart(start - 1, around: center, within: reach) }
    evaluate(&states, indices) { $0.accept(within: reach) }
    var active = indices.filter { states[$0].residualNorm.isFinite && !isSolved(states[$0]) }
    var iterations = 0
    while !active.isEmpty, iterations < maxIterations {
      iterations += 1
      chooseDirections(&states, active)
      search(&states, active)
      active = active.filter { !isSolved(states[$0]) && !states[$0].stalled }
    }
    for index in indices where !(states[index].residualNorm <= before[index].residualNorm) {
      states[index] = before[index]
    }
    return iterations
  }

  private func isSolved(_ state: Descent) -> Bool { state.residualNorm <= tolerance * length }

  /// phi and r at the trial displacements of some particles, each then handed to `then`.
  private func evaluate(_ states: inout [Descent], _ indices: [Int], then: (inout Descent) -> Void) {
    let d = potential.dimension
    let points = indices.flatMap { index in zip(states[index].origin, states[index].trial).map { $0 + $1 } }
    var values = [Double](repeating: 0, count: indices.count)
    var gradients = [Double](repeating: 0, count: points.count)
    points.withUnsafeBufferPointer { points in
      values.withUnsafeMutableBufferPointer { potential.values(points, time: time, into: $0) }
      gradients.withUnsafeMutableBufferPointer { potential.gradients(points, time: time, into: $0) }
    }
    for (slot, index) in indices.enumerated() {
      var state = states[index]
      let (energy, distance) = (tau * values[slot], dot(state.trial, state.trial) / 2)
      state.trialMerit = energy + distance
      state.trialMagnitude = abs(energy) + distance
      for column in 0..<d { state.trialResidual[column] = state.trial[column] + tau * gradients[slot * d + column] }
      then(&state)
      states[index] = state
    }
  }

  /// Directions s with (I + tau Hess V) s = -r, by conjugate gradients on all active particles at once.
  private func chooseDirections(_ states: inout [Descent], _ active: [Int]) {
    var systems = active.map { index in
      ConjugateGradients(
        right: states[index].residual.map { -$0 },
        // A residual proportional to |r|^2 keeps Newton's convergence quadratic.
        tolerance: min(0.1, states[index].residualNorm / length))
    }
    let bases = active.map { index in zip(states[index].origin, states[index].displacement).map { $0 + $1 } }
    var open = Array(systems.indices)
    for _ in 0..<potential.dimension + 2 where !open.isEmpty {
      let directions = open.flatMap { systems[$0].direction }
      var products = [Double](repeating: 0, count: directions.count)
      open.flatMap { bases[$0] }.withUnsafeBufferPointer { points in
        directions.withUnsafeBufferPointer { directions in
          products.withUnsafeMutableBufferPointer {
            potential.hessianProducts(points, directions: directions, time: time, into: $0)
          }
        }
      }
      let d = potential.dimension
      for (slot, system) in open.enumerated() {
        systems[system].advance(products[slot * d..<(slot + 1) * d], tau)
      }
      open = open.filter { !systems[$0].finished }
    }
    for (slot, index) in active.enumerated() {
      states[index].direction = systems[slot].solution
      states[index].convex = systems[slot].convex
    }
  }

  /// Halves the steps until phi falls enough, or, where a convex model leaves no more than rounding to gain, until r shrinks while phi
  /// rises by no more than rounding.
  private func search(_ states: inout [Descent], _ active: [Int]) {
    var open = active
    for index in active { states[index].stepLength = 1 }
    for _ in 0..<40 where !open.isEmpty {
      for index in open { states[index].propose(within: reach) }
      var rejected: [Int] = []
      evaluate(&states, open) { state in
        let slope = dot(state.residual, state.direction)
        let fell = state.trialMerit < state.merit && state.trialMerit <= state.merit + 1e-4 * state.stepLength * slope
        let level = state.trialMerit <= state.merit + Self.rounding * max(state.magnitude, state.trialMagnitude)
        let shrank =
          state.convex && level
          && dot(state.trialResidual, state.trialResidual) < 0.25 * dot(state.residual, state.residual)
        if state.trialMerit.isFinite, fell || shrank {
          state.accept(within: reach)
          state.stepLength = 0
        } else {
          state.stepLength /= 2
        }
      }
      for index in open where states[index].stepLength > 0 { rejected.append(index) }
      open = rejected
    }
    for index in open { states[index].stalled = true }
  }
}

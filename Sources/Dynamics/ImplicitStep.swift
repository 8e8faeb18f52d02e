import Energies
import Numerics

/// The JKO step of each particle under a potential,
///
///     y = argmin_y  phi(y),   phi(y) = tau V(y, t) + |y - x|^2 / 2,
///
/// by Newton's method from y = x, downhill: the minimum reached lies in the basin of x, as the gradient flow's does. Newton
/// systems are solved by conjugate gradients on exact Hessian products (Steihaug: stop at negative curvature), steps are shortened
/// until phi falls (Armijo). The unknown is the displacement p = y - x, which keeps its digits far from the origin.
package struct ImplicitStep {
  package let potential: any Potential
  package let tau: Double
  package let time: Double
  /// Residuals are relative to this length.
  package let length: Double
  package let tolerance: Double
  package let maxIterations: Int

  package init(
    potential: any Potential, tau: Double, time: Double, length: Double, tolerance: Double, maxIterations: Int
  ) {
    self.potential = potential
    self.tau = tau
    self.time = time
    self.length = length
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
      State(origin: Array(x[x.startIndex + index * d..<x.startIndex + (index + 1) * d]))
    }
    evaluate(&states, Array(states.indices)) { $0.accept() }
    var active = states.indices.filter { !isSolved(states[$0]) && states[$0].residualNorm.isFinite }
    var report = Report()
    while !active.isEmpty, report.iterations < maxIterations {
      report.iterations += 1
      chooseDirections(&states, active)
      search(&states, active)
      active = active.filter { !isSolved(states[$0]) && !states[$0].stalled }
    }
    for state in states {
      if !isSolved(state) { report.unconverged += 1 }
      report.maxResidual = max(report.maxResidual, state.residualNorm / length)
    }
    return (states.flatMap { state in zip(state.origin, state.displacement).map { $0 + $1 } }, report)
  }

  private func isSolved(_ state: State) -> Bool { state.residualNorm <= tolerance * length }

  /// One particle's iteration.
  private struct State {
    let origin: [Double]
    var displacement: [Double]
    var trial: [Double]
    /// phi and its gradient r = p + tau grad V at `displacement`, and at `trial`.
    var merit = Double.infinity
    var residual: [Double]
    var trialMerit = Double.infinity
    var trialResidual: [Double]
    var direction: [Double]
    var stepLength = 1.0
    /// The Newton system was positive along all directions that were tried.
    var convex = true
    var stalled = false

    init(origin: [Double]) {
      self.origin = origin
      displacement = [Double](repeating: 0, count: origin.count)
      (trial, residual, trialResidual, direction) = (displacement, displacement, displacement, displacement)
    }

    var residualNorm: Double { dot(residual, residual).squareRoot() }

    mutating func accept() {
      (displacement, merit, residual) = (trial, trialMerit, trialResidual)
    }

    mutating func propose() {
      for index in trial.indices { trial[index] = displacement[index] + stepLength * direction[index] }
    }
  }

  /// phi and r at the trial displacements of some particles, each then handed to `then`.
  private func evaluate(_ states: inout [State], _ indices: [Int], then: (inout State) -> Void) {
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
      state.trialMerit = tau * values[slot] + dot(state.trial, state.trial) / 2
      for column in 0..<d { state.trialResidual[column] = state.trial[column] + tau * gradients[slot * d + column] }
      then(&state)
      states[index] = state
    }
  }

  /// Directions s with (I + tau Hess V) s = -r, by conjugate gradients on all active particles at once.
  private func chooseDirections(_ states: inout [State], _ active: [Int]) {
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

  /// Halves the steps until phi falls enough, or, once a convex model leaves no more than rounding to gain, until r does.
  private func search(_ states: inout [State], _ active: [Int]) {
    var open = active
    for index in active { states[index].stepLength = 1 }
    for _ in 0..<60 where !open.isEmpty {
      for index in open { states[index].propose() }
      var rejected: [Int] = []
      evaluate(&states, open) { state in
        let slope = dot(state.residual, state.direction)
        let fell = state.trialMerit <= state.merit + 1e-4 * state.stepLength * slope
        let shrank =
          state.convex && dot(state.trialResidual, state.trialResidual) < 0.25 * dot(state.residual, state.residual)
        if state.trialMerit.isFinite, fell || shrank {
          state.accept()
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

/// One particle's Newton system, solved step by step.
private struct ConjugateGradients {
  var solution: [Double]
  var direction: [Double]
  var finished = false
  var convex = true
  private var remainder: [Double]
  private var squares: Double
  private let target: Double

  init(right: [Double], tolerance: Double) {
    solution = [Double](repeating: 0, count: right.count)
    direction = right
    remainder = right
    squares = dot(right, right)
    target = tolerance * tolerance * squares
  }

  /// - Parameter product: Hess V times `direction`.
  mutating func advance(_ product: ArraySlice<Double>, _ tau: Double) {
    let image = zip(direction, product).map { $0 + tau * $1 }
    let curvature = dot(direction, image)
    guard curvature > 1e-12 * dot(direction, direction) else {
      // Downhill without end: go along what is known so far, or down the gradient.
      if solution.allSatisfy({ $0 == 0 }) { solution = direction }
      (finished, convex) = (true, false)
      return
    }
    let step = squares / curvature
    for index in solution.indices {
      solution[index] += step * direction[index]
      remainder[index] -= step * image[index]
    }
    let next = dot(remainder, remainder)
    if next <= target || next == 0 { finished = true }
    for index in direction.indices { direction[index] = remainder[index] + next / squares * direction[index] }
    squares = next
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

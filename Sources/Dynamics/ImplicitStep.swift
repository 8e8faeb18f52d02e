import Energies
import Numerics

/// The JKO step of each particle under a potential,
///
///     y = argmin_y  phi(y),   phi(y) = tau V(y, t) + |y - x|^2 / 2,
///
/// by Newton's method from y = x, downhill: the minimum reached lies in the basin of x, as the gradient flow's does.
/// Newton systems are solved by conjugate gradients on exact Hessian products (Steihaug: stop at negative curvature),
/// steps are shortened until phi falls (Armijo). The unknown is the displacement p = y - x, which keeps its digits far
/// from the origin.
///
/// A potential learned in the implicit scheme knows the ends of steps, not their beginnings: at an x outside the region
/// that particles reached, V is an extrapolation, and the descent may leave for infinity. No iterate goes further than
/// `reach`, and particles that find no solution start anew from points ever nearer to the centre of the data.
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

  /// Where descents that do not end at a solution start anew: so far from the centre towards x.
  private static let restarts = [0.75, 0.5, 0.25, 0]

  /// Particles that are worked on together: several panels, so that those that take long come to share one.
  static let grain = 4 * panelMultiple

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
    /// Largest residual |y - x + tau (grad V(y) + sum_j w_j grad U(y - y_j))|, relative.
    package var maxResidual = 0.0
    /// Newton iterations of the hardest particle; with an interaction, evaluations of the forces of the hardest step.
    package var iterations = 0

    package init() {}

    package mutating func merge(_ other: Report) {
      unconverged += other.unconverged
      maxResidual = max(maxResidual, other.maxResidual)
      iterations = max(iterations, other.iterations)
    }
  }

  /// y for each particle, in parallel.
  package func solve(_ x: Matrix) throws -> (population: Matrix, report: Report) {
    let (n, d) = (x.rows, x.columns)
    let grain = Self.grain
    let pieces = try Parallel.map((n + grain - 1) / grain, spreads: !potential.callsHost) { piece in
      solve(x.elements[piece * grain * d..<min(n, (piece + 1) * grain) * d])
    }
    var report = Report()
    for piece in pieces { report.merge(piece.report) }
    return (Matrix(rows: n, columns: d, elements: pieces.flatMap(\.points)), report)
  }

  /// y for each row of the row-major points x.
  package func solve(_ x: ArraySlice<Double>) -> (points: [Double], report: Report) {
    let panel = DescentPanel(x, dimension: potential.dimension, goal: tolerance * length)
    var report = Report()
    report.iterations = descend(panel)
    for particle in 0..<panel.count {
      if !panel.isSolved(particle) { report.unconverged += 1 }
      report.maxResidual = max(report.maxResidual, panel.residualNorm(particle) / length)
    }
    let points = (0..<x.count).map { index in
      panel.origin[index] + (panel.merit[index / panel.dimension].isFinite ? panel.displacement[index] : 0)
    }
    return (points, report)
  }

  /// Newton's method for all particles, from x, then, for those it cannot solve, from points nearer to the centre;
  /// returns the iterations of the longest of these descents.
  private func descend(_ panel: DescentPanel) -> Int {
    let all = Array(0..<panel.count)
    begin(panel, all, under: nil)
    return max(iterate(panel, all, under: nil), restart(panel, under: nil))
  }

  /// Newton's method once more for the particles that are not solved, from points ever nearer to the centre.
  func restart(_ panel: DescentPanel, under pull: Pull?) -> Int {
    var iterations = 0
    for fraction in Self.restarts {
      let unsolved = (0..<panel.count).filter { !panel.isSolved($0) }
      if unsolved.isEmpty { break }
      let before = unsolved.map { panel.place($0) }
      for particle in unsolved { panel.proposeStart(particle, fraction - 1, around: center, within: reach) }
      begin(panel, unsolved, under: pull)
      iterations = max(iterations, iterate(panel, unsolved, under: pull))
      for (particle, place) in zip(unsolved, before) where !(panel.residualNorm(particle) <= place.residualNorm) {
        panel.put(particle, back: place)
      }
    }
    return iterations
  }

  /// Takes the trial displacements as those where descents begin.
  func begin(_ panel: DescentPanel, _ particles: [Int], under pull: Pull?) {
    evaluate(panel, particles, pull)
    for particle in particles {
      panel.stalled[particle] = false
      panel.accept(particle, within: reach)
    }
  }

  /// Newton's method for some particles from where they are; returns the iterations taken.
  func iterate(_ panel: DescentPanel, _ particles: [Int], under pull: Pull?) -> Int {
    var active = particles.filter { panel.residualNorm($0).isFinite && !panel.isSolved($0) && !panel.stalled[$0] }
    var iterations = 0
    while !active.isEmpty, iterations < maxIterations, !Interruption.stops {
      iterations += 1
      chooseDirections(panel, active, pull)
      search(panel, active, pull)
      active = active.filter { !panel.isSolved($0) && !panel.stalled[$0] }
    }
    return iterations
  }

  /// phi and r at the trial displacements of some particles.
  private func evaluate(_ panel: DescentPanel, _ particles: [Int], _ pull: Pull?) {
    let d = panel.dimension
    for (slot, particle) in particles.enumerated() {
      for column in 0..<d {
        let index = particle * d + column
        panel.points[slot * d + column] = panel.origin[index] + panel.trial[index]
      }
    }
    potential.valuesAndGradients(
      UnsafeBufferPointer(start: panel.points, count: particles.count * d), time: time,
      values: UnsafeMutableBufferPointer(start: panel.values, count: particles.count),
      gradients: UnsafeMutableBufferPointer(start: panel.slopes, count: particles.count * d))
    for (slot, particle) in particles.enumerated() {
      let (energy, distance) = (tau * panel.values[slot], panel.dot(panel.trial, panel.trial, particle) / 2)
      panel.trialMerit[particle] = energy + distance
      panel.trialMagnitude[particle] = abs(energy) + distance
      for column in 0..<d {
        let index = particle * d + column
        panel.trialResidual[index] = panel.trial[index] + tau * panel.slopes[slot * d + column]
      }
      pull?.add(to: panel, particle, tau)
    }
  }

  /// Directions s with Hess phi s = -r, by conjugate gradients: on the particles' Hessians where these are small, else
  /// on Hessian products for all active particles at once.
  private func chooseDirections(_ panel: DescentPanel, _ active: [Int], _ pull: Pull?) {
    let d = panel.dimension
    for (slot, particle) in active.enumerated() {
      // A residual proportional to |r|^2 keeps Newton's convergence quadratic.
      panel.beginNewton(particle, tolerance: min(0.1, panel.residualNorm(particle) / length))
      for column in 0..<d {
        let index = particle * d + column
        panel.points[slot * d + column] = panel.origin[index] + panel.displacement[index]
      }
    }
    if d <= DescentPanel.smallDimension {
      solveByHessians(panel, active, pull)
    } else {
      solveByProducts(panel, active, pull)
    }
  }

  /// All iterations of one particle after the other, on its Hessian. The points are in the panel.
  private func solveByHessians(_ panel: DescentPanel, _ active: [Int], _ pull: Pull?) {
    let d = panel.dimension
    potential.hessians(
      UnsafeBufferPointer(start: panel.points, count: active.count * d), time: time,
      into: UnsafeMutableBufferPointer(start: panel.hessians, count: active.count * d * d))
    for (slot, particle) in active.enumerated() {
      for _ in 0..<d + 2 {
        let image = panel.slopes + slot * d
        for row in 0..<d {
          let entries = panel.hessians + (slot * d + row) * d
          image[row] = 0
          for column in 0..<d { image[row] += entries[column] * panel.search[particle * d + column] }
        }
        if !advance(panel, particle, image, pull) { break }
      }
    }
  }

  /// One iteration of all particles after the other, on Hessian products.
  private func solveByProducts(_ panel: DescentPanel, _ active: [Int], _ pull: Pull?) {
    let d = panel.dimension
    var open = active
    for _ in 0..<d + 2 where !open.isEmpty {
      for (slot, particle) in open.enumerated() {
        for column in 0..<d {
          let index = particle * d + column
          panel.points[slot * d + column] = panel.origin[index] + panel.displacement[index]
          panel.directions[slot * d + column] = panel.search[index]
        }
      }
      potential.hessianProducts(
        UnsafeBufferPointer(start: panel.points, count: open.count * d),
        directions: UnsafeBufferPointer(start: panel.directions, count: open.count * d), time: time,
        into: UnsafeMutableBufferPointer(start: panel.slopes, count: open.count * d))
      var next: [Int] = []
      for (slot, particle) in open.enumerated() where advance(panel, particle, panel.slopes + slot * d, pull) {
        next.append(particle)
      }
      open = next
    }
  }

  /// One iteration of the conjugate gradients, given Hess V times their direction; returns whether to go on.
  private func advance(
    _ panel: DescentPanel, _ particle: Int, _ image: UnsafeMutablePointer<Double>, _ pull: Pull?
  ) -> Bool {
    let base = particle * panel.dimension
    for column in 0..<panel.dimension { image[column] = panel.search[base + column] + tau * image[column] }
    pull?.addCurvature(of: particle, along: panel.search + base, tau, to: image)
    return panel.advanceNewton(particle, image)
  }

  /// Halves the steps until phi falls enough, or, where a convex model leaves no more than rounding to gain, until r
  /// shrinks while phi rises by no more than rounding.
  private func search(_ panel: DescentPanel, _ active: [Int], _ pull: Pull?) {
    var open = active
    for particle in active { panel.stepLength[particle] = 1 }
    for _ in 0..<40 where !open.isEmpty {
      for particle in open { panel.propose(particle, within: reach) }
      evaluate(panel, open, pull)
      var rejected: [Int] = []
      for particle in open {
        let (merit, trial) = (panel.merit[particle], panel.trialMerit[particle])
        let slope = panel.dot(panel.residual, panel.direction, particle)
        let fell = trial < merit && trial <= merit + 1e-4 * panel.stepLength[particle] * slope
        let level =
          trial <= merit + Self.rounding * max(panel.magnitude[particle], panel.trialMagnitude[particle])
        let shrank =
          panel.convex[particle] && level
          && panel.dot(panel.trialResidual, panel.trialResidual, particle)
            < 0.25 * panel.dot(panel.residual, panel.residual, particle)
        if trial.isFinite, fell || shrank {
          panel.accept(particle, within: reach)
        } else {
          panel.stepLength[particle] /= 2
          rejected.append(particle)
        }
      }
      open = rejected
    }
    for particle in open { panel.stalled[particle] = true }
  }
}

import Energies
import Numerics

/// Predictions of a learned energy: a population moved from time to time.
package struct Rollout {
  package enum Scheme: Sendable {
    /// y = x - tau grad V(y, t + tau)
    case implicit
    /// y = x - tau grad V(x, t)
    case explicit
  }

  package let potential: any Potential
  package let scheme: Scheme
  /// Length scale of the data, against which residuals are measured.
  package let length: Double
  /// Centre of the data.
  package let center: [Double]
  /// Longest displacement per unit of time that implicit steps consider.
  package let reach: Double
  package var tolerance = 1e-9
  package var maxIterations = 200

  package init(potential: any Potential, scheme: Scheme, length: Double, center: [Double], reach: Double = .infinity) {
    self.potential = potential
    self.scheme = scheme
    self.length = length
    self.center = center
    self.reach = reach
  }

  /// The populations at `times`, the first of which is that of `start`.
  package func run(
    from start: Matrix, times: [Double], progress: ProgressHandler
  ) throws -> (populations: [Matrix], report: ImplicitStep.Report) {
    let began = monotonicSeconds()
    var populations = [start]
    var report = ImplicitStep.Report()
    for (k, next) in times.dropFirst().enumerated() {
      let (population, stepReport) = try step(populations[k], from: times[k], to: next)
      populations.append(population)
      report.merge(stepReport)
      if !progress(Progress(.rollout, done: k + 1, of: times.count - 1, since: began)) {
        throw EngineError.cancelled("rollout")
      }
    }
    return (populations, report)
  }

  /// One step of every particle, in parallel.
  package func step(
    _ population: Matrix, from time: Double, to next: Double
  ) throws -> (population: Matrix, report: ImplicitStep.Report) {
    let (n, d) = (population.rows, population.columns)
    let grain = KernelTable<Double>.panelMultiple
    let pieces = try Parallel.map((n + grain - 1) / grain) { piece in
      let rows = piece * grain..<min(n, (piece + 1) * grain)
      return advance(population.elements[rows.lowerBound * d..<rows.upperBound * d], from: time, to: next)
    }
    var report = ImplicitStep.Report()
    for piece in pieces { report.merge(piece.report) }
    let moved = Matrix(rows: n, columns: d, elements: pieces.flatMap(\.points))
    if let index = moved.elements.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .convergence, "particle \(index / d) is no longer finite at time \(next), coming from time \(time)")
    }
    return (moved, report)
  }

  private func advance(
    _ points: ArraySlice<Double>, from time: Double, to next: Double
  ) -> (points: [Double], report: ImplicitStep.Report) {
    let tau = next - time
    switch scheme {
    case .implicit:
      return ImplicitStep(
        potential: potential, tau: tau, time: next, length: length, center: center, reach: reach * tau,
        tolerance: tolerance,
        maxIterations: maxIterations
      ).solve(points)
    case .explicit:
      var moved = Array(points)
      var gradients = moved
      moved.withUnsafeBufferPointer { points in
        gradients.withUnsafeMutableBufferPointer { potential.gradients(points, time: time, into: $0) }
      }
      for index in moved.indices { moved[index] -= tau * gradients[index] }
      return (moved, ImplicitStep.Report())
    }
  }
}

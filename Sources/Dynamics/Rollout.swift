import Energies
import Numerics

/// Predictions of a learned energy: a population with weights w moved from time to time by V, U and beta.
///
///     explicit    y_i = x_i - tau (grad V(x_i, t) + sum_j w_j grad U(x_i - x_j)) + sqrt(2 beta tau) xi_i
///     implicit    y_i = p_i + sqrt(2 beta tau) xi_i,
///                 p_i = x_i - tau (grad V(p_i, t + tau) + sum_j w_j grad U(p_i - p_j)),   for all i together
///     midpoint    y_i = 2 m_i - x'_i + sqrt(beta tau) xi'_i,   x'_i = x_i + sqrt(beta tau) xi_i
///                 m_i = x'_i - tau/2 (grad V(m_i, t + tau/2) + sum_j w_j grad U(m_i - m_j))
///
/// Order 1 in tau, of midpoint steps order 2, weakly where beta > 0 (half of the noise goes before the drift and half
/// after it: Strang's splitting); the sums run over all j, i included. Steps may be divided into equal substeps.
///
/// No step moves a particle faster than `reach` before noise is added, so that predictions stay finite where an energy
/// is extrapolated.
package struct Rollout {
  /// V
  package var potential: (any Potential)?
  /// U
  package var interaction: (any Interaction)?
  /// Diffusion level, in length^2/time, at least 0.
  package var beta: Double
  package var seed: UInt64
  package var scheme: Scheme
  /// Drawn from instead of beta's noise; nil for that.
  package var residuals: ResidualNoise?
  /// Length scale of the data, against which residuals are measured.
  package let length: Double
  /// Centre of the data; its count is the dimension.
  package let center: [Double]
  /// Longest displacement per unit of time.
  package let reach: Double
  /// Into so many steps of equal length each step is divided.
  package var substeps = 1
  package var tolerance = 1e-9
  package var maxIterations = 200

  package init(
    potential: (any Potential)?, interaction: (any Interaction)? = nil, beta: Double = 0, seed: UInt64 = 0,
    scheme: Scheme, length: Double, center: [Double], reach: Double = .infinity
  ) {
    self.potential = potential
    self.interaction = interaction
    self.beta = beta
    self.seed = seed
    self.scheme = scheme
    self.length = length
    self.center = center
    self.reach = reach
  }

  /// The populations at `times`, the first of which is that of `start`.
  ///
  /// - Parameters:
  ///   - weights: one per particle, summing to 1; nil for equal ones
  ///   - progress: heard after each step and, where steps are long, within them
  package func run(
    from start: Matrix, weights: [Double]? = nil, times: [Double], progress: ProgressHandler
  ) throws -> (populations: [Matrix], report: ImplicitStep.Report) {
    let began = monotonicSeconds()
    try requireMemory(
      times.count, start.elements.count, of: Double.self,
      for: "\(start.rows) particles in \(start.columns) coordinates at \(times.count) times")
    var populations = [start]
    var report = ImplicitStep.Report()
    func goOn() -> Bool {
      progress(Progress(.rollout, done: populations.count - 1, of: times.count - 1, since: began))
    }
    try Interruption.during("rollout", goOn) {
      for (k, next) in times.dropFirst().enumerated() {
        let (population, stepReport) = try step(
          populations[k], weights: weights, from: times[k], to: next, number: k)
        populations.append(population)
        report.merge(stepReport)
        if !goOn() { throw EngineError.cancelled("rollout") }
      }
    }
    return (populations, report)
  }

  /// One step of every particle, in parallel.
  ///
  /// - Parameter number: of the step among those of one seed; steps of different numbers have independent noise
  package func step(
    _ population: Matrix, weights: [Double]? = nil, from time: Double, to next: Double, number: Int = 0
  ) throws -> (population: Matrix, report: ImplicitStep.Report) {
    if let weights, weights.count != population.rows {
      throw EngineError(
        .shape, "weights has \(counted(weights.count, "element")) for \(counted(population.rows, "particle"))")
    }
    var (moved, report) = (population, ImplicitStep.Report())
    for substep in 0..<substeps {
      func part(_ count: Int) -> Double {
        count == substeps ? next : time + (next - time) * (Double(count) / Double(substeps))
      }
      report.merge(
        try advance(&moved, weights, from: part(substep), to: part(substep + 1), number: number &* substeps &+ substep))
      try Interruption.check()
    }
    if let index = moved.elements.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .convergence,
        "predictions of step \(number) left the range of numbers: particle \(index / population.columns) is no longer finite at time \(next), coming from time \(time)"
      )
    }
    return (moved, report)
  }

  /// One substep of drift and noise.
  ///
  /// - Parameter number: of the substep, from which its noise is drawn
  private func advance(
    _ population: inout Matrix, _ weights: [Double]?, from time: Double, to next: Double, number: Int
  ) throws -> ImplicitStep.Report {
    let noise = Noise(seed: seed, purpose: .rollout)
    let report: ImplicitStep.Report
    if let residuals {
      let start = population
      (population, report) = try drift(population, weights, from: time, to: next)
      try residuals.add(
        to: &population, from: start, time: time, tau: next - time, seed: seed, number: number)
      return report
    }
    if scheme == .midpoint, beta > 0 {
      noise.add(to: &population, beta: beta, tau: (next - time) / 2, step: 2 &* number)
      (population, report) = try drift(population, weights, from: time, to: next)
      noise.add(to: &population, beta: beta, tau: (next - time) / 2, step: 2 &* number &+ 1)
    } else {
      (population, report) = try drift(population, weights, from: time, to: next)
      if beta > 0 { noise.add(to: &population, beta: beta, tau: next - time, step: number) }
    }
    return report
  }

  private func drift(
    _ population: Matrix, _ weights: [Double]?, from time: Double, to next: Double
  ) throws -> (population: Matrix, report: ImplicitStep.Report) {
    switch scheme {
    case .explicit:
      return (try explicitStep(population, weights, from: time, to: next), ImplicitStep.Report())
    case .implicit: return try implicitStep(population, weights, tau: next - time, time: next)
    case .midpoint:
      // The middles are where half an implicit step leads; the second half continues in their direction.
      let half = (next - time) / 2
      var (moved, report) = try implicitStep(population, weights, tau: half, time: time + half)
      for index in moved.elements.indices {
        moved.elements[index] += moved.elements[index] - population.elements[index]
      }
      return (moved, report)
    }
  }

  private func implicitStep(
    _ population: Matrix, _ weights: [Double]?, tau: Double, time: Double
  ) throws -> (population: Matrix, report: ImplicitStep.Report) {
    let own = ImplicitStep(
      potential: potential ?? NoPotential(dimension: population.columns), tau: tau, time: time, length: length,
      center: center, reach: reach * tau, tolerance: tolerance, maxIterations: maxIterations)
    guard let interaction else { return try own.solve(population) }
    let weights = self.weights(weights, population)
    let prepared = interaction.prepared(
      for: Population(points: CentredPlaces(population).moved([]), weights: weights),
      evaluations: CoupledStep.usualEvaluations)
    return try CoupledStep(own: own, interaction: prepared, weights: weights).solve(population)
  }

  private func explicitStep(
    _ population: Matrix, _ weights: [Double]?, from time: Double, to next: Double
  ) throws -> Matrix {
    var velocity = [Double](repeating: 0, count: population.elements.count)
    if let potential { velocity = try Parallel.gradients(potential, population, time: time) }
    if let interaction, population.rows > 0 {
      let places = CentredPlaces(population).moved([])
      let centred = Population(points: places, weights: self.weights(weights, population))
      let field = interaction.prepared(for: centred, evaluations: 1).field(of: centred)
      add(try Parallel.gradients(field, places, time: time), to: &velocity)
    }
    limit(&velocity, columns: population.columns)
    var moved = population
    for index in velocity.indices { moved.elements[index] -= (next - time) * velocity[index] }
    return moved
  }

  /// Shortens velocities that are faster than the reach.
  private func limit(_ velocity: inout [Double], columns: Int) {
    guard reach.isFinite else { return }
    for start in stride(from: 0, to: velocity.count, by: columns) {
      var squares = 0.0
      for index in start..<start + columns { squares += velocity[index] * velocity[index] }
      let speed = squares.squareRoot()
      guard speed > reach else { continue }
      // The sum of squares may be infinite where the numbers are not. A bound of the norm then takes its place.
      let largest = (start..<start + columns).reduce(0) { max($0, abs(velocity[$1])) }
      let norm = speed.isFinite ? speed : largest * Double(columns).squareRoot()
      guard norm.isFinite else { continue }
      for index in start..<start + columns { velocity[index] *= reach / norm }
    }
  }

  private func weights(_ given: [Double]?, _ population: Matrix) -> [Double] {
    given ?? Population(points: population).weights
  }
}

/// V = 0.
struct NoPotential: Potential {
  let dimension: Int

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    values.update(repeating: 0)
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) { gradients.update(repeating: 0) }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { products.update(repeating: 0) }
}

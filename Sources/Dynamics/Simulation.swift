import Energies
import Numerics

/// Euler-Maruyama simulation of the interacting diffusion whose law descends an energy:
///
///     x_i <- x_i - dt grad V(x_i, t) - dt / n sum_j grad U(x_i - x_j) + sqrt(2 beta dt) xi,   weak order 1.
///
/// The sum runs over all j, i included: grad U is used as given, its value at 0 too.
package struct Simulation {
  /// Where a gradient comes from.
  package enum Source {
    case functional(Functional)
    case potential(any Potential)
    /// Supplied by the host: called on the thread that runs the simulation, one call at a time.
    case callback(
      (UnsafeBufferPointer<Double>, _ time: Double, UnsafeMutableBufferPointer<Double>) throws -> Void)
  }

  /// Particles whose forces are summed together.
  private static let grain = 32

  package var potential: Source?
  package var interaction: Source?
  package var beta: Double
  package var dt: Double
  package var t0: Double
  package var steps: Int
  package var seed: UInt64

  package init(
    potential: Source?, interaction: Source?, beta: Double, dt: Double, t0: Double, steps: Int, seed: UInt64
  ) {
    self.potential = potential
    self.interaction = interaction
    self.beta = beta
    self.dt = dt
    self.t0 = t0
    self.steps = steps
    self.seed = seed
  }

  /// The populations x_0, x_1, .., x_steps.
  package func run(from start: Matrix, progress: ProgressHandler) throws -> [Matrix] {
    let began = monotonicSeconds()
    for (source, argument) in [(potential, "potential"), (interaction, "interaction")] {
      if case .functional(let functional)? = source { try functional.check(dimension: start.columns, as: argument) }
    }
    try requireMemory(
      steps, start.elements.count, of: Double.self,
      for: "\(start.rows) particles in \(start.columns) coordinates after each of \(steps) steps")
    var populations = [start]
    func goOn() -> Bool { progress(Progress(.rollout, done: populations.count - 1, of: steps, since: began)) }
    try Interruption.during("simulation", goOn) {
      for step in 0..<steps {
        populations.append(try advance(populations[step], step))
        if !goOn() { throw EngineError.cancelled("simulation") }
      }
    }
    return populations
  }

  private func advance(_ population: Matrix, _ step: Int) throws -> Matrix {
    let time = t0 + Double(step) * dt
    var velocity = [Double](repeating: 0, count: population.elements.count)
    if let potential {
      try Self.gradients(potential, population.elements, population.columns, time, into: &velocity)
    }
    if let interaction { try addInteraction(interaction, population, time, to: &velocity) }
    try Interruption.check()
    var next = population
    for index in velocity.indices { next.elements[index] -= dt * velocity[index] }
    if beta > 0 { Noise(seed: seed, purpose: .noise).add(to: &next, beta: beta, tau: dt, step: step) }
    if let index = next.elements.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .nonfinite,
        "particle \(index / population.columns) is no longer finite after step \(step + 1); dt = \(dt) may be too large"
      )
    }
    return next
  }

  private static func gradients(
    _ source: Source, _ points: [Double], _ d: Int, _ time: Double, into gradients: inout [Double]
  ) throws {
    try points.withUnsafeBufferPointer { points in
      try gradients.withUnsafeMutableBufferPointer { gradients in
        switch source {
        case .functional(let functional): functional.gradients(points, dimension: d, into: gradients)
        case .potential(let potential): potential.gradients(points, time: time, into: gradients)
        case .callback(let field): try field(points, time, gradients)
        }
      }
    }
  }

  /// Adds the mean of grad U(x_i - x_j) over j.
  private func addInteraction(
    _ source: Source, _ population: Matrix, _ time: Double, to velocity: inout [Double]
  ) throws {
    let rows = 0..<population.rows
    switch source {
    case .functional(let functional):
      add(
        try Parallel.map((rows.count + Self.grain - 1) / Self.grain) { piece in
          let particles = piece * Self.grain..<min(rows.count, (piece + 1) * Self.grain)
          return Self.pairForces(on: particles, population) { differences, d, forces in
            functional.gradients(differences, dimension: d, into: forces)
          }
        }.flatMap { $0 }, to: &velocity)
    case .callback(let gradient):
      let forces = try Self.pairForces(on: rows, population) { differences, _, forces in
        try gradient(differences, time, forces)
      }
      add(forces, to: &velocity)
    case .potential(let potential):
      let population = Population(points: population)
      let field = (potential as? any Interaction)?.field(of: population) ?? pairField(potential, population)
      add(try Parallel.gradients(field, population.points, time: time), to: &velocity)
    }
  }

  /// The mean force on some particles, in one call of n differences for each: O(n) memory. What is left when the host
  /// refuses to go on is left out; see `Interruption`.
  private static func pairForces(
    on particles: Range<Int>, _ population: Matrix,
    _ evaluate: (UnsafeBufferPointer<Double>, _ d: Int, UnsafeMutableBufferPointer<Double>) throws -> Void
  ) rethrows -> [Double] {
    let (n, d) = (population.rows, population.columns)
    var differences = [Double](repeating: 0, count: n * d)
    var (forces, sums) = (differences, [Double](repeating: 0, count: particles.count * d))
    for (place, particle) in particles.enumerated() where !Interruption.stops {
      for column in 0..<d {
        let own = population.elements[particle * d + column]
        for index in stride(from: column, to: n * d, by: d) { differences[index] = own - population.elements[index] }
      }
      try differences.withUnsafeBufferPointer { differences in
        try forces.withUnsafeMutableBufferPointer { try evaluate(differences, d, $0) }
      }
      for column in 0..<d {
        var sum = 0.0
        for index in stride(from: column, to: n * d, by: d) { sum += forces[index] }
        sums[place * d + column] = sum / Double(n)
      }
    }
    return sums
  }
}

private func pairField(_ potential: some Potential, _ population: Population) -> any Potential {
  PairField(potential, population)
}

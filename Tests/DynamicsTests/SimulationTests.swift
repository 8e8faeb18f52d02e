import CSystem
import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

@Suite struct SimulationTests {
  private static func run(
    _ start: Matrix, potential: Simulation.Source? = nil, interaction: Simulation.Source? = nil, beta: Double = 0,
    dt: Double = 0.01, t0: Double = 0, steps: Int, seed: UInt64 = 0
  ) throws -> [Matrix] {
    try Simulation(
      potential: potential, interaction: interaction, beta: beta, dt: dt, t0: t0, steps: steps, seed: seed
    ).run(from: start) { _ in true }
  }

  private static func particles(_ n: Int, _ d: Int) -> Matrix {
    var random = PhiloxSequence(seed: 111, stream: 0)
    return Matrix(rows: n, columns: d, elements: random.normals(n * d))
  }

  // MARK: Ornstein-Uhlenbeck

  private static let (a, beta, x0) = (1.5, 0.4, 2.0)

  /// The exact moments of the scheme for V = a x^2 / 2 after so many steps: m <- (1 - a dt) m, s <- (1 - a dt)^2 s + 2
  /// beta dt.
  private static func moments(dt: Double, steps: Int) -> (mean: Double, variance: Double) {
    var (mean, variance) = (x0, 0.0)
    for _ in 0..<steps {
      mean *= 1 - a * dt
      variance = (1 - a * dt) * (1 - a * dt) * variance + 2 * beta * dt
    }
    return (mean, variance)
  }

  /// 1e5 independent particles: the sample mean has standard error sqrt(s / n), the sample variance s sqrt(2 / n) as
  /// the scheme's law is normal; five of them.
  @Test(arguments: [4, 16]) func sampleMomentsAreTheSchemes(steps: Int) throws {
    let n = 100_000
    let start = Matrix(rows: n, columns: 1, elements: [Double](repeating: Self.x0, count: n))
    let dt = 1 / Double(steps)
    let potential = Simulation.Source.potential(Quadratic(matrix: [Self.a]))
    let end = try Self.run(start, potential: potential, beta: Self.beta, dt: dt, steps: steps, seed: 5)[steps].elements
    let mean = end.reduce(0, +) / Double(n)
    let variance = end.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
    let exact = Self.moments(dt: dt, steps: steps)
    #expect(abs(mean - exact.mean) < 5 * (exact.variance / Double(n)).squareRoot())
    #expect(abs(variance - exact.variance) < 5 * exact.variance * (2 / Double(n)).squareRoot())
  }

  // MARK: Noise

  /// Particle i draws from its own stream: whoever else is there, on however many threads; another seed, other numbers.
  @Test(arguments: [1, 2, 3, 5]) func noiseBelongsToTheParticle(d: Int) throws {
    let many = Self.particles(50, d)
    let few = many.selecting(rows: Array(0..<7))
    let long = try Self.run(many, beta: 0.5, steps: 4, seed: 9)
    let short = try withThreads(2) { try Self.run(few, beta: 0.5, steps: 3, seed: 9) }
    for step in 0...3 { #expect(short[step].elements == Array(long[step].elements[..<(7 * d)])) }
    #expect(try Self.run(few, beta: 0.5, steps: 3, seed: 10)[3] != short[3])
    // Without forces, coordinates, particles and steps all move by different amounts.
    let moves = (0..<4).flatMap { difference(long[$0 + 1].elements, long[$0].elements) }
    #expect(Set(moves).count == moves.count)
  }

  /// sqrt(2 beta dt): twice beta, or dt, scales the same noise by sqrt 2.
  @Test func noiseScales() throws {
    let start = Matrix(rows: 5, columns: 2, elements: [Double](repeating: 0, count: 10))
    let once = try Self.run(start, beta: 0.5, dt: 0.1, steps: 1)[1].elements
    let twice = try Self.run(start, beta: 1, dt: 0.1, steps: 1)[1].elements
    #expect(relativeError(twice, once.map { 2.0.squareRoot() * $0 }) < 1e-15)
    #expect(try Self.run(start, beta: 0.5, dt: 0.2, steps: 1)[1].elements == twice)
  }

  // MARK: Euler

  /// Without noise: x <- x - dt grad V(x), the same operations, the same bits.
  @Test(arguments: [Functional.styblinskiTang, .wavyPlateau, .ishigami, .rotational, .flat])
  func plainEuler(functional: Functional) throws {
    let start = Self.particles(20, 3)
    let populations = try Self.run(start, potential: .functional(functional), dt: 0.02, steps: 3)
    let potential = FunctionalPotential(functional: functional, dimension: 3)
    #expect(populations.count == 4 && populations[0] == start)
    for (x, next) in zip(populations, populations.dropFirst()) {
      #expect(next.elements == zip(x.elements, potential.gradients(x.elements)).map { $0 - 0.02 * $1 })
    }
  }

  /// Step k starts at t0 + k dt.
  @Test func timeDependentPotential() throws {
    let start = Self.particles(4, 2)
    let potential = Quadratic(matrix: [1, 0, 0, 1], growth: 3)
    let populations = try Self.run(start, potential: .potential(potential), dt: 0.125, t0: 2, steps: 3)
    for step in 0..<3 {
      let gradients = potential.gradients(populations[step].elements, time: 2 + 0.125 * Double(step))
      #expect(populations[step + 1].elements == zip(populations[step].elements, gradients).map { $0 - 0.125 * $1 })
    }
  }

  // MARK: Interaction

  /// The double loop, the particle itself included. Watershed and zigzag_ridge are not even: grad U(0) is not 0 for
  /// them. A sum of 15 forces in another order rounds differently.
  @Test(arguments: [Functional.watershed, .zigzagRidge, .styblinskiTang, .oakleyOHagan])
  func interactionIsTheDoubleLoop(functional: Functional) throws {
    let (n, dt) = (15, 0.01)
    let start = Self.particles(n, 2)
    let end = try Self.run(
      start, potential: .functional(.sphere), interaction: .functional(functional), dt: dt, steps: 1)[1]
    let (u, v) = (
      FunctionalPotential(functional: functional, dimension: 2), FunctionalPotential(functional: .sphere, dimension: 2)
    )
    let own = v.gradients(start.elements)
    var expected = start.elements
    for i in 0..<n {
      var force = [0.0, 0]
      for j in 0..<n {
        let gradient = u.gradients(difference(Array(start.row(i)), Array(start.row(j))))
        for column in 0..<2 { force[column] += gradient[column] / Double(n) }
      }
      for column in 0..<2 { expected[2 * i + column] -= dt * (own[2 * i + column] + force[column]) }
    }
    #expect(relativeError(end.elements, expected) < 1e-14)
  }

  @Test(arguments: [Functional.oakleyOHagan, .friedman]) func threadsDoNotMatter(functional: Functional) throws {
    let start = Self.particles(150, 2)
    let ends = try [1, 2, 3].map { threads in
      try withThreads(threads) { bits(try Self.run(start, interaction: .functional(functional), steps: 2)[2].elements) }
    }
    #expect(ends[1] == ends[0] && ends[2] == ends[0])
  }

  /// An even U exerts no force on the population as a whole: its mean rests, to rounding.
  @Test func evenInteractionKeepsTheMean() throws {
    let start = Self.particles(30, 2)
    let end = try Self.run(start, interaction: .potential(Quadratic(matrix: [1, 0, 0, 2])), dt: 0.1, steps: 5)[5]
    for column in 0..<2 {
      let drift = (0..<30).reduce(0) { $0 + end[$1, column] - start[$1, column] } / 30
      #expect(abs(drift) < 1e-14)
    }
    // A quadratic U contracts the population towards its mean by 1 - dt per step.
    let spread = (0..<30).map { end[$0, 0] - end[0, 0] }
    let expected = (0..<30).map { pow(0.9, 5) * (start[$0, 0] - start[0, 0]) }
    #expect(relativeError(spread, expected) < 1e-13)
  }

  // MARK: What stops a simulation

  /// x' = x^3 from 10 with dt = 1 passes 1e308 within a few steps; the message names the one that plain arithmetic
  /// finds.
  @Test func divergenceNamesTheStep() throws {
    var (x, step) = (10.0, 0)
    while x.isFinite {
      x -= -x * x * x
      step += 1
    }
    let cubic = Simulation.Source.callback { points, _, gradients in
      for index in points.indices { gradients[index] = -points[index] * points[index] * points[index] }
    }
    let start = Matrix(rows: 2, columns: 1, elements: [0, 10])
    let error = engineError { _ = try Self.run(start, potential: cubic, dt: 1, steps: 100) }
    #expect(error?.kind == .nonfinite && error?.message.contains("particle 1 ") == true)
    #expect(error?.message.contains("after step \(step);") == true)
  }

  @Test func callbacksSeeTimesAndMayFail() throws {
    struct Stop: Error {}
    var times: [Double] = []
    let source = Simulation.Source.callback { points, time, gradients in
      times.append(time)
      if times.count == 3 { throw Stop() }
      for index in points.indices { gradients[index] = 1 }
    }
    #expect(throws: Stop.self) { try Self.run(Self.particles(2, 2), potential: source, dt: 0.5, t0: 1, steps: 9) }
    #expect(times == [1, 1.5, 2])
    let cancelling = Simulation.Source.callback { _, _, _ in throw EngineError.cancelled("simulation") }
    let error = engineError { _ = try Self.run(Self.particles(2, 2), interaction: cancelling, steps: 1) }
    #expect(error?.kind == .cancelled)
  }

  @Test func progressMayCancel() {
    var seen: [Int] = []
    let simulation = Simulation(
      potential: nil, interaction: nil, beta: 1, dt: 0.1, t0: 0, steps: 5, seed: 0)
    let error = engineError {
      _ = try simulation.run(from: Self.particles(2, 1)) { progress in
        seen.append(progress.done)
        return progress.done < 3
      }
    }
    #expect(error?.kind == .cancelled && seen == [1, 2, 3])
  }

  @Test func dimensionIsChecked() {
    let start = Self.particles(2, 1)
    for (potential, interaction) in [(Simulation.Source.functional(.ishigami), nil), (nil, .functional(.watershed))]
      as [(Simulation.Source?, Simulation.Source?)]
    {
      let error = engineError { _ = try Self.run(start, potential: potential, interaction: interaction, steps: 1) }
      #expect(error?.kind == .invalid && error?.message.contains("at least 2") == true)
    }
  }
}

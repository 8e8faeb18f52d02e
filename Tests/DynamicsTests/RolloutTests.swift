import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

@Suite struct RolloutTests {
  private static func particles(_ n: Int) -> Matrix {
    var random = PhiloxSequence(seed: 121, stream: 0)
    return Matrix(rows: n, columns: 2, elements: random.normals(2 * n))
  }

  private static let times = [1, 1.5, 3, 3.25]
  private static let potential = Quadratic(matrix: [2, 0.5, 0.5, 1], growth: 0.25)

  private static func rollout(_ scheme: Scheme, _ potential: any Potential = potential) -> Rollout {
    Rollout(potential: potential, scheme: scheme, length: 1, center: [0, 0])
  }

  /// y = x - tau grad V(x, t): gaps may differ, V is that at the beginning of each step. The same operations, the same
  /// bits.
  @Test func explicitSteps() throws {
    let start = Self.particles(130)
    let (populations, report) = try Self.rollout(.explicit).run(from: start, times: Self.times) { _ in true }
    #expect(populations.count == 4 && populations[0] == start)
    for k in 0..<3 {
      let tau = Self.times[k + 1] - Self.times[k]
      let gradients = Self.potential.gradients(populations[k].elements, time: Self.times[k])
      #expect(populations[k + 1].elements == zip(populations[k].elements, gradients).map { $0 - tau * $1 })
    }
    #expect(report.unconverged == 0 && report.maxResidual == 0 && report.iterations == 0)
  }

  /// The populations at all times are kept. Where they would not fit in memory, no step is taken.
  @Test func moreTimesThanFitInMemory() {
    let (start, times) = (Matrix(rows: 1 << 19, columns: 2), (0...1 << 20).map { Double($0) })
    let error = engineError { _ = try Self.rollout(.explicit).run(from: start, times: times) { _ in false } }
    #expect(error?.kind == .memory && error?.message.contains("at 1048577 times") == true)
    let simulation = Simulation(
      potential: .functional(.flat), interaction: nil, beta: 0, dt: 1, t0: 0, steps: 1 << 20, seed: 0)
    let other = engineError { _ = try simulation.run(from: start) { _ in false } }
    #expect(other?.kind == .memory && other?.message.contains("each of 1048576 steps") == true)
  }

  /// y + tau grad V(y, t + tau) = x: V is that at the end of each step.
  @Test func implicitSteps() throws {
    let start = Self.particles(130)
    let (populations, report) = try Self.rollout(.implicit).run(from: start, times: Self.times) { _ in true }
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9 && report.iterations > 0)
    for k in 0..<3 {
      let tau = Self.times[k + 1] - Self.times[k]
      let gradients = Self.potential.gradients(populations[k + 1].elements, time: Self.times[k + 1])
      let back = zip(populations[k + 1].elements, gradients).map { $0 + tau * $1 }
      #expect(largest(difference(back, populations[k].elements)) <= 1.1e-9)
    }
  }

  /// Particles do not see each other: those of a panel, on a thread, or alone, all move alike.
  @Test(arguments: [Scheme.implicit, .explicit])
  func threadsAndNeighboursDoNotMatter(scheme: Scheme) throws {
    let start = Self.particles(200)
    func end(_ start: Matrix, threads: Int) throws -> [UInt64] {
      try withThreads(threads) {
        bits(try Self.rollout(scheme, Separable.doubleWell(2)).step(start, from: 0, to: 0.1).population.elements)
      }
    }
    let all = try end(start, threads: 1)
    #expect(try end(start, threads: 2) == all)
    #expect(try end(start, threads: 7) == all)
    let alone = try [0, 63, 64, 199].map { try end(start.selecting(rows: [$0]), threads: 1) }
    #expect(alone == [0, 63, 64, 199].map { Array(all[2 * $0..<2 * $0 + 2]) })
  }

  @Test func noStepsAndNoParticles() throws {
    let start = Self.particles(3)
    #expect(try Self.rollout(.implicit).run(from: start, times: [5]) { _ in false }.populations == [start])
    let empty = Matrix(rows: 0, columns: 2)
    let (populations, report) = try Self.rollout(.implicit).run(from: empty, times: [0, 1]) { _ in true }
    #expect(populations == [empty, empty] && report.unconverged == 0)
  }

  /// Explicit steps may overflow: an error that names the particle and the time.
  @Test func overflowIsAnError() {
    let quartic = Separable(dimension: 2) { x in (x * x * x * x / 4, x * x * x, 3 * x * x) }
    let start = Matrix(rows: 2, columns: 2, elements: [0, 0, 0, 1e150])
    let error = engineError { _ = try Self.rollout(.explicit, quartic).step(start, from: 0, to: 0.5) }
    #expect(error?.kind == .convergence && error?.message.contains("particle 1 ") == true)
    #expect(error?.message.contains("time 0.5") == true)
  }

  /// Reports of all steps and panels together: steps without a solution are counted, the largest residual is kept.
  @Test func reportsAddUp() throws {
    // y - 3 y^2 = x, from x = 1 without a solution; the best iterate is kept, and the next step starts there.
    let slope = Separable(dimension: 2) { x in (-x * x * x, -3 * x * x, -6 * x) }
    let start = Matrix(
      rows: 70, columns: 2, elements: (0..<70).flatMap { $0 == 3 || $0 == 69 ? [1.0, 0] : [0.01, -0.02] })
    let (population, report) = try Self.rollout(.implicit, slope).step(start, from: 0, to: 1)
    #expect(report.unconverged == 2 && report.maxResidual > 0.1 && report.maxResidual.isFinite)
    #expect(largest(population.elements) < .infinity)
  }

  @Test func progressMayCancel() {
    var seen: [Int] = []
    let error = engineError {
      _ = try Self.rollout(.explicit).run(from: Self.particles(2), times: Self.times) { progress in
        seen.append(progress.done)
        #expect(progress.total == 3)
        return progress.done < 2
      }
    }
    #expect(error?.kind == .cancelled && seen == [1, 2])
  }

  // MARK: Noise

  /// Ornstein-Uhlenbeck, V = a x^2 / 2, started at 2, in four steps of 1/4. With c = 1 - a tau (explicit) or 1 / (1 + a
  /// tau) (implicit), m <- c m and s <- c^2 s + 2 beta tau are the scheme's moments; of 1e5 particles the sample mean
  /// has standard error sqrt(s / n), the sample variance s sqrt(2 / n). Five of them.
  @Test(arguments: [Scheme.implicit, .explicit]) func ornsteinUhlenbeck(scheme: Scheme) throws {
    let (n, a, beta, tau) = (100_000, 1.5, 0.4, 0.25)
    let rollout = Rollout(
      potential: Quadratic(matrix: [a]), beta: beta, seed: 5, scheme: scheme, length: 1, center: [0])
    let start = Matrix(rows: n, columns: 1, elements: [Double](repeating: 2, count: n))
    let end = try rollout.run(from: start, times: [0, 0.25, 0.5, 0.75, 1]) { _ in true }.populations[4].elements
    let contraction = scheme == .explicit ? 1 - a * tau : 1 / (1 + a * tau)
    var (m, s) = (2.0, 0.0)
    for _ in 0..<4 {
      m *= contraction
      s = contraction * contraction * s + 2 * beta * tau
    }
    let mean = end.reduce(0, +) / Double(n)
    let variance = end.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
    #expect(abs(mean - m) < 5 * (s / Double(n)).squareRoot())
    #expect(abs(variance - s) < 5 * s * (2 / Double(n)).squareRoot())
  }

  /// Steps of different numbers, and other seeds, draw other numbers; the noise of a step is added to what it would be
  /// without.
  @Test func noiseBelongsToStepAndSeed() throws {
    let start = Self.particles(10)
    func noise(seed: UInt64, number: Int) throws -> [Double] {
      var rollout = Self.rollout(.explicit)
      let still = try rollout.step(start, from: 0, to: 0.5, number: number).population
      (rollout.beta, rollout.seed) = (0.3, seed)
      return difference(try rollout.step(start, from: 0, to: 0.5, number: number).population.elements, still.elements)
    }
    let draws = try [(1, 0), (1, 1), (2, 0), (2, 1)].map { try noise(seed: $0.0, number: $0.1) }
    #expect(Set(draws.flatMap { $0 }).count == 80)
    #expect(try noise(seed: 1, number: 0) == draws[0])
    // The simulation's noise for the same seed is another: a model tested on data of its own seed must not know them.
    let simulated = try Simulation(potential: nil, interaction: nil, beta: 0.3, dt: 0.5, t0: 0, steps: 1, seed: 1)
      .run(from: start) { _ in true }[1]
    #expect(Set(difference(simulated.elements, start.elements)).isDisjoint(with: draws[0]))
  }
}

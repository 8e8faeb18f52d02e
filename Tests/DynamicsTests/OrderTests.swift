import CSystem
import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

/// What time steps converge to, and how fast: orders are measured, as log2 of the ratio of errors when steps are
/// halved.
@Suite struct OrderTests {
  private static func orders(_ errors: [Double]) -> [Double] {
    zip(errors, errors.dropFirst()).map { log2($0 / $1) }
  }

  /// Symmetric with the given eigenvalues: H diag H with the reflection H = I - 2 v v^T / v^T v, its own inverse.
  private static func matrix(eigenvalues: [Double]) -> [Double] {
    let d = eigenvalues.count
    return (0..<d * d).map { index in
      (0..<d).reduce(0) { $0 + reflection(d, index / d, $1) * eigenvalues[$1] * reflection(d, $1, index % d) }
    }
  }

  private static func reflection(_ d: Int, _ row: Int, _ column: Int) -> Double {
    let v = (1...d).map(Double.init)
    let square = v.reduce(0) { $0 + $1 * $1 }
    return (row == column ? 1 : 0) - 2 * v[row] * v[column] / square
  }

  private static func particles(_ n: Int, _ d: Int) -> Matrix {
    var random = PhiloxSequence(seed: 131, stream: 0)
    return Matrix(rows: n, columns: d, elements: random.normals(n * d))
  }

  // MARK: The flow of a quadratic potential, x' = -A x

  /// The JKO step of V = x^T A x / 2 is y = (I + tau A)^-1 x. Eigenvalues spread over four decades, one of them
  /// negative: the step exists where I + tau A is positive. Unequal steps, each from where the last one ended: y is
  /// smaller than x but for the negative one, so that errors of 1e-13 do not grow past 1e-12.
  @Test(arguments: [2, 5, 10]) func implicitStepsAreExact(d: Int) throws {
    let eigenvalues = (0..<d).map { $0 == 0 ? -0.5 : pow(10, 4 * Double($0) / Double(d - 1) - 2) }
    let matrix = Self.matrix(eigenvalues: eigenvalues)
    var rollout = Rollout(
      potential: Quadratic(matrix: matrix), scheme: .implicit, length: 1, center: [Double](repeating: 0, count: d))
    rollout.tolerance = 1e-13
    let times = [0, 0.01, 0.3, 1.1]
    let (populations, report) = try rollout.run(from: Self.particles(20, d), times: times) { _ in true }
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-13)
    for k in 0..<3 {
      let tau = times[k + 1] - times[k]
      var system = Matrix(rows: d, columns: d, elements: matrix.map { tau * $0 })
      for index in 0..<d { system[index, index] += 1 }
      let factorization = try #require(Cholesky(system))
      for particle in 0..<20 {
        let exact = factorization.solve(Array(populations[k].row(particle)))
        #expect(largest(difference(Array(populations[k + 1].row(particle)), exact)) < 1e-12)
      }
    }
  }

  /// Both schemes converge to exp(-A t) x with order 1. With n steps to time 1 an eigenvalue's factor is exp(-a) (1 -+
  /// a^2 / 2n + (a^4 / 8 - a^3 / 3) / n^2 + ..), explicit and implicit: for a <= 2 and n >= 32 the second term moves
  /// the measured order by less than 0.02.
  @Test(arguments: [Scheme.implicit, .explicit]) func bothSchemesHaveOrderOne(scheme: Scheme) throws {
    let eigenvalues = [0.3, 1, 2]
    let start = Self.particles(7, 3)
    let potential = Quadratic(matrix: Self.matrix(eigenvalues: eigenvalues))
    let flow = Self.matrix(eigenvalues: eigenvalues.map { exp(-$0) })
    let exact = Quadratic(matrix: flow).gradients(start.elements)
    let errors = try [32, 64, 128, 256].map { steps in
      var rollout = Rollout(potential: potential, scheme: scheme, length: 1, center: [0, 0, 0])
      rollout.tolerance = 1e-13
      let times = (0...steps).map { Double($0) / Double(steps) }
      let end = try rollout.run(from: start, times: times) { _ in true }.populations[steps]
      return euclideanNorm(difference(end.elements, exact))
    }
    #expect(errors[3] < 0.01 * euclideanNorm(exact))
    #expect(Self.orders(errors).allSatisfy { (0.97...1.03).contains($0) }, "orders \(Self.orders(errors))")
  }

  // MARK: Weak order, Ornstein-Uhlenbeck

  private static let (a, beta, x0) = (1.5, 0.4, 2.0)

  /// The process at time 1, and the scheme's m <- (1 - a dt) m, s <- (1 - a dt)^2 s + 2 beta dt after so many steps to
  /// it.
  private static let mean = x0 * exp(-a)
  private static let variance = beta / a * (1 - exp(-2 * a))

  private static func moments(steps: Int) -> (mean: Double, variance: Double) {
    let dt = 1 / Double(steps)
    var (mean, variance) = (x0, 0.0)
    for _ in 0..<steps {
      mean *= 1 - a * dt
      variance = (1 - a * dt) * (1 - a * dt) * variance + 2 * beta * dt
    }
    return (mean, variance)
  }

  /// The moments that the scheme's particles have in expectation converge with order 1.
  @Test func momentsHaveWeakOrderOne() {
    let errors = [32, 64, 128, 256].map { steps in
      let moments = Self.moments(steps: steps)
      return (abs(moments.mean - Self.mean), abs(moments.variance - Self.variance))
    }
    for measured in [Self.orders(errors.map(\.0)), Self.orders(errors.map(\.1))] {
      #expect(measured.allSatisfy { (0.97...1.03).contains($0) }, "orders \(measured)")
    }
  }

  /// The same of simulated particles X. The process itself, Y <- e^(-a dt) Y + sqrt(beta / a (1 - e^(-2 a dt))) xi,
  /// exact at every time, is run on the simulation's own normal numbers xi, which a simulation without forces shows.
  /// Errors are then means of X - Y and of squares, whose deviation shrinks with dt as the error does: 1e5 particles
  /// know the errors of the variance, the worse of the two, to 1 %, orders to 0.02. Five standard errors, and 0.1 for
  /// orders.
  @Test func particlesHaveWeakOrderOne() throws {
    let n = 100_000
    var errors: [(mean: Double, variance: Double)] = []
    for steps in [8, 16, 32] {
      let (simulated, process) = try Self.pairs(n, steps: steps)
      let shift = difference(simulated, process)
      let (m, p) = (Self.average(simulated), Self.average(process))
      let spread = zip(simulated, process).map { ($0 - m) * ($0 - m) - ($1 - p) * ($1 - p) }
      let (mean, variance) = (Self.average(shift), Self.average(spread))
      let exact = Self.moments(steps: steps)
      #expect(abs(mean - (exact.mean - Self.mean)) < 5 * Self.standardError(shift))
      #expect(abs(variance - (exact.variance - Self.variance)) < 5 * Self.standardError(spread))
      #expect(Self.standardError(spread) < 0.015 * abs(variance))
      errors.append((abs(mean), abs(variance)))
    }
    for measured in [Self.orders(errors.map(\.mean)), Self.orders(errors.map(\.variance))] {
      #expect(measured.allSatisfy { (0.9...1.1).contains($0) }, "orders \(measured)")
    }
  }

  /// The ends at time 1 of so many particles, simulated and of the process on the same normal numbers.
  private static func pairs(_ n: Int, steps: Int) throws -> (simulated: [Double], process: [Double]) {
    let dt = 1 / Double(steps)
    func run(_ potential: Separable?, from x: Double, beta: Double, dt: Double) throws -> [Matrix] {
      try Simulation(
        potential: potential.map { .potential($0) }, interaction: nil, beta: beta, dt: dt, t0: 0, steps: steps, seed: 7
      ).run(from: Matrix(rows: n, columns: 1, elements: [Double](repeating: x, count: n))) { _ in true }
    }
    let well = Separable(dimension: 1) { x in (a * x * x / 2, a * x, a) }
    let simulated = try run(well, from: x0, beta: beta, dt: dt)[steps].elements
    // sqrt(2 beta dt) = 1: its moves are xi.
    let walk = try run(nil, from: 0, beta: 0.5, dt: 1)
    let (decay, noise) = (exp(-a * dt), (beta / a * (1 - exp(-2 * a * dt))).squareRoot())
    var process = [Double](repeating: x0, count: n)
    for step in 0..<steps {
      for index in 0..<n {
        let xi = walk[step + 1].elements[index] - walk[step].elements[index]
        process[index] = decay * process[index] + noise * xi
      }
    }
    return (simulated, process)
  }

  private static func average(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private static func standardError(_ values: [Double]) -> Double {
    let mean = average(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return squares.squareRoot() / Double(values.count)
  }
}

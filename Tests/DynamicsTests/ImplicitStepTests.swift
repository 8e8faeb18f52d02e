import CSystem
import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

@Suite struct ImplicitStepTests {
  private static func solve(
    _ potential: any Potential, _ x: [Double], tau: Double, center: Double = 0, tolerance: Double = 1e-9,
    maxIterations: Int = 200
  ) -> (points: [Double], report: ImplicitStep.Report) {
    ImplicitStep(
      potential: potential, tau: tau, time: 0, length: 1,
      center: [Double](repeating: center, count: potential.dimension), reach: 1e12, tolerance: tolerance,
      maxIterations: maxIterations
    ).solve(x[...])
  }

  /// |y - x + tau grad V(y)| of each particle, the residual of the step, by other means than the solver's.
  private static func residuals(_ potential: any Potential, _ x: [Double], _ y: [Double], tau: Double) -> [Double] {
    let d = potential.dimension
    let rest = zip(difference(y, x), potential.gradients(y)).map { $0 + tau * $1 }
    return (0..<x.count / d).map { euclideanNorm(Array(rest[$0 * d..<($0 + 1) * d])) }
  }

  /// phi = tau V + |y - x|^2 / 2 at y less that at x.
  private static func rises(_ potential: any Potential, _ x: [Double], _ y: [Double], tau: Double) -> [Double] {
    let d = potential.dimension
    let change = difference(potential.values(y), potential.values(x))
    return change.indices.map { particle in
      let range = particle * d..<(particle + 1) * d
      return tau * change[particle] + zip(y[range], x[range]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
    }
  }

  // MARK: Known answers

  /// y = (I + tau A)^-1 x. Newton's equation is linear: one system, solved until the residual is 1e-13.
  @Test(arguments: [1e-3, 0.1, 1, 10]) func quadraticPotential(tau: Double) throws {
    let matrix = [2, 0.5, 0, 0.5, 1, -0.25, 0, -0.25, 3]
    var system = Matrix(rows: 3, columns: 3, elements: matrix.map { tau * $0 })
    for index in 0..<3 { system[index, index] += 1 }
    let factorization = try #require(Cholesky(system))
    var random = PhiloxSequence(seed: 101, stream: 0)
    let x = random.normals(60)
    let (y, report) = Self.solve(Quadratic(matrix: matrix), x, tau: tau, tolerance: 1e-13)
    for particle in 0..<20 {
      let range = particle * 3..<(particle + 1) * 3
      #expect(largest(difference(Array(y[range]), factorization.solve(Array(x[range])))) < 1e-12)
    }
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-13 && report.iterations <= 15)
  }

  /// A flat potential moves nothing, and an empty population has no steps.
  @Test func nothingToDo() {
    let (y, report) = Self.solve(Quadratic(matrix: [0]), [1, -2, 1e300], tau: 1)
    #expect(y == [1, -2, 1e300] && report.maxResidual == 0 && report.iterations == 0)
    #expect(Self.solve(Quadratic(matrix: [1]), [], tau: 1).points.isEmpty)
  }

  /// Residuals are relative to the length of the data: the same problem in other units is solved as well, and reported
  /// alike.
  @Test(arguments: [0x1p-40, 0x1p40]) func residualsAreRelative(length: Double) {
    let x = [0.3, -1.7, 2.5, 0.1]
    let scaled = Separable(dimension: 1) { x in
      let z = x / length
      let square = z * z
      return (length * length * square * square, length * 4 * square * z, 12 * square)
    }
    func solve(
      _ x: [Double], _ potential: Separable, _ length: Double
    ) -> (points: [Double], report: ImplicitStep.Report) {
      ImplicitStep(
        potential: potential, tau: 0.5, time: 0, length: length, center: [0], reach: .infinity, tolerance: 1e-6,
        maxIterations: 50
      ).solve(x[...])
    }
    let unit = solve(x, Separable(dimension: 1) { x in (x * x * x * x, 4 * x * x * x, 12 * x * x) }, 1)
    let other = solve(x.map { $0 * length }, scaled, length)
    // Powers of two: every rounding is the same.
    #expect(other.points == unit.points.map { $0 * length } && other.report.maxResidual == unit.report.maxResidual)
    #expect(other.report.iterations == unit.report.iterations && unit.report.maxResidual > 0)
  }

  // MARK: Wells

  /// Non-convex: phi may have several minima. Whatever is reached is stationary and no higher than x; on each side of
  /// the hill particles stay on theirs.
  @Test(arguments: [0.01, 0.1, 1]) func doubleWell(tau: Double) {
    var random = PhiloxSequence(seed: 102, stream: 0)
    let x = random.normals(400).map { 1.5 * $0 }
    let potential = Separable.doubleWell(2)
    let (y, report) = Self.solve(potential, x, tau: tau)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
    #expect(largest(Self.residuals(potential, x, y, tau: tau)) <= 1.1e-9)
    #expect(Self.rises(potential, x, y, tau: tau).allSatisfy { $0 <= 1e-15 })
    if tau < 0.2 {
      // 1 + tau V'' > 0 everywhere: phi is convex along each coordinate, and y lies between x and the next minimum.
      #expect(zip(x, y).allSatisfy { $0 * $1 >= 0 })
    }
  }

  /// Coordinates near 1e6 have a unit of 1e-10: the displacement keeps its digits, V'' <= 200 multiplies what the
  /// points lack.
  @Test func farFromTheOrigin() {
    var random = PhiloxSequence(seed: 103, stream: 0)
    // Multiples of 2^-30, so that adding 1e6 is exact.
    let x = random.normals(200).map { ($0 * 0x1p30).rounded() * 0x1p-30 }
    let (near, _) = Self.solve(Separable.doubleWell(2), x, tau: 0.05)
    let (far, report) = Self.solve(Separable.doubleWell(2, offset: 1e6), x.map { $0 + 1e6 }, tau: 0.05, center: 1e6)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
    #expect(largest(difference(far.map { $0 - 1e6 }, near)) < 1e-8)
  }

  /// Benchmark functionals over their domain. The Hessian by differences is good to 1e-6 of itself: Newton's method
  /// then converges linearly, but fast.
  @Test(arguments: [Functional.wavyPlateau, .styblinskiTang, .oakleyOHagan, .bohachevsky], [2, 5])
  func benchmarkPotentials(functional: Functional, d: Int) {
    var random = PhiloxSequence(seed: 104, stream: UInt64(d))
    let x = (0..<100 * d).map { _ in 8 * random.uniform() - 4 }
    let potential = FunctionalPotential(functional: functional, dimension: d)
    for tau in [0.01, 0.2] {
      let (y, report) = Self.solve(potential, x, tau: tau)
      #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
      #expect(largest(Self.residuals(potential, x, y, tau: tau)) <= 1e-9 + 1e-11)
      #expect(Self.rises(potential, x, y, tau: tau).allSatisfy { $0 <= 1e-12 })
    }
  }

  /// phi = V + p^2/2 has its minimum at 3.1623 and a maximum at 10, where a full Newton step from x = 0 lands with a
  /// small residual but far above where it began.
  @Test func aMaximumIsNoStep() {
    let quartic = Separable(dimension: 1) { y in
      (
        -y - 0.45 * y * y + y * y * y / 30 - 0.0025 * y * y * y * y, -1 - 0.9 * y + 0.1 * y * y - 0.01 * y * y * y,
        -0.9 + 0.2 * y - 0.03 * y * y
      )
    }
    let step = ImplicitStep(
      potential: quartic, tau: 1, time: 0, length: 1, center: [0], reach: 20, tolerance: 1e-9, maxIterations: 200
    ).solve([0])
    #expect(step.report.unconverged == 0 && abs(step.points[0] - 10.0.squareRoot()) < 1e-8)
    #expect(Self.rises(quartic, [0], step.points, tau: 1)[0] < -1.8)
  }

  // MARK: What cannot be solved

  /// V = -x^4 / 4: with tau = 1, y - y^3 = x has a solution near 0 for |x| < 2 / sqrt 27 only, and no minimum is
  /// reached from beyond. Reported, finite, and no other particle is harmed.
  @Test func unboundedBelow() {
    let hill = Separable(dimension: 1) { x in (-x * x * x * x / 4, -x * x * x, -3 * x * x) }
    let x = [0.1, -0.3, 0.2, 3, -50]
    let (y, report) = Self.solve(hill, x, tau: 1)
    #expect(largest(y) < .infinity && y.count == 5)
    let residuals = Self.residuals(hill, x, y, tau: 1)
    #expect(residuals[..<3].allSatisfy { $0 <= 1.1e-9 })
    #expect(report.unconverged == residuals.count(where: { $0 > 1e-9 }))
    #expect(abs(report.maxResidual - largest(residuals)) <= 1e-9 * largest(residuals))
  }

  /// V = -x^3 has its inflection at 0; with tau = 1, y - 3 y^2 = x has no real solution at all for x > 1/12.
  @Test func noSolution() {
    let slope = Separable(dimension: 1) { x in (-x * x * x, -3 * x * x, -6 * x) }
    let (y, report) = Self.solve(slope, [1, 0.05, 5], tau: 1)
    #expect(report.unconverged == 2 && report.maxResidual > 0.1 && report.maxResidual.isFinite)
    #expect(largest(y) < .infinity)
    #expect(abs(y[1] - 3 * y[1] * y[1] - 0.05) <= 1e-9)
  }

  /// A sum of large terms that cancel leaves errors far above an ulp of V; the residual still tells when the step is
  /// solved.
  @Test func roundedValues() {
    let potential = Separable(dimension: 1) { x in ((x * x * x * x / 4 + x + 300) - 300, x * x * x + 1, 3 * x * x) }
    let (_, report) = Self.solve(potential, (0..<400).map { Double($0) / 100 - 2 }, tau: 0.5)
    #expect(report.unconverged == 0 && report.iterations < 20)
  }

  /// A potential that is not a number somewhere, or everywhere: the particle stays, its residual is infinite.
  @Test func notANumber() {
    let broken = Separable(dimension: 1) { x in x > 1 ? (.nan, .nan, .nan) : (x * x / 2, x, 1) }
    let (y, report) = Self.solve(broken, [0.5, -3], tau: 1)
    #expect(report.unconverged == 0 && largest(difference(y, [0.25, -1.5])) < 1e-9)
    let everywhere = Separable(dimension: 1) { _ in (.nan, .nan, .nan) }
    let nowhere = Self.solve(everywhere, [0.5, -3], tau: 1)
    #expect(nowhere.points == [0.5, -3] && nowhere.report.unconverged == 2 && nowhere.report.maxResidual == .infinity)
  }

  @Test func tooFewIterations() {
    let (y, report) = Self.solve(Separable.doubleWell(1), [3, 1], tau: 1, maxIterations: 1)
    #expect(report.unconverged == 1 && report.iterations == 1 && report.maxResidual > 1e-9)
    #expect(y[1] == 1 && y[0].isFinite)
    #expect(Self.rises(Separable.doubleWell(1), [3], [y[0]], tau: 1)[0] < 0)
  }
}

import CSystem
import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

extension Quadratic: Interaction {}
extension Separable: Interaction {}

@Suite struct CoupledStepTests {
  private static func particles(_ n: Int, _ d: Int = 2, spread: Double = 1) -> Matrix {
    var random = PhiloxSequence(seed: 131, stream: 0)
    return Matrix(rows: n, columns: d, elements: random.normals(n * d).map { spread * $0 })
  }

  private static func unequalWeights(_ n: Int) -> [Double] {
    var random = PhiloxSequence(seed: 132, stream: 0)
    let masses = (0..<n).map { _ in random.uniform() }
    let total = masses.reduce(0, +)
    return masses.map { $0 / total }
  }

  private static func rollout(
    _ potential: (any Potential)?, _ interaction: any Interaction, _ scheme: Scheme = .implicit, d: Int = 2,
    tolerance: Double = 1e-9, maxIterations: Int = 200
  ) -> Rollout {
    var rollout = Rollout(
      potential: potential, interaction: interaction, scheme: scheme, length: 1,
      center: [Double](repeating: 0, count: d))
    rollout.tolerance = tolerance
    rollout.maxIterations = maxIterations
    return rollout
  }

  /// |y_i - x_i + tau (grad V(y_i) + sum_j w_j grad U(y_i - y_j))| by the double loop.
  private static func residuals(
    _ x: Matrix, _ y: Matrix, _ tau: Double, _ potential: (any Potential)?, _ interaction: any Interaction,
    _ weights: [Double]? = nil
  ) -> [Double] {
    let (n, d) = (x.rows, x.columns)
    let weights = weights ?? [Double](repeating: 1 / Double(n), count: n)
    let own = potential?.gradients(y.elements) ?? [Double](repeating: 0, count: n * d)
    return (0..<n).map { i in
      var rest = (0..<d).map { y[i, $0] - x[i, $0] + tau * own[i * d + $0] }
      for j in 0..<n {
        let force = interaction.gradients(difference(Array(y.row(i)), Array(y.row(j))))
        for column in 0..<d { rest[column] += tau * weights[j] * force[column] }
      }
      return euclideanNorm(rest)
    }
  }

  // MARK: Quadratic energies

  private static let (a, b) = ([1.5, 0.5, 0.5, 1], [2, -0.5, -0.5, 1])

  private static func solve(_ matrix: [Double], _ right: [Double]) throws -> [Double] {
    try #require(Cholesky(Matrix(rows: 2, columns: 2, elements: matrix))).solve(right)
  }

  private static func image(_ matrix: [Double], _ x: [Double]) -> [Double] {
    [matrix[0] * x[0] + matrix[1] * x[1], matrix[2] * x[0] + matrix[3] * x[1]]
  }

  /// V = x.Ax/2 and U = x.Bx/2: forces of pairs cancel in the mean, (I + tau A) m' = m, and each particle sees the
  /// others in their mean, (I + tau A + tau B) y = x + tau B m'. Solved to 1e-13 and rounding.
  @Test(arguments: [0.01, 0.5, 4], [false, true]) func quadraticImplicit(tau: Double, weighted: Bool) throws {
    let x = Self.particles(150)
    let weights = weighted ? Self.unequalWeights(150) : [Double](repeating: 1 / 150, count: 150)
    let identity = [1.0, 0, 0, 1]
    let mean = (0..<2).map { column in (0..<150).reduce(0) { $0 + weights[$1] * x[$1, column] } }
    let one = zip(identity, Self.a).map { $0 + tau * $1 }
    let both = zip(one, Self.b).map { $0 + tau * $1 }
    let pull = Self.image(Self.b, try Self.solve(one, mean)).map { tau * $0 }
    let (y, report) = try Self.rollout(Quadratic(matrix: Self.a), Quadratic(matrix: Self.b), tolerance: 1e-13)
      .step(x, weights: weighted ? weights : nil, from: 0, to: tau)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-13 && report.iterations <= 12)
    for particle in 0..<150 {
      let right = zip(x.row(particle), pull).map { $0 + $1 }
      #expect(largest(difference(Array(y.row(particle)), try Self.solve(both, right))) < 1e-12)
    }
  }

  /// y = x - tau (A x + B (x - m)).
  @Test(arguments: [false, true]) func quadraticExplicit(weighted: Bool) throws {
    let (x, tau) = (Self.particles(150), 0.3)
    let weights = weighted ? Self.unequalWeights(150) : [Double](repeating: 1 / 150, count: 150)
    let mean = (0..<2).map { column in (0..<150).reduce(0) { $0 + weights[$1] * x[$1, column] } }
    let (y, report) = try Self.rollout(Quadratic(matrix: Self.a), Quadratic(matrix: Self.b), .explicit)
      .step(x, weights: weighted ? weights : nil, from: 0, to: tau)
    #expect(report.unconverged == 0 && report.maxResidual == 0)
    for particle in 0..<150 {
      let place = Array(x.row(particle))
      let (own, pairs) = (Self.image(Self.a, place), Self.image(Self.b, difference(place, mean)))
      #expect(
        largest(difference(Array(y.row(particle)), (0..<2).map { place[$0] - tau * (own[$0] + pairs[$0]) })) < 1e-13)
    }
  }

  /// An even U without V leaves the mean where it is, whatever its shape.
  @Test(arguments: [Scheme.implicit, .explicit]) func theMeanIsConserved(scheme: Scheme) throws {
    let x = Self.particles(80)
    let (y, report) = try Self.rollout(nil, Separable.doubleWell(2), scheme, tolerance: 1e-13).step(
      x, from: 0, to: 0.02)
    #expect(report.unconverged == 0)
    for column in 0..<2 {
      let drift = (0..<80).reduce(0) { $0 + y[$1, column] - x[$1, column] } / 80
      #expect(abs(drift) < 1e-13)
    }
    #expect(largest(difference(y.elements, x.elements)) > 0.01)
  }

  // MARK: Other interactions

  /// U(x) = x^3/6 - x + x^2/2 per coordinate: odd parts too, and a force at difference 0, the particle's own. The sum
  /// over j counts it: two particles at one place both move by tau.
  @Test func interactionsNeedNotBeEven() throws {
    let skew = Separable(dimension: 2) { x in (x * x * x / 6 - x + x * x / 2, x * x / 2 - 1 + x, x + 1) }
    let x = Self.particles(60)
    for tau in [0.05, 0.3] {
      let (y, report) = try Self.rollout(Quadratic(matrix: Self.a), skew).step(x, from: 0, to: tau)
      #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
      #expect(largest(Self.residuals(x, y, tau, Quadratic(matrix: Self.a), skew)) <= 1e-9 + 1e-13)
    }
    let pair = Matrix(rows: 2, columns: 2, elements: [1, 2, 1, 2])
    for scheme in [Scheme.implicit, .explicit] {
      let (y, _) = try Self.rollout(nil, skew, scheme).step(pair, from: 0, to: 0.25)
      #expect(largest(difference(y.elements, [1.25, 2.25, 1.25, 2.25])) < 1e-9)
    }
  }

  /// Pairs of a symmetric double well repel nearby and attract from afar. tau |Hess U| is up to 4 at difference 0,
  /// where a fixed point of the forces alone diverges, and some 20 between the outermost particles.
  @Test(arguments: [0.01, 0.1, 1]) func doubleWell(tau: Double) throws {
    let x = Self.particles(100)
    let (y, report) = try Self.rollout(Quadratic(matrix: [1, 0, 0, 1]), Separable.doubleWell(2)).step(
      x, from: 0, to: tau)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
    let residuals = Self.residuals(x, y, tau, Quadratic(matrix: [1, 0, 0, 1]), Separable.doubleWell(2))
    #expect(largest(residuals) <= 1e-9 + 1e-12)
  }

  /// U = 4 cosh(x / 2) per coordinate, even and convex, Hess U >= 1.
  private static let convex = Separable(dimension: 2) { x in
    let (up, down) = (exp(x / 2), exp(-x / 2))
    return (2 * (up + down), up - down, (up + down) / 2)
  }

  /// tau Hess U of 4 and more, where y <- x - tau F(y) diverges; the convex problem has one solution.
  @Test(arguments: [4, 40, 400]) func strongInteraction(tau: Double) throws {
    let x = Self.particles(100)
    let (y, report) = try Self.rollout(nil, Self.convex).step(x, from: 0, to: tau)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9 && report.iterations <= 40)
    #expect(largest(Self.residuals(x, y, tau, nil, Self.convex)) <= 1e-9 + 1e-12 * tau)
  }

  /// U = -k |x|^2 / 2: (1 - tau k) (y - m) = x - m, also where tau k > 1 and the solution is no minimum of anything.
  @Test(arguments: [0.6, 0.95, 4, 400]) func repulsion(strength: Double) throws {
    let x = Self.particles(100)
    let (y, report) = try Self.rollout(nil, Quadratic(matrix: [-strength, 0, 0, -strength]), tolerance: 1e-12)
      .step(x, from: 0, to: 1)
    #expect(report.unconverged == 0)
    let mean = (0..<2).map { column in (0..<100).reduce(0) { $0 + x[$1, column] } / 100 }
    let expected = x.elements.indices.map { mean[$0 % 2] + (x.elements[$0] - mean[$0 % 2]) / (1 - strength) }
    #expect(largest(difference(y.elements, expected)) < 1e-12 * max(1, 1 / abs(1 - strength)) + 1e-13)
  }

  /// Coordinates near 1e6 have a unit of 1e-10; forces see differences, displacements keep their digits, and only the
  /// points themselves are rounded.
  @Test(arguments: [Scheme.implicit, .explicit]) func farFromTheOrigin(scheme: Scheme) throws {
    // Multiples of 2^-30, so that adding 1e6 is exact.
    let near = Matrix(
      rows: 60, columns: 2, elements: Self.particles(60).elements.map { ($0 * 0x1p30).rounded() * 0x1p-30 })
    let far = Matrix(rows: 60, columns: 2, elements: near.elements.map { $0 + 1e6 })
    let rollout = Self.rollout(nil, Self.convex, scheme)
    let (expected, _) = try rollout.step(near, from: 0, to: 2)
    let (y, report) = try rollout.step(far, from: 0, to: 2)
    #expect(report.unconverged == 0)
    #expect(largest(difference(y.elements.map { $0 - 1e6 }, expected.elements)) < 3e-9)
  }

  // MARK: Order

  /// Both schemes follow the gradient flow to order 1: errors at time 1 halve with tau, against the explicit scheme at
  /// tau = 1/4096, whose own error is 3% of that at 1/128.
  @Test(arguments: [Scheme.implicit, .explicit]) func orderOne(scheme: Scheme) throws {
    let x = Self.particles(12)
    func end(_ scheme: Scheme, _ steps: Int) throws -> [Double] {
      let times = (0...steps).map { Double($0) / Double(steps) }
      return try Self.rollout(Quadratic(matrix: Self.a), Self.convex, scheme, tolerance: 1e-11)
        .run(from: x, times: times) { _ in true }.populations[steps].elements
    }
    let exact = try end(.explicit, 4096)
    let errors = try [32, 64, 128].map { euclideanNorm(difference(try end(scheme, $0), exact)) }
    #expect((1.8...2.2).contains(errors[0] / errors[1]) && (1.8...2.2).contains(errors[1] / errors[2]))
  }

  // MARK: What cannot be solved, and what stops a step

  /// U' = atan x - x per coordinate: two particles at distance s need atan(distance) = s, impossible from s = pi / 2
  /// on.
  @Test func noSolution() throws {
    let slope = Separable(dimension: 1) { x in
      (x * atan(x) - log(1 + x * x) / 2 - x * x / 2, atan(x) - x, 1 / (1 + x * x) - 1)
    }
    let apart = Matrix(rows: 2, columns: 1, elements: [5, -5])
    let (y, report) = try Self.rollout(nil, slope, d: 1).step(apart, from: 0, to: 1)
    #expect(report.unconverged == 2 && report.maxResidual >= 5 - Double.pi / 4 && largest(y.elements) < .infinity)
    let residuals = Self.residuals(apart, y, 1, nil, slope)
    #expect(abs(largest(residuals) - report.maxResidual) < 1e-9 * report.maxResidual)
    let near = Matrix(rows: 2, columns: 1, elements: [0.3, -0.3])
    let (z, solved) = try Self.rollout(nil, slope, d: 1).step(near, from: 0, to: 1)
    #expect(solved.unconverged == 0 && abs(z[0, 0] - z[1, 0] - tan(0.6)) < 1e-8)
  }

  /// A particle whose own step has no solution is reported alone; the others, which feel it, are solved.
  @Test func oneParticleWithoutSolution() throws {
    // y - 3 y^2 + (y - m) / 10 = x has no solution at x = 1.
    let hill = Separable(dimension: 1) { x in (-x * x * x, -3 * x * x, -6 * x) }
    let x = Matrix(rows: 40, columns: 1, elements: (0..<40).map { $0 == 7 ? 1 : 0.001 * Double($0) })
    let (y, report) = try Self.rollout(hill, Quadratic(matrix: [0.1]), d: 1).step(x, from: 0, to: 1)
    let residuals = Self.residuals(x, y, 1, hill, Quadratic(matrix: [0.1]))
    #expect(report.unconverged == 1 && residuals.indices.filter { residuals[$0] > 1e-9 } == [7])
  }

  @Test func tooFewIterations() throws {
    let x = Self.particles(30)
    let (y, report) = try Self.rollout(nil, Self.convex, maxIterations: 3).step(x, from: 0, to: 4)
    #expect(report.unconverged > 0 && report.iterations == 3 && report.maxResidual > 1e-9)
    let residuals = Self.residuals(x, y, 4, nil, Self.convex)
    #expect(report.unconverged == residuals.count(where: { $0 > 1e-9 }))
    #expect(abs(largest(residuals) - report.maxResidual) < 1e-12)
  }

  /// Forces that are not numbers move nothing.
  @Test func notANumber() throws {
    let broken = Separable(dimension: 2) { _ in (.nan, .nan, .nan) }
    let x = Self.particles(3)
    let (y, report) = try Self.rollout(nil, broken).step(x, from: 0, to: 1)
    #expect(y == x && report.unconverged == 3 && report.maxResidual == .infinity)
    #expect(engineError { _ = try Self.rollout(nil, broken, .explicit).step(x, from: 0, to: 1) }?.kind == .convergence)
  }

  /// A step that takes long may be stopped while it is under way: its host is asked more than once before it ends.
  @Test func progressMayCancel() {
    func steps(_ times: [Double], refusal: Int?) -> Questions {
      questions(refusal: refusal) {
        _ = try Self.rollout(nil, Self.convex).run(from: Self.particles(30), times: times) { _ in true }
      }
    }
    let one = steps([0, 4], refusal: nil)
    #expect(one.error == nil && one.asked > 3)
    #expect(steps([0, 4, 8], refusal: 3).ended(at: 3))
  }

  @Test func emptyPopulationsAndWrongWeights() throws {
    let rollout = Self.rollout(nil, Self.convex)
    let empty = Matrix(rows: 0, columns: 2)
    #expect(try rollout.step(empty, from: 0, to: 1).population == empty)
    let error = engineError { _ = try rollout.step(Self.particles(3), weights: [0.5, 0.5], from: 0, to: 1) }
    #expect(error?.kind == .shape && error?.message.contains("2 elements for 3 particles") == true)
  }

  /// The same bits on any number of threads, noise included.
  @Test(arguments: [Scheme.implicit, .explicit]) func threadsDoNotMatter(scheme: Scheme) throws {
    let x = Self.particles(300)
    var rollout = Self.rollout(Separable.doubleWell(2), Self.convex, scheme)
    (rollout.beta, rollout.seed) = (0.1, 5)
    let ends = try [1, 2, 3].map { threads in
      try withThreads(threads) {
        bits(try rollout.run(from: x, times: [0, 0.02, 0.05]) { _ in true }.populations[2].elements)
      }
    }
    #expect(ends[1] == ends[0] && ends[2] == ends[0])
  }
}

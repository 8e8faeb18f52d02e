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

  /// V = x.Ax/2 and U = x.Bx/2: forces of pairs cancel in the mean, (I + tau A) m' = m, and each particle sees the others in their
  /// mean, (I + tau A + tau B) y = x + tau B m'. Solved to 1e-13 and rounding.
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

  /// U(x) = x^3/6 - x + x^2/2 per coordinate: odd parts too, and a force at difference 0, the particle's own. The sum over j
  /// counts it: two particles at one place both move by tau.
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

  /// Pairs of a symmetric double well repel nearby and attract from afar. tau |Hess U| is up to 4 at difference 0, where a fixed point
  /// of the forces alone diverges, and some 20 between the outermost particles.
  @Test(arguments: [0.01, 0.1, 1]) func doubleWell(tau: Double) throws {
    let x = Self.particles(100)
    let (y, report) = try Self.rollout(Quadratic(matrix: [1, 0, 0, 1]), Separable.doubleWell(2)).step(
      x, from: 0, to: tau)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
    let residuals = Self.residuals(x, y, tau, Quadratic(matrix: [1, 0, 0, 1]), Separable.doubleWell(2))
    #expect(largest(residuals) <= 1e-9 + 1e-12)
  }

  /// tau Hess U between 4 and 4 cosh 3, convex and even: y <- x - tau F(y) diverges, the step exists and is one.
  @Test(arguments: [4, 40, 400]) func strongInteraction(strength: Double) throws {
    let cosh = Separable(dimension: 2) { x in
      let (up, down) = (exp(x / 2), exp(-x / 2))
      return (2 * (up + down), up - down, (up + down) / 2)
    }
    let x = Self.particles(100)
    let (y, report) = try Self.rollout(nil, cosh).step(x, from: 0, to: strength)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
    #expect(largest(Self.residuals(x, y, strength, nil, cosh)) <= 1e-9 + 1e-12 * strength)
  }

  @Test(arguments: [-0.6, -0.95, -4, -400]) func repulsion(strength: Double) throws {
    let x = Self.particles(100)
    let (_, report) = try Self.rollout(nil, Quadratic(matrix: [strength, 0, 0, strength])).step(x, from: 0, to: 1)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9)
  }
}

import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

/// Rollouts under a linear V and a network U.
@Suite struct NetworkInteractionTests {
  private static let network: Network = {
    let shape = NetworkShape(dimension: 2, timeVarying: false, hidden: [16, 16])
    return Network(shape: shape, parameters: shape.initialParameters(seed: 5))
  }()

  /// |x|^2 / 2
  private static let potential = FeatureExpansion(
    basis: FeatureBasis(
      dimension: 2, families: [.monomials(Monomials(dimension: 2, exponents: [2, 0, 0, 2]))], timeDegree: 0),
    coefficients: [0.5, 0.5])

  private static let start: Matrix = {
    var random = PhiloxSequence(seed: 141, stream: 0)
    return Matrix(rows: 100, columns: 2, elements: random.normals(200))
  }()

  private static func rollout(_ scheme: Scheme) -> Rollout {
    Rollout(potential: potential, interaction: network, scheme: scheme, length: 1, center: [0, 0])
  }

  private static func force(_ x: Matrix) -> [Double] {
    let pairs = PairField(network, Population(points: x)).gradients(x.elements)
    return zip(potential.gradients(x.elements), pairs).map { $0 + $1 }
  }

  /// The equations of the step hold to the tolerance at all pairs summed one by one, for steps short and long.
  @Test(arguments: [0.05, 0.5, 3]) func implicitStepConverges(tau: Double) throws {
    let (y, report) = try Self.rollout(.implicit).step(Self.start, from: 0, to: tau)
    #expect(report.unconverged == 0 && report.maxResidual <= 1e-9 && report.iterations < 40)
    let forces = Self.force(y)
    let rest = y.elements.indices.map { y.elements[$0] - Self.start.elements[$0] + tau * forces[$0] }
    for particle in 0..<y.rows {
      #expect(euclideanNorm(Array(rest[2 * particle..<2 * particle + 2])) <= 1e-9 + 1e-13 * tau)
    }
  }

  /// x - tau (grad V + mean grad U), to rounding.
  @Test func explicitStep() throws {
    let (y, report) = try Self.rollout(.explicit).step(Self.start, from: 0, to: 0.1)
    let expected = zip(Self.start.elements, Self.force(Self.start)).map { $0 - 0.1 * $1 }
    #expect(report.unconverged == 0 && relativeError(y.elements, expected) < 1e-13)
  }
}

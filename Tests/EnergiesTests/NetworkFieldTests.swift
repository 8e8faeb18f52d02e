import Energies
import Numerics
import TestSupport
import Testing

/// The field of a network in blocks, against the sum over all pairs one by one.
@Suite struct NetworkFieldTests {
  private static let shapes = [
    NetworkShape(dimension: 1, timeVarying: false, hidden: [5]),
    NetworkShape(dimension: 2, timeVarying: false, hidden: [64, 64]),
    NetworkShape(dimension: 3, timeVarying: false, hidden: [9, 6], activation: .silu),
    NetworkShape(dimension: 5, timeVarying: false, hidden: [7, 7, 4], activation: .tanh),
  ]

  /// With unequal weights, all particles `offset` away from the origin.
  static func population(_ n: Int, _ d: Int, offset: Double = 0) -> Population {
    var random = PhiloxSequence(seed: 31, stream: UInt64(n))
    let masses = (0..<n).map { _ in 0.1 + random.uniform() }
    let total = masses.reduce(0, +)
    return Population(
      points: Matrix(rows: n, columns: d, elements: random.normals(n * d).map { $0 + offset }),
      weights: masses.map { $0 / total })
  }

  private static func network(_ shape: NetworkShape) -> Network {
    Network(shape: shape, parameters: shape.initialParameters(seed: 3))
  }

  /// The same pairs are summed in another order, with up to a few hundred roundings of numbers of order 1: far below
  /// 1e-12 of the largest.
  @Test(arguments: shapes, [1, 63, 64, 200]) func agreesWithAllPairs(shape: NetworkShape, particles: Int) {
    let (network, d) = (Self.network(shape), shape.dimension)
    for offset in [0, 100.0] {
      let population = Self.population(particles, d, offset: offset)
      let (field, pairs) = (network.field(of: population), PairField(network, population))
      var random = PhiloxSequence(seed: 32, stream: 0)
      let points = random.normals(37 * d).map { $0 + offset }
      let directions = random.normals(37 * d)
      #expect(relativeError(field.values(points), pairs.values(points)) < 1e-12)
      #expect(relativeError(field.gradients(points), pairs.gradients(points)) < 1e-12)
      #expect(
        relativeError(
          field.hessianProducts(points, along: directions), pairs.hessianProducts(points, along: directions)) < 1e-12)
      #expect(relativeError(field.hessians(points), pairs.hessians(points)) < 1e-12)
    }
  }

  @Test func doesNotDependOnThreads() {
    let shape = Self.shapes[1]
    let field = Self.network(shape).field(of: Self.population(150, 2))
    var random = PhiloxSequence(seed: 33, stream: 0)
    let points = random.normals(2 * 100)
    let one = withThreads(1) { (field.values(points), field.gradients(points), field.hessians(points)) }
    let four = withThreads(4) { (field.values(points), field.gradients(points), field.hessians(points)) }
    #expect(bits(one.0) == bits(four.0) && bits(one.1) == bits(four.1) && bits(one.2) == bits(four.2))
  }

  /// Points beyond the memory for one stretch are standardised in another, with the same bits as one by one.
  @Test func longStretches() {
    let network = Self.network(NetworkShape(dimension: 50, timeVarying: false, hidden: [3]))
    let potential = StandardizedPotential(
      network, Standardization(center: [Double](repeating: 1, count: 50), length: 3, origin: 0, duration: 2))
    var random = PhiloxSequence(seed: 34, stream: 0)
    let points = random.normals(50 * 5300)
    let (values, gradients) = (potential.values(points), potential.gradients(points))
    for point in [0, 2620, 2621, 2622, 5242, 5299] {
      let alone = Array(points[point * 50..<point * 50 + 50])
      #expect(bits(potential.values(alone)) == bits([values[point]]))
      #expect(bits(potential.gradients(alone)) == bits(Array(gradients[point * 50..<point * 50 + 50])))
    }
  }
}

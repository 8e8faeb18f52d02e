import Energies
import Numerics
import TestSupport
import Testing

/// Fields of networks from a lattice, against all pairs.
@Suite struct TabulatedNetworkTests {
  private static func network(_ d: Int, _ hidden: [Int], _ activation: Activation = .softplus) -> Network {
    let shape = NetworkShape(dimension: d, timeVarying: false, hidden: hidden, activation: activation)
    return Network(shape: shape, parameters: shape.initialParameters(seed: 3))
  }

  private static let networks = [
    network(1, [16]), network(2, [24, 24]), network(2, [20], .tanh), network(2, [9, 6], .silu),
  ]

  /// Forces agree to 2^-30 of the largest of any pair, of which means are a good part, and Hessians to what differences
  /// leave of that.
  @Test(arguments: networks) func agreesWithAllPairs(network: Network) {
    let d = network.dimension
    let population = NetworkFieldTests.population(700, d, offset: 2)
    let prepared = network.prepared(for: population, evaluations: 1000)
    let (field, pairs) = (prepared.field(of: population), network.field(of: population))
    // Some of the points lie outside of the lattice.
    var random = PhiloxSequence(seed: 32, stream: 0)
    let points = random.normals(40 * d).map { $0 + 2 } + [Double](repeating: 30, count: d)
    #expect(relativeError(field.gradients(points), pairs.gradients(points)) < 5e-9)
    #expect(relativeError(field.hessians(points), pairs.hessians(points)) < 1e-5)
    // This shows that the table was used and not the network.
    #expect(bits(field.gradients(points)) != bits(pairs.gradients(points)))
    #expect(bits(Array(field.gradients(points).suffix(d))) == bits(Array(pairs.gradients(points).suffix(d))))
    #expect(bits(field.values(points)) == bits(pairs.values(points)))
    #expect(bits(prepared.gradients(points)) == bits(network.gradients(points)))
  }

  @Test func doesNotDependOnThreads() {
    let (network, population) = (Self.networks[1], NetworkFieldTests.population(600, 2))
    var random = PhiloxSequence(seed: 33, stream: 0)
    let points = random.normals(2 * 100)
    let results = [1, 4].map { threads in
      withThreads(threads) {
        network.prepared(for: population, evaluations: 100).field(of: population).gradients(points)
      }
    }
    #expect(bits(results[0]) == bits(results[1]))
  }

  /// The network itself is used for three coordinates, few pairs, all particles in one place, and numbers that are not
  /// finite.
  @Test func whatIsNotWorthATableGetsNone() {
    func isPlain(_ network: Network, _ population: Population, evaluations: Int) -> Bool {
      let d = network.dimension
      let points = [Double](repeating: 0.3, count: d)
      let prepared = network.prepared(for: population, evaluations: evaluations).field(of: population)
      let direct = network.field(of: population).gradients(points)
      return zip(prepared.gradients(points), direct).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
    #expect(isPlain(Self.network(3, [5]), NetworkFieldTests.population(700, 3), evaluations: 100))
    #expect(isPlain(Self.networks[1], NetworkFieldTests.population(100, 2), evaluations: 1))
    let same = Population(points: Matrix(rows: 600, columns: 2, elements: [Double](repeating: 0.3, count: 1200)))
    #expect(isPlain(Self.networks[1], same, evaluations: 100))
    var broken = NetworkFieldTests.population(600, 2)
    broken = Population(
      points: Matrix(rows: 600, columns: 2, elements: [.nan] + broken.points.elements.dropFirst()),
      weights: broken.weights)
    #expect(isPlain(Self.networks[1], broken, evaluations: 100))
  }
}

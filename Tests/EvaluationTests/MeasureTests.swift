import Energies
import Evaluation
import Numerics
import TestSupport
import Testing

@Suite struct MeasureTests {
  private static func population(_ n: Int, _ d: Int, seed: UInt64, weighted: Bool = false, shift: Double = 0)
    -> Population
  {
    var random = PhiloxSequence(seed: seed, stream: 0)
    let points = Matrix(rows: n, columns: d, elements: random.normals(n * d).map { $0 + shift })
    guard weighted else { return Population(points: points) }
    let weights = (0..<n).map { Double($0 % 5) }
    let sum = weights.reduce(0, +)
    return Population(points: points, weights: weights.map { $0 / sum })
  }

  /// The definition, pair by pair.
  private static func definition(_ x: Population, _ y: Population) -> Double {
    func mean(_ one: Population, _ other: Population, same: Bool) -> Double {
      var (sum, mass) = (0.0, 0.0)
      for i in 0..<one.points.rows {
        for j in 0..<other.points.rows where !same || i != j {
          let pair = one.weights[i] * other.weights[j]
          let squares = zip(one.points.row(i), other.points.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          sum += pair * squares.squareRoot()
          mass += pair
        }
      }
      return sum / mass
    }
    return 2 * mean(x, y, same: false) - mean(x, x, same: true) - mean(y, y, same: true)
  }

  /// Sums of n m terms agree with the plain loop to their rounding, for sizes that fill vectors and that do not.
  @Test(arguments: [1, 3, 10], [false, true]) func energyDistanceIsThatOfTheDefinition(d: Int, weighted: Bool) throws {
    for (n, m) in [(16, 24), (13, 7), (3, 4)] {
      let x = Self.population(n, d, seed: 1, weighted: weighted)
      let y = Self.population(m, d, seed: 2, weighted: weighted, shift: 0.5)
      let found = try energyDistance(x, y)
      #expect(abs(found - Self.definition(x, y)) < 1e-12)
      #expect(try abs(energyDistance(y, x) - found) < 1e-12)
    }
  }

  /// Two points each, worked out by hand: 2 (1 + 2 + 0 + 1) / 4 - 1 - 1.
  @Test func energyDistanceOfTwoPairs() throws {
    let x = Population(points: Matrix(rows: 2, columns: 1, elements: [0, 1]))
    let y = Population(points: Matrix(rows: 2, columns: 1, elements: [1, 2]))
    #expect(try energyDistance(x, y) == 0)
    // From x to itself at a distance of 10: 2 (10 + 11 + 9 + 10) / 4 - 2.
    let far = Population(points: Matrix(rows: 2, columns: 1, elements: [10, 11]))
    #expect(try energyDistance(x, far) == 18)
  }

  /// Unbiased: over 400 pairs of samples of one population the mean is 0 within four standard errors, and so is that of
  /// unequal sizes; with pairs of a particle and itself the mean would be E|X - X'| (1 / 12 + 1 / 30) = 0.2.
  @Test func energyDistanceIsUnbiased() throws {
    let values = try (0..<400).map { k in
      try energyDistance(Self.population(12, 2, seed: UInt64(2 * k)), Self.population(30, 2, seed: UInt64(2 * k + 1)))
    }
    let mean = values.reduce(0, +) / 400
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399
    #expect(abs(mean) < 4 * (variance / 400).squareRoot())
    #expect(mean < 0.05 && values.contains { $0 < 0 })
  }

  /// Equivariance: it does not see shifts and rotations by quarter turns, and scales with the coordinates, also where
  /// squares of distances would leave the range of numbers.
  @Test(arguments: [1, 1e200, 1e-200]) func energyDistanceScales(factor: Double) throws {
    let (x, y) = (Self.population(20, 2, seed: 3), Self.population(20, 2, seed: 4, shift: 1))
    func turned(_ population: Population) -> Population {
      let points = (0..<20).flatMap { [-factor * population.points[$0, 1], factor * population.points[$0, 0]] }
      return Population(points: Matrix(rows: 20, columns: 2, elements: points))
    }
    let (found, expected) = (try energyDistance(turned(x), turned(y)) / factor, try energyDistance(x, y))
    #expect(abs(found - expected) < 1e-13)
  }

  /// A sample of a single particle has no pair, and one that carries all mass is alone too.
  @Test func singleParticlesHaveNoPair() throws {
    let one = Population(points: Matrix(rows: 1, columns: 2, elements: [1, 2]))
    let alone = Population(points: Matrix(rows: 2, columns: 2, elements: [1, 2, 3, 4]), weights: [0, 1])
    let many = Self.population(5, 2, seed: 5)
    for single in [one, alone] {
      #expect(try energyDistance(single, many).isNaN && energyDistance(many, single).isNaN)
      #expect(varianceRatio(single, many).isNaN && varianceRatio(many, single).isNaN)
    }
  }

  /// Twice the coordinates have four times the covariance, wherever they are; all at one point have none.
  @Test func varianceRatioOfAScaledPopulation() {
    let x = Self.population(50, 3, seed: 6, weighted: true)
    let scaled = Population(
      points: Matrix(rows: 50, columns: 3, elements: x.points.elements.map { 2 * $0 + 7 }), weights: x.weights)
    #expect(abs(varianceRatio(scaled, x) - 4) < 1e-13)
    #expect(varianceRatio(x, x) == 1)
    let point = Population(points: Matrix(rows: 3, columns: 3))
    #expect(varianceRatio(point, x) == 0 && varianceRatio(x, point).isNaN)
  }

  /// Unbiased too: the sample variance of a standard normal has mean 1, of unequal weights as well. Four standard
  /// errors of 500 samples of about ten effective particles.
  @Test func spreadIsUnbiased() {
    let reference = Self.population(20_000, 1, seed: 1000)
    let ratios: [Double] = (0..<500).map { seed in
      varianceRatio(Self.population(15, 1, seed: UInt64(seed), weighted: true), reference)
    }
    let mean = ratios.reduce(0, +) / 500
    // The variance of a sample variance is about 2 / 9, and the reference is off by up to 0.04 itself.
    let bound = 4 * (2.0 / 9.0 / 500.0).squareRoot() + 0.04
    #expect(abs(mean - 1) < bound)
  }
}

import CSystem
import Energies
import Numerics
import TestSupport
import Testing

func sine(_ x: Double) -> Double { sin(x) }
func cosine(_ x: Double) -> Double { cos(x) }

/// The functions of a basis with arrays as results.
extension FeatureBasis {
  /// Shape (features, n).
  func values(_ points: [Double], over population: Population? = nil) throws -> [Double] {
    let n = points.count / dimension
    return try filled(n) { base in
      try points.withUnsafeBufferPointer {
        if let population {
          try meanValues($0, over: population, into: base, stride: n)
        } else {
          try values($0, into: base, stride: n)
        }
      }
    }
  }

  /// Shape (features, n, d).
  func jacobians(_ points: [Double], over population: Population? = nil) throws -> [Double] {
    try filled(points.count) { base in
      try points.withUnsafeBufferPointer {
        if let population {
          try meanJacobians($0, over: population, into: base, stride: points.count)
        } else {
          try jacobians($0, into: base, stride: points.count)
        }
      }
    }
  }

  /// One more number follows each result, and must stay as it was.
  private func filled(_ width: Int, _ body: (UnsafeMutablePointer<Double>) throws -> Void) throws -> [Double] {
    var numbers = [Double](repeating: .nan, count: spatialCount * width + 1)
    numbers[numbers.count - 1] = -12345
    try numbers.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { try body(base) }
    }
    #expect(numbers.last == -12345)
    return Array(numbers.dropLast())
  }
}

/// Properties that every family has, by whatever method it is evaluated.
@Suite struct FamilyTests {
  private static func coefficients(_ basis: FeatureBasis, _ seed: UInt64) -> [Double] {
    var random = PhiloxSequence(seed: seed, stream: 8)
    return random.normals(basis.count)
  }

  /// Central differences with h = 1e-4 of features whose third derivatives are some ten times the first err by 1e-7,
  /// and by rounding 1e-16 / h.
  @Test(arguments: FamilyCase.all) func jacobiansAreLimitsOfDifferences(family: FamilyCase) throws {
    let (basis, d, n, h) = (family.basis, family.dimension, 3, 1e-4)
    let points = FamilyCase.normal(n, d, 11).elements
    let jacobians = try basis.jacobians(points)
    let scale = largest(jacobians)
    for k in [0, d / 2, d - 1] {
      var (above, below) = (points, points)
      for i in 0..<n {
        above[i * d + k] += h
        below[i * d + k] -= h
      }
      let rise = difference(try basis.values(above), try basis.values(below)).map { $0 / (2 * h) }
      let slopes = (0..<basis.spatialCount * n).map { jacobians[$0 * d + k] }
      #expect(largest(difference(rise, slopes)) < 1e-5 * (scale + largest(rise)))
    }
  }

  /// Methods that combine features without writing them out agree with those that write them out.
  @Test(arguments: FamilyCase.all) func combinationsAreSums(family: FamilyCase) throws {
    let (basis, d, n) = (family.basis, family.dimension, 70)
    let points = FamilyCase.normal(n, d, 12).elements
    let theta = Self.coefficients(basis, 1)
    let expansion = FeatureExpansion(basis: basis, coefficients: theta)
    let (values, jacobians) = (try basis.values(points), try basis.jacobians(points))
    let sums = (0..<n).map { i in theta.indices.reduce(0) { $0 + theta[$1] * values[$1 * n + i] } }
    let slopes = (0..<n * d).map { place in theta.indices.reduce(0) { $0 + theta[$1] * jacobians[$1 * n * d + place] } }
    #expect(relativeError(expansion.values(points), sums) < 1e-12)
    #expect(relativeError(expansion.gradients(points), slopes) < 1e-12)
  }

  @Test(arguments: FamilyCase.all) func hessiansAreSymmetricLimits(family: FamilyCase) throws {
    let (basis, d, h) = (family.basis, family.dimension, 1e-4)
    let expansion = FeatureExpansion(basis: basis, coefficients: Self.coefficients(basis, 2))
    let point = FamilyCase.normal(1, d, 13).elements
    let (u, v) = (FamilyCase.normal(1, d, 14).elements, FamilyCase.normal(1, d, 15).elements)
    let (products, others) = (expansion.hessianProducts(point, along: u), expansion.hessianProducts(point, along: v))
    let above = expansion.gradients(zip(point, u).map { $0 + h * $1 })
    let below = expansion.gradients(zip(point, u).map { $0 - h * $1 })
    let change = difference(above, below).map { $0 / (2 * h) }
    #expect(largest(difference(products, change)) < 1e-5 * (largest(change) + 1))
    let symmetry = zip(v, products).reduce(0) { $0 + $1.0 * $1.1 } - zip(u, others).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(symmetry) < 1e-8 * (euclideanNorm(v) * euclideanNorm(products) + 1))
  }

  /// The field of a population is the mean over its particles, by whatever method it is computed. `PairField` evaluates
  /// all pairs. Sums of products of degree 6 at differences up to 6 have condition 1e4.
  @Test(arguments: FamilyCase.all, [0, 1e4]) func fieldsAreMeansOverPairs(family: FamilyCase, offset: Double) throws {
    let (basis, d, n) = (family.basis, family.dimension, 5)
    var random = PhiloxSequence(seed: 16, stream: 8)
    let masses = (0..<300).map { _ in random.uniform() }
    let total = masses.reduce(0, +)
    let population = Population(
      points: FamilyCase.normal(300, d, 17, scale: 0.7, offset: offset), weights: masses.map { $0 / total })
    let points = FamilyCase.normal(n, d, 18, offset: offset).elements
    let directions = FamilyCase.normal(n, d, 19).elements
    let expansion = FeatureExpansion(basis: basis, coefficients: Self.coefficients(basis, 3))
    let (field, pairs) = (expansion.field(of: population), PairField(expansion, population))
    // Differences of points at 1e4 have lost 1e-12.
    let tolerance = offset == 0 ? 1e-11 : 1e-9
    #expect(relativeError(field.values(points), pairs.values(points)) < tolerance)
    #expect(relativeError(field.gradients(points), pairs.gradients(points)) < tolerance)
    let products = pairs.hessianProducts(points, along: directions)
    let errors = difference(field.hessianProducts(points, along: directions), products)
    // The Hessian of |x| on the line is a difference of equal numbers.
    #expect(largest(errors) < 100 * tolerance * (largest(products) + 1))
    let theta = expansion.coefficients
    let (values, jacobians) = (
      try basis.values(points, over: population), try basis.jacobians(points, over: population)
    )
    let sums = (0..<n).map { i in theta.indices.reduce(0) { $0 + theta[$1] * values[$1 * n + i] } }
    let slopes = (0..<n * d).map { place in theta.indices.reduce(0) { $0 + theta[$1] * jacobians[$1 * n * d + place] } }
    #expect(relativeError(sums, pairs.values(points)) < tolerance)
    #expect(relativeError(slopes, pairs.gradients(points)) < tolerance)
  }

  @Test(arguments: FamilyCase.all) func threadsChangeNothing(family: FamilyCase) throws {
    let points = FamilyCase.normal(150, family.dimension, 20).elements
    let population = Population(points: FamilyCase.normal(90, family.dimension, 21))
    func results() throws -> [UInt64] {
      let field = FeatureExpansion(basis: family.basis, coefficients: Self.coefficients(family.basis, 4)).field(
        of: population)
      return bits(
        try family.basis.values(points, over: population) + family.basis.jacobians(points, over: population)
          + field.gradients(points))
    }
    let (one, three) = (try withThreads(1, results), try withThreads(3, results))
    #expect(one == three)
  }

  /// A basis has several families and is linear in time. Rows are in the order of the families, and names tell which is
  /// which.
  @Test func familiesStandSideBySide() throws {
    let families = FamilyCase.all.filter { $0.dimension == 2 }.map { $0.basis.families[0] }
    let basis = FeatureBasis(dimension: 2, families: families, timeDegree: 1)
    let points = FamilyCase.normal(4, 2, 22).elements
    let separate = try families.flatMap {
      try FeatureBasis(dimension: 2, families: [$0], timeDegree: 0).values(points)
    }
    #expect(try basis.values(points) == separate)
    #expect(basis.names.count == basis.count && Set(basis.names.prefix(15)).count == 15)
    #expect(basis.names[0] == "x2" && basis.names[basis.spatialCount] == "x2 t")
    let theta = Self.coefficients(basis, 5)
    let expansion = FeatureExpansion(basis: basis, coefficients: theta)
    let sum = theta.indices.prefix(basis.spatialCount).reduce(0) {
      $0 + (theta[$1] + 0.5 * theta[basis.spatialCount + $1]) * separate[$1 * 4]
    }
    #expect(abs(expansion.values(points, time: 0.5)[0] - sum) < 1e-11 * (abs(sum) + 1))
    let population = Population(points: FamilyCase.normal(30, 2, 23))
    let (field, pairs) = (expansion.field(of: population), PairField(expansion, population))
    #expect(relativeError(field.gradients(points, time: 0.5), pairs.gradients(points, time: 0.5)) < 1e-11)
  }

  @Test func failingHostIsAnError() {
    let family = CallbackFeatures(dimension: 2, count: 1) { _, _, _, _ in throw EngineError(.cancelled, "stopped") }
    let basis = FeatureBasis(dimension: 2, families: [.callback(family)], timeDegree: 0)
    #expect(engineError { _ = try basis.values([0, 0]) }?.kind == .cancelled)
    let expansion = FeatureExpansion(basis: basis, coefficients: [1])
    #expect(expansion.values([0, 0])[0].isNaN && expansion.gradients([0, 0])[1].isNaN)
    #expect(expansion.field(of: Population(points: Matrix(rows: 2, columns: 2))).values([0, 0])[0].isNaN)
  }

  /// At a centre, functions of the distance have gradient 0 and no NaN. The smooth ones have a Hessian there too.
  @Test(arguments: RadialFunctions.Kind.allCases) func centresAreHarmless(kind: RadialFunctions.Kind) throws {
    let functions = RadialFunctions(kind, centers: Matrix(rows: 1, columns: 3, elements: [1, 2, 3]), width: 2)
    let basis = FeatureBasis(dimension: 3, families: [.radial(functions)], timeDegree: 0)
    let expansion = FeatureExpansion(basis: basis, coefficients: [1])
    #expect(
      expansion.values([1, 2, 3])[0]
        == ([.gaussian, .multiquadric, .inverseMultiquadric, .inverseQuadratic].contains(kind) ? 1 : 0))
    #expect(try basis.jacobians([1, 2, 3]) == [0, 0, 0])
    #expect(largest(expansion.hessianProducts([1, 2, 3], along: [1, 1, 1])) < 100)
  }
}

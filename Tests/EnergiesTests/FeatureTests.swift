import Energies
import Numerics
import OracleSupport
import TestSupport
import Testing

/// One basis of Tests/Oracles/linear.txt with features and derivatives at a few points.
private struct FeatureCase {
  let basis: FeatureBasis
  let points: [[Double]]
  let times: [Double]
  let directions: [[Double]]
  let theta: [Double]
  let oracle: OracleFile
  let name: String

  init(_ name: String) throws {
    let file = try OracleFile("linear")
    self.name = name
    oracle = file
    let centers = try file["\(name)_centres"]
    let d = Int(try file["\(name)_dimension"].scalar)
    basis = FeatureBasis(
      monomials: Monomials(
        dimension: d, degree: Int(try file["\(name)_polynomial_degree"].scalar), limit: 3000),
      bumps: RadialFunctions(
        .gaussian,
        centers: Matrix(rows: centers.shape[0], columns: d, elements: centers.values),
        width: try file["\(name)_width"].scalar),
      timeDegree: Int(try file["\(name)_time_degree"].scalar))
    times = try file["\(name)_times"].values
    theta = try file["\(name)_theta"].values
    func rows(_ suffix: String) throws -> [[Double]] {
      let array = try file["\(name)_\(suffix)"]
      return (0..<array.shape[0]).map { Array(array.values[$0 * d..<($0 + 1) * d]) }
    }
    points = try rows("points")
    directions = try rows("directions")
  }

  var expansion: FeatureExpansion { FeatureExpansion(basis: basis, coefficients: theta) }

  func expected(_ suffix: String) throws -> [Double] { try oracle["\(name)_\(suffix)"].values }

  /// The spatial features, or their gradients, times t^0, t^1, ..
  func timed(_ spatial: [Double], _ time: Double) -> [Double] {
    var power = 1.0
    var all: [Double] = []
    for _ in 0...basis.timeDegree {
      all += spatial.map { $0 * power }
      power *= time
    }
    return all
  }
}

extension FeatureBasis {
  fileprivate func values(_ x: [Double]) -> [Double] {
    let values = AlignedBuffer<Double>(count: spatialCount)
    x.withUnsafeBufferPointer { try? self.values($0, into: values.base, stride: 1) }
    return values.doubles
  }

  /// Shape (features, d).
  fileprivate func jacobian(_ x: [Double]) -> [Double] {
    let jacobians = AlignedBuffer<Double>(count: spatialCount * dimension)
    x.withUnsafeBufferPointer { try? self.jacobians($0, into: jacobians.base, stride: dimension) }
    return jacobians.doubles
  }
}

extension AlignedBuffer<Double> {
  fileprivate var doubles: [Double] { (0..<count).map { base[$0] } }
}

@Suite struct FeatureTests {
  /// Each feature is a product of at most a dozen rounded numbers, and sums have a hundred terms. The oracle is right
  /// to 1e-14.
  private static let rounding = 1e-12

  @Test(arguments: ["plane", "timed"]) func featuresAgreeWithAutomaticDifferentiation(name: String) throws {
    let oracle = try FeatureCase(name)
    let basis = oracle.basis
    #expect(basis.count == oracle.theta.count)
    let values = zip(oracle.points, oracle.times).flatMap { oracle.timed(basis.values($0), $1) }
    #expect(relativeError(values, try oracle.expected("values")) < Self.rounding)
    let jacobians = zip(oracle.points, oracle.times).flatMap { oracle.timed(basis.jacobian($0), $1) }
    #expect(relativeError(jacobians, try oracle.expected("gradients")) < Self.rounding)
  }

  @Test(arguments: ["plane", "timed"]) func expansionAgreesWithAutomaticDifferentiation(name: String) throws {
    let oracle = try FeatureCase(name)
    let (expansion, d, count) = (oracle.expansion, oracle.basis.dimension, oracle.theta.count)
    let values = try oracle.expected("values")
    let gradients = try oracle.expected("gradients")
    for (row, (point, time)) in zip(oracle.points, oracle.times).enumerated() {
      var value = 0.0
      var gradient = [Double](repeating: 0, count: d)
      for (feature, weight) in oracle.theta.enumerated() {
        value += weight * values[row * count + feature]
        for column in 0..<d { gradient[column] += weight * gradients[(row * count + feature) * d + column] }
      }
      let scale = largest(values[row * count..<(row + 1) * count].map { $0 })
      #expect(abs(expansion.values(point, time: time)[0] - value) < Self.rounding * scale * Double(count))
      let slopes = largest(gradients[row * count * d..<(row + 1) * count * d].map { $0 })
      let error = largest(difference(expansion.gradients(point, time: time), gradient))
      #expect(error < Self.rounding * slopes * Double(count))
    }
    let products = oracle.points.indices.flatMap {
      expansion.hessianProducts(oracle.points[$0], along: oracle.directions[$0], time: oracle.times[$0])
    }
    #expect(relativeError(products, try oracle.expected("hessian_products")) < 1e-10)
  }

  // MARK: Calculus

  /// Where coordinates are 0, factors x^1 and x^0 must still have their derivatives. For monomials of degree 3 in 4
  /// coordinates, central differences with h = 1e-4 err by h^2 times third derivatives up to 1e2, and by rounding 1e-15
  /// x 1e2 / h.
  @Test(arguments: [[0.0, 0, 0, 0], [1, 0, 0, -1], [0, 2, 0, 0], [0.5, -1.5, 2, -0.25]])
  func derivativesAreLimitsOfDifferences(point: [Double]) {
    var random = PhiloxSequence(seed: 31, stream: 0)
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 4, degree: 3, limit: 3000),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 6, columns: 4, elements: random.normals(24)), width: 1.5),
      timeDegree: 1)
    let expansion = FeatureExpansion(basis: basis, coefficients: random.normals(basis.count).map { $0 / 10 })
    let (h, time) = (1e-4, 0.6)
    for _ in 0..<5 {
      let direction = random.normals(4)
      let above = zip(point, direction).map { $0 + h * $1 }
      let below = zip(point, direction).map { $0 - h * $1 }
      let slope = zip(expansion.gradients(point, time: time), direction).reduce(0) { $0 + $1.0 * $1.1 }
      let rise = (expansion.values(above, time: time)[0] - expansion.values(below, time: time)[0]) / (2 * h)
      let scale = 1 + largest(expansion.gradients(point, time: time))
      #expect(abs(slope - rise) < 1e-5 * scale)
      let product = expansion.hessianProducts(point, along: direction, time: time)
      let change = difference(expansion.gradients(above, time: time), expansion.gradients(below, time: time))
      #expect(largest(difference(product, change.map { $0 / (2 * h) })) < 1e-5 * scale)
    }
  }

  /// V(x, t) of a basis of time degree 2 is a parabola in t, so that third differences vanish.
  @Test func timeEntersAsAPolynomial() throws {
    let oracle = try FeatureCase("timed")
    let v = (0...3).map { oracle.expansion.values(oracle.points[0], time: Double($0)) }.flatMap { $0 }
    #expect(abs(v[3] - 3 * v[2] + 3 * v[1] - v[0]) < 1e-13 * largest(v) * 8)
    #expect(abs(v[2] - 2 * v[1] + v[0]) > 1e-3)
  }

  @Test func emptyBasisIsZero() {
    let empty = FeatureBasis(
      monomials: Monomials(dimension: 2, degree: 0, limit: 3000),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 2), width: 1), timeDegree: 0)
    let expansion = FeatureExpansion(basis: empty, coefficients: [])
    #expect(empty.count == 0)
    #expect(expansion.values([1, 2, 3, 4]) == [0, 0])
    #expect(expansion.gradients([1, 2, 3, 4]) == [0, 0, 0, 0])
    #expect(expansion.hessianProducts([1, 2], along: [1, 1]) == [0, 0])
  }
}

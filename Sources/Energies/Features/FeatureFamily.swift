import Numerics

/// Features of one kind.
package enum FeatureFamily: Sendable, Equatable {
  case monomials(Monomials)
  case radial(RadialFunctions)

  var features: any SpatialFeatures {
    switch self {
    case .monomials(let monomials): return monomials
    case .radial(let functions): return functions
    }
  }

  package var count: Int { features.count }
}

/// What a family of features computes; arguments and layouts are those of `FeatureBasis`.
protocol SpatialFeatures: Sendable {
  var dimension: Int { get }
  var count: Int { get }
  func name(of feature: Int) -> String

  func values(
    _ points: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>, stride: Int) throws
  func jacobians(
    _ points: UnsafeBufferPointer<Double>, into jacobians: UnsafeMutablePointer<Double>, stride: Int) throws
  /// products += (Hessian of sum_f weights[f] phi_f) direction, for each point.
  func addHessianProducts(
    _ points: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>) throws

  func meanValues(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into values: UnsafeMutablePointer<Double>,
    stride: Int) throws
  func meanJacobians(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into jacobians: UnsafeMutablePointer<Double>,
    stride: Int) throws
}

// MARK: Means by evaluation of all pairs

extension SpatialFeatures {
  func meanValues(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into values: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try sum(points, population, width: 1, into: values, stride) {
      try self.values($0, into: $1, stride: population.points.rows)
    }
  }

  func meanJacobians(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into jacobians: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    let d = dimension
    try sum(points, population, width: d, into: jacobians, stride) {
      try self.jacobians($0, into: $1, stride: population.points.rows * d)
    }
  }

  /// For each point, the mean over the population of what `evaluate` makes of the differences, `width` numbers per pair.
  private func sum(
    _ points: UnsafeBufferPointer<Double>, _ population: Population, width: Int,
    into means: UnsafeMutablePointer<Double>, _ stride: Int,
    _ evaluate: (UnsafeBufferPointer<Double>, UnsafeMutablePointer<Double>) throws -> Void
  ) throws {
    let (d, m) = (dimension, population.points.rows)
    let (differences, terms) = (AlignedBuffer<Double>(count: m * d), AlignedBuffer<Double>(count: count * m * width))
    for particle in 0..<points.count / d {
      for index in 0..<m * d {
        differences.base[index] = points[particle * d + index % d] - population.points.elements[index]
      }
      try evaluate(UnsafeBufferPointer(start: differences.base, count: m * d), terms.base)
      for feature in 0..<count {
        let row = terms.base + feature * m * width
        let mean = means + feature * stride + particle * width
        for column in 0..<width { mean[column] = 0 }
        for other in 0..<m {
          let weight = population.weights[other]
          for column in 0..<width { mean[column] += weight * row[other * width + column] }
        }
      }
    }
  }
}

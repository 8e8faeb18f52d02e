import Numerics

/// Features phi_f(x, t) that are linear to combine: those of each family in turn; when time-varying, all of them times 1,
/// then all times t, and so on up to t^timeDegree.
///
/// Points are row-major (n, d), n from their count. What the functions below fill belongs to the spatial features, one row of
/// `stride` numbers each; powers of time are the caller's to multiply. Only features of a callback throw.
package struct FeatureBasis: Sendable, Equatable {
  package let dimension: Int
  package let families: [FeatureFamily]
  /// 0 when constant in time.
  package let timeDegree: Int
  /// Features at one power of time.
  package let spatialCount: Int

  package init(dimension: Int, families: [FeatureFamily], timeDegree: Int) {
    precondition(families.allSatisfy { $0.features.dimension == dimension }, "a family has another dimension")
    self.dimension = dimension
    self.families = families
    self.timeDegree = timeDegree
    spatialCount = families.reduce(0) { $0 + $1.count }
  }

  package var count: Int { spatialCount * (timeDegree + 1) }

  /// phi_f(x_i) at values[f * stride + i].
  package func values(
    _ points: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>, stride: Int
  ) throws {
    try forEachFamily { family, first in try family.values(points, into: values + first * stride, stride: stride) }
  }

  /// d phi_f / d x_j at x_i, at jacobians[f * stride + i * d + j].
  package func jacobians(
    _ points: UnsafeBufferPointer<Double>, into jacobians: UnsafeMutablePointer<Double>, stride: Int
  ) throws {
    try forEachFamily { family, first in
      try family.jacobians(points, into: jacobians + first * stride, stride: stride)
    }
  }

  /// The mean over a population, sum_k w_k phi_f(x_i - y_k), at values[f * stride + i].
  package func meanValues(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into values: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try forEachFamily { family, first in
      try family.meanValues(points, over: population, into: values + first * stride, stride: stride)
    }
  }

  /// The gradients of these means, at jacobians[f * stride + i * d + j].
  package func meanJacobians(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into jacobians: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try forEachFamily { family, first in
      try family.meanJacobians(points, over: population, into: jacobians + first * stride, stride: stride)
    }
  }

  /// The Hessian of sum_f weights[f] phi_f at each point times that point's direction; weights of the spatial features.
  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    into products: UnsafeMutablePointer<Double>
  ) throws {
    products.update(repeating: 0, count: points.count)
    try forEachFamily { family, first in
      try family.addHessianProducts(points, weights: weights + first, directions: directions, to: products)
    }
  }

  /// A name of every feature, for reports: "x1^2 x3", "gaussian(centre 12)", "x1 t^2".
  package var names: [String] {
    let spatial = families.flatMap { family in (0..<family.count).map { family.features.name(of: $0) } }
    return (0...timeDegree).flatMap { power in
      spatial.map { power == 0 ? $0 : power == 1 ? "\($0) t" : "\($0) t^\(power)" }
    }
  }

  private func forEachFamily(_ body: (any SpatialFeatures, _ first: Int) throws -> Void) rethrows {
    var first = 0
    for family in families {
      try body(family.features, first)
      first += family.count
    }
  }
}

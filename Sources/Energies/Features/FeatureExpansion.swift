import CSystem
import Numerics

/// Features phi_f(x, t) that are linear to combine: monomials, then Gaussian bumps; when time-varying, all of them
/// times 1, then all times t, and so on up to t^timeDegree.
package struct FeatureBasis: Sendable, Equatable {
  package let monomials: Monomials
  package let bumps: GaussianBumps
  /// 0 when constant in time.
  package let timeDegree: Int

  package init(monomials: Monomials, bumps: GaussianBumps, timeDegree: Int) {
    self.monomials = monomials
    self.bumps = bumps
    self.timeDegree = timeDegree
  }

  package var dimension: Int { monomials.dimension }
  /// Features at one power of time.
  package var spatialCount: Int { monomials.count + bumps.count }
  package var count: Int { spatialCount * (timeDegree + 1) }

  /// Values of the spatial features at one point.
  package func values(_ x: UnsafePointer<Double>, into values: UnsafeMutablePointer<Double>) {
    withTable(x) { table, factors, centers in
      for monomial in 0..<monomials.count { values[monomial] = monomials.product(monomial, table, factors) }
      for bump in 0..<bumps.count {
        values[monomials.count + bump] = bumps.value(x, centers, bump)
      }
    }
  }

  /// Gradients of the spatial features at one point: element (f, j) at jacobian[f * featureStride + j * coordinateStride].
  package func jacobian(
    _ x: UnsafePointer<Double>, into jacobian: UnsafeMutablePointer<Double>, featureStride: Int, coordinateStride: Int
  ) {
    withTable(x) { table, factors, centers in
      for monomial in 0..<monomials.count {
        let row = jacobian + monomial * featureStride
        for coordinate in 0..<dimension { row[coordinate * coordinateStride] = 0 }
        for position in monomials.starts[monomial]..<monomials.starts[monomial + 1] {
          row[factors[position].coordinate * coordinateStride] =
            monomials.power(factors[position], table, lowered: 1)
            * monomials.product(monomial, table, factors, without: position)
        }
      }
      for bump in 0..<bumps.count {
        let row = jacobian + (monomials.count + bump) * featureStride
        let center = UnsafeBufferPointer(rebasing: centers[bump * dimension..<(bump + 1) * dimension])
        let slope = -2 / (bumps.width * bumps.width) * bumps.value(x, centers, bump)
        for coordinate in 0..<dimension {
          row[coordinate * coordinateStride] = slope * (x[coordinate] - center[coordinate])
        }
      }
    }
  }

  /// The Hessian of sum_f weights[f] phi_f at one point times a direction, over spatial features.
  package func hessianProduct(
    _ x: UnsafePointer<Double>, weights: UnsafePointer<Double>, direction: UnsafePointer<Double>,
    into product: UnsafeMutablePointer<Double>
  ) {
    for coordinate in 0..<dimension { product[coordinate] = 0 }
    withTable(x) { table, factors, centers in
      for monomial in 0..<monomials.count {
        let range = monomials.starts[monomial]..<monomials.starts[monomial + 1]
        for first in range {
          let row = factors[first].coordinate
          var sum =
            direction[row] * monomials.power(factors[first], table, lowered: 2)
            * monomials.product(monomial, table, factors, without: first)
          let slope = monomials.power(factors[first], table, lowered: 1)
          for second in range where second != first {
            sum +=
              direction[factors[second].coordinate] * slope
              * monomials.power(factors[second], table, lowered: 1)
              * monomials.product(monomial, table, factors, without: first, second)
          }
          product[row] += weights[monomial] * sum
        }
      }
      let scale = 2 / (bumps.width * bumps.width)
      for bump in 0..<bumps.count {
        let center = UnsafeBufferPointer(rebasing: centers[bump * dimension..<(bump + 1) * dimension])
        let height = weights[monomials.count + bump] * scale * bumps.value(x, centers, bump)
        var along = 0.0
        for coordinate in 0..<dimension { along += (x[coordinate] - center[coordinate]) * direction[coordinate] }
        for coordinate in 0..<dimension {
          product[coordinate] += height * (scale * along * (x[coordinate] - center[coordinate]) - direction[coordinate])
        }
      }
    }
  }

  /// Hands out the powers of x, the monomials' factors and the centres as plain memory.
  @inline(__always)
  private func withTable(
    _ x: UnsafePointer<Double>,
    _ body: (UnsafePointer<Double>, UnsafeBufferPointer<Monomials.Factor>, UnsafeBufferPointer<Double>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: monomials.tableCount) { table in
      monomials.factors.withUnsafeBufferPointer { factors in
        bumps.centers.elements.withUnsafeBufferPointer { centers in
          guard let table = table.baseAddress else { return }
          monomials.powers(x, into: table)
          body(table, factors, centers)
        }
      }
    }
  }
}

/// A potential that is a linear combination of features.
package struct FeatureExpansion: Potential, Equatable {
  package let basis: FeatureBasis
  /// One coefficient per feature.
  package let coefficients: [Double]

  package init(basis: FeatureBasis, coefficients: [Double]) {
    precondition(coefficients.count == basis.count, "coefficient count differs from the basis")
    self.basis = basis
    self.coefficients = coefficients
  }

  package var dimension: Int { basis.dimension }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    let weights = weights(at: time)
    var features = [Double](repeating: 0, count: basis.spatialCount)
    forEachPoint(points) { particle, x in
      features.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        basis.values(x, into: base)
      }
      var sum = 0.0
      for feature in weights.indices { sum += weights[feature] * features[feature] }
      values[particle] = sum
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    let weights = weights(at: time)
    let d = dimension
    var jacobian = [Double](repeating: 0, count: basis.spatialCount * d)
    forEachPoint(points) { particle, x in
      jacobian.withUnsafeMutableBufferPointer { buffer in
        for coordinate in 0..<d { gradients[particle * d + coordinate] = 0 }
        guard let base = buffer.baseAddress else { return }
        basis.jacobian(x, into: base, featureStride: d, coordinateStride: 1)
        for feature in weights.indices {
          for coordinate in 0..<d {
            gradients[particle * d + coordinate] += weights[feature] * base[feature * d + coordinate]
          }
        }
      }
    }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    // One more weight, so that an empty basis has an address too.
    let weights = weights(at: time) + [0]
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress, let directions = directions.baseAddress,
        let products = products.baseAddress
      else { return }
      forEachPoint(points) { particle, x in
        let offset = particle * dimension
        basis.hessianProduct(x, weights: weights, direction: directions + offset, into: products + offset)
      }
    }
  }

  /// The spatial features' weights at one time: sum_q coefficient_{q f} t^q.
  private func weights(at time: Double) -> [Double] {
    let spatial = basis.spatialCount
    var weights = [Double](repeating: 0, count: spatial)
    for power in stride(from: basis.timeDegree, through: 0, by: -1) {
      for feature in 0..<spatial {
        weights[feature] = weights[feature] * time + coefficients[power * spatial + feature]
      }
    }
    return weights
  }

  private func forEachPoint(
    _ points: UnsafeBufferPointer<Double>, _ body: (Int, UnsafePointer<Double>) -> Void
  ) {
    guard let base = points.baseAddress else { return }
    for particle in 0..<points.count / dimension { body(particle, base + particle * dimension) }
  }
}

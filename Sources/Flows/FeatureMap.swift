import CSystem
import Numerics

/// Where the features of a map are, and in which unit.
///
/// In z = (x - centre) / length they are the d coordinates of z, its d (d + 1) / 2 products, bumps
/// w^2 exp(-|z - zeta|^2 / (2 w^2)), and local quadratics, in this order; psi = |x|^2 / 2 + length^2 times their sum.
package struct MapFeatures: Sendable, Equatable {
  package let centre: [Double]
  package let length: Double
  /// zeta_k, (K, d), in units of the length.
  package let bumps: Matrix
  /// w_k, in units of the length.
  package let widths: [Double]
  /// In units of the length, from the centre.
  package let local: LocalQuadratics

  package init(centre: [Double], length: Double, bumps: Matrix, widths: [Double], local: LocalQuadratics) {
    (self.centre, self.length, self.bumps, self.widths, self.local) = (centre, length, bumps, widths, local)
  }

  package var dimension: Int { centre.count }
  /// Coordinates and products: the features of affine maps.
  package var affineCount: Int { dimension + dimension * (dimension + 1) / 2 }
  /// Where the local quadratics begin.
  var localStart: Int { affineCount + widths.count }
  package var count: Int { localStart + local.count }

  /// Beyond this |u|^2 a bump is below the rounding of the others.
  static let reach = 80.0
}

/// The map of linear features: T(x) = x + length sum_j theta_j grad phi_j(z).
package struct FeatureMap: TransportMap, Equatable {
  package let features: MapFeatures
  /// theta
  package let coefficients: [Double]

  package init(_ features: MapFeatures, coefficients: [Double]) {
    precondition(coefficients.count == features.count, "a map has one coefficient per feature")
    (self.features, self.coefficients) = (features, coefficients)
  }

  package var dimension: Int { features.dimension }

  package func evaluate(
    _ points: UnsafeBufferPointer<Double>, images: UnsafeMutableBufferPointer<Double>,
    jacobians: UnsafeMutableBufferPointer<Double>?
  ) {
    let d = dimension
    var (place, quadratic) = (LocalPlace(features.local), LocalQuadratic(dimension: d))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * d) { memory in
      let (z, u) = (
        UnsafeMutableBufferPointer(rebasing: memory[..<d]), UnsafeMutableBufferPointer(rebasing: memory[d...])
      )
      for start in stride(from: 0, to: points.count, by: d) {
        let particle = start / d
        for a in 0..<d { z[a] = (points[start + a] - features.centre[a]) / features.length }
        // In units of the length, relative to z, until the end.
        let shift = UnsafeMutableBufferPointer(rebasing: images[start..<start + d])
        let jacobian = jacobians.map {
          UnsafeMutableBufferPointer(rebasing: $0[particle * d * d..<(particle + 1) * d * d])
        }
        addAffine(z, shift, jacobian)
        forBumps(near: z, offset: u) { bump, e in
          let c = coefficients[features.affineCount + bump] * e
          let w = features.widths[bump]
          for a in 0..<d { shift[a] -= c * w * u[a] }
          guard let jacobian else { return }
          for a in 0..<d {
            for b in 0...a { jacobian[a * d + b] += c * u[a] * u[b] }
            jacobian[a * d + a] -= c
          }
        }
        if features.local.count > 0, let origin = z.baseAddress {
          place.compute(features.local, at: origin)
          features.local.add(coefficients[features.localStart...], at: place, &quadratic, to: shift, jacobian)
        }
        for a in 0..<d { images[start + a] = points[start + a] + features.length * shift[a] }
        if let jacobian { for a in 0..<d { for b in 0..<a { jacobian[b * d + a] = jacobian[a * d + b] } } }
      }
    }
  }

  /// The affine part: the coordinates' coefficients, then those of the products z_a z_b with b <= a, of which those of
  /// squares count half, so that the Jacobian has the coefficients themselves.
  private func addAffine(
    _ z: UnsafeMutableBufferPointer<Double>, _ shift: UnsafeMutableBufferPointer<Double>,
    _ jacobian: UnsafeMutableBufferPointer<Double>?
  ) {
    let d = dimension
    for a in 0..<d { shift[a] = coefficients[a] }
    var index = d
    for a in 0..<d {
      for b in 0...a {
        let c = coefficients[index]
        index += 1
        shift[a] += c * z[b]
        if b < a { shift[b] += c * z[a] }
        if let jacobian { jacobian[a * d + b] = c + (a == b ? 1 : 0) }
      }
    }
  }

  /// Calls `body(bump, exp(-|u|^2 / 2))` for the bumps that reach z, with u = (z - zeta) / w in `offset`.
  private func forBumps(
    near z: UnsafeMutableBufferPointer<Double>, offset u: UnsafeMutableBufferPointer<Double>,
    _ body: (Int, Double) -> Void
  ) {
    let d = dimension
    features.bumps.elements.withUnsafeBufferPointer { bumps in
      features.widths.withUnsafeBufferPointer { widths in
        for bump in 0..<widths.count {
          let inverse = 1 / widths[bump]
          var square = 0.0
          for a in 0..<d {
            u[a] = (z[a] - bumps[bump * d + a]) * inverse
            square += u[a] * u[a]
          }
          if square < MapFeatures.reach { body(bump, exp(-square / 2)) }
        }
      }
    }
  }

  package func logDeterminantGradient(
    _ point: UnsafeBufferPointer<Double>, inverse: UnsafeBufferPointer<Double>,
    into gradient: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    gradient.update(repeating: 0)
    var trace = 0.0
    for a in 0..<d { trace += inverse[a * d + a] }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * d) { memory in
      let z = UnsafeMutableBufferPointer(rebasing: memory[..<d])
      let u = UnsafeMutableBufferPointer(rebasing: memory[d..<2 * d])
      let p = UnsafeMutableBufferPointer(rebasing: memory[(2 * d)...])
      for a in 0..<d { z[a] = (point[a] - features.centre[a]) / features.length }
      forBumps(near: z, offset: u) { bump, e in
        var square = 0.0
        for a in 0..<d {
          p[a] = 0
          for b in 0..<d { p[a] += inverse[a * d + b] * u[b] }
          square += u[a] * p[a]
        }
        let c = coefficients[features.affineCount + bump] * e / (features.widths[bump] * features.length)
        for a in 0..<d { gradient[a] += c * (2 * p[a] - u[a] * (square - trace)) }
      }
      guard features.local.count > 0, let origin = z.baseAddress else { return }
      var (place, sum) = (LocalPlace(features.local), [Double](repeating: 0, count: d))
      place.compute(features.local, at: origin)
      features.local.addTraceGradient(coefficients[features.localStart...], at: place, weight: inverse, to: &sum)
      for a in 0..<d { gradient[a] += sum[a] / features.length }
    }
  }
}

import Energies
import TestSupport
import Testing

/// W(z, s) = (1 + s) (a^2 b + b^3), z = (a, b): every derivative by hand.
private struct Cubic: Potential {
  var dimension: Int { 2 }

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    for index in values.indices {
      let (a, b) = (points[2 * index], points[2 * index + 1])
      values[index] = (1 + time) * (a * a * b + b * b * b)
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    for index in 0..<points.count / 2 {
      let (a, b) = (points[2 * index], points[2 * index + 1])
      gradients[2 * index] = (1 + time) * 2 * a * b
      gradients[2 * index + 1] = (1 + time) * (a * a + 3 * b * b)
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    for index in 0..<points.count / 2 {
      let (a, b) = (points[2 * index], points[2 * index + 1])
      let (p, q) = (directions[2 * index], directions[2 * index + 1])
      products[2 * index] = (1 + time) * (2 * b * p + 2 * a * q)
      products[2 * index + 1] = (1 + time) * (2 * a * p + 6 * b * q)
    }
  }
}

@Suite struct StandardizationTests {
  /// V(x, t) = (L^2 / D) W((x - c) / L, (t - o) / D), written out for W: with u = x - c, V = (1 + (t - o) / D) (u1^2 u2
  /// + u2^3) / (L D). Some ten roundings on each side, on sums whose terms have one sign here.
  @Test func potentialInTheUsersCoordinates() {
    let (center, length, origin, duration) = ([3.0, -5], 2.5, 7.0, 0.3)
    let potential = StandardizedPotential(
      Cubic(), Standardization(center: center, length: length, origin: origin, duration: duration))
    let (points, directions, time) = ([4.0, -1, 6.5, -4.75], [0.5, 2, 1, 3], 7.45)
    let factor = (1 + (time - origin) / duration) / (length * duration)
    for particle in 0..<2 {
      let (x, y) = (points[2 * particle] - 3, points[2 * particle + 1] + 5)
      let (p, q) = (directions[2 * particle], directions[2 * particle + 1])
      let slice = { (all: [Double]) in Array(all[2 * particle..<2 * particle + 2]) }
      let value = factor * (x * x * y + y * y * y)
      let gradient = [factor * 2 * x * y, factor * (x * x + 3 * y * y)]
      let product = [factor * (2 * y * p + 2 * x * q), factor * (2 * x * p + 6 * y * q)]
      #expect(abs(potential.values(points, time: time)[particle] - value) <= 1e-14 * abs(value))
      #expect(relativeError(slice(potential.gradients(points, time: time)), gradient) <= 1e-14)
      let products = potential.hessianProducts(points, along: directions, time: time)
      #expect(relativeError(slice(products), product) <= 1e-14)
      let hessian = [factor * 2 * y, factor * 2 * x, factor * 2 * x, factor * 6 * y]
      let hessians = potential.hessians(points, time: time)
      #expect(relativeError(Array(hessians[4 * particle..<4 * particle + 4]), hessian) <= 1e-14)
    }
    let both = potential.valuesAndGradients(points, time: time)
    #expect(both.values == potential.values(points, time: time))
    #expect(both.gradients == potential.gradients(points, time: time))
  }

  /// With units that are powers of two, and the centre at the origin, there is no rounding beyond that in standardised
  /// coordinates.
  @Test func powersOfTwoAreExact() {
    let (length, duration) = (0x1p20, 0x1p-7)
    let potential = StandardizedPotential(
      Cubic(), Standardization(center: [0, 0], length: length, origin: 0, duration: duration))
    let (z, c) = ([0.3, -1.7, 2.2, 0.9], [1.1, 0.4, -0.2, 0.8])
    let x = z.map { $0 * length }
    let unit = length * length / duration
    #expect(potential.values(x, time: 3 * duration) == Cubic().values(z, time: 3).map { $0 * unit })
    #expect(potential.gradients(x, time: 0) == Cubic().gradients(z).map { $0 * length / duration })
    let products = Cubic().hessianProducts(z, along: c)
    #expect(potential.hessianProducts(x, along: c, time: 0) == products.map { $0 / duration })
  }
}

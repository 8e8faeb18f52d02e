import Numerics

/// Coordinates in which fitting is well conditioned whatever the units: z = (x - center) / length, s = (t - origin) / duration.
///
/// One length for all coordinates, because W2 and the gradient flow are isotropic. A potential W(z, s) in these coordinates
/// is V = (length^2 / duration) W in the user's, so that V comes out in length^2/time.
package struct Standardization: Sendable, Equatable {
  package let center: [Double]
  /// Length of one standardised unit.
  package let length: Double
  /// The time that is 0 in standardised time.
  package let origin: Double
  /// The mean gap between snapshots, the tau-bar in which the paper's unit step is counted.
  package let duration: Double

  package init(center: [Double], length: Double, origin: Double, duration: Double) {
    self.center = center
    self.length = length
    self.origin = origin
    self.duration = duration
  }

  package func time(_ t: Double) -> Double { (t - origin) / duration }

  /// Row-major (n, d) points into standardised coordinates.
  package func points(_ points: UnsafeBufferPointer<Double>) -> [Double] {
    let d = center.count
    let inverse = 1 / length
    return [Double](unsafeUninitializedCapacity: points.count) { out, count in
      var column = 0
      for index in points.indices {
        out[index] = (points[index] - center[column]) * inverse
        column = column + 1 == d ? 0 : column + 1
      }
      count = points.count
    }
  }
}

/// A potential given in standardised coordinates, seen in the user's.
package struct StandardizedPotential: Potential {
  package let base: any Potential
  package let standardization: Standardization

  package init(_ base: any Potential, _ standardization: Standardization) {
    self.base = base
    self.standardization = standardization
  }

  package var dimension: Int { base.dimension }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    standardization.points(points).withUnsafeBufferPointer {
      base.values($0, time: standardization.time(time), into: values)
    }
    scale(values, by: energyUnit)
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    standardization.points(points).withUnsafeBufferPointer {
      base.gradients($0, time: standardization.time(time), into: gradients)
    }
    scale(gradients, by: standardization.length / standardization.duration)
  }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    standardization.points(points).withUnsafeBufferPointer {
      base.valuesAndGradients($0, time: standardization.time(time), values: values, gradients: gradients)
    }
    scale(values, by: energyUnit)
    scale(gradients, by: standardization.length / standardization.duration)
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    standardization.points(points).withUnsafeBufferPointer {
      base.hessianProducts($0, directions: directions, time: standardization.time(time), into: products)
    }
    scale(products, by: 1 / standardization.duration)
  }

  package func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    standardization.points(points).withUnsafeBufferPointer {
      base.hessians($0, time: standardization.time(time), into: hessians)
    }
    scale(hessians, by: 1 / standardization.duration)
  }

  private var energyUnit: Double { standardization.length / standardization.duration * standardization.length }

  private func scale(_ buffer: UnsafeMutableBufferPointer<Double>, by factor: Double) {
    for index in buffer.indices { buffer[index] *= factor }
  }
}

/// An interaction given in standardised coordinates, seen in the user's: differences have a length, but no centre.
package struct StandardizedInteraction: Interaction {
  private let base: any Interaction
  private let standardization: Standardization
  private let ofDifferences: StandardizedPotential

  package init(_ base: any Interaction, _ standardization: Standardization) {
    self.base = base
    self.standardization = standardization
    ofDifferences = StandardizedPotential(
      base,
      Standardization(
        center: [Double](repeating: 0, count: standardization.center.count), length: standardization.length,
        origin: standardization.origin, duration: standardization.duration))
  }

  package var dimension: Int { base.dimension }

  package func field(of population: Population) -> any Potential {
    let points = population.points.elements.withUnsafeBufferPointer { standardization.points($0) }
    let standardized = Population(
      points: Matrix(rows: population.points.rows, columns: population.points.columns, elements: points),
      weights: population.weights)
    return StandardizedPotential(base.field(of: standardized), standardization)
  }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) { ofDifferences.values(points, time: time, into: values) }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) { ofDifferences.gradients(points, time: time, into: gradients) }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { ofDifferences.hessianProducts(points, directions: directions, time: time, into: products) }
}

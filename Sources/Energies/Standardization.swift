import Numerics

/// Coordinates in which fitting is well conditioned whatever the units: z = (x - center) / length, s = (t - origin) /
/// duration.
///
/// There is one length for all coordinates, because W2 and the gradient flow are isotropic. A potential W(z, s) in
/// these coordinates is V = (length^2 / duration) W in the user's, so that V comes out in length^2/time.
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
    [Double](unsafeUninitializedCapacity: points.count) { out, count in
      convert(points, into: out)
      count = points.count
    }
  }

  func convert(_ points: UnsafeBufferPointer<Double>, into out: UnsafeMutableBufferPointer<Double>) {
    let d = center.count
    let inverse = 1 / length
    var column = 0
    for index in points.indices {
      out[index] = (points[index] - center[column]) * inverse
      column = column + 1 == d ? 0 : column + 1
    }
  }
}

/// A potential given in standardised coordinates, seen in the user's.
///
/// Points are taken a stretch at a time and standardised into memory of the thread. Stretches are long, so that the
/// base can spread them over threads.
package struct StandardizedPotential: Potential {
  package let base: any Potential
  package let standardization: Standardization
  private let stretches = PerThread<AlignedBuffer<Double>>()

  /// Coordinates in a stretch: 1 MB of doubles. A call with few points uses only the beginning of it.
  private static let stretch = 1 << 17

  package init(_ base: any Potential, _ standardization: Standardization) {
    self.base = base
    self.standardization = standardization
  }

  package var dimension: Int { base.dimension }
  package var callsHost: Bool { base.callsHost }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    forStretches(points) { points, range in
      let values = rows(of: values, range, width: 1)
      base.values(points, time: standardization.time(time), into: values)
      scale(values, by: energyUnit)
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    forStretches(points) { points, range in
      let gradients = rows(of: gradients, range, width: dimension)
      base.gradients(points, time: standardization.time(time), into: gradients)
      scale(gradients, by: standardization.length / standardization.duration)
    }
  }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    forStretches(points) { points, range in
      let (values, gradients) = (rows(of: values, range, width: 1), rows(of: gradients, range, width: dimension))
      base.valuesAndGradients(points, time: standardization.time(time), values: values, gradients: gradients)
      scale(values, by: energyUnit)
      scale(gradients, by: standardization.length / standardization.duration)
    }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    forStretches(points) { points, range in
      let directions = UnsafeBufferPointer(
        rebasing: directions[range.lowerBound * dimension..<range.upperBound * dimension])
      let products = rows(of: products, range, width: dimension)
      base.hessianProducts(points, directions: directions, time: standardization.time(time), into: products)
      scale(products, by: 1 / standardization.duration)
    }
  }

  package func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    forStretches(points) { points, range in
      let hessians = rows(of: hessians, range, width: dimension * dimension)
      base.hessians(points, time: standardization.time(time), into: hessians)
      scale(hessians, by: 1 / standardization.duration)
    }
  }

  private var energyUnit: Double { standardization.length / standardization.duration * standardization.length }

  private func scale(_ buffer: UnsafeMutableBufferPointer<Double>, by factor: Double) {
    for index in buffer.indices { buffer[index] *= factor }
  }

  private func rows(
    of results: UnsafeMutableBufferPointer<Double>, _ range: Range<Int>, width: Int
  ) -> UnsafeMutableBufferPointer<Double> {
    UnsafeMutableBufferPointer(rebasing: results[range.lowerBound * width..<range.upperBound * width])
  }

  /// Calls `body` with standardised points and their range among all.
  private func forStretches(
    _ points: UnsafeBufferPointer<Double>, _ body: (UnsafeBufferPointer<Double>, Range<Int>) -> Void
  ) {
    let (n, size) = (points.count / dimension, max(1, Self.stretch / dimension))
    guard n > 0 else { return }
    stretches.with {
      AlignedBuffer(count: size * dimension)
    } _: { memory in
      for start in stride(from: 0, to: n, by: size) {
        let range = start..<min(n, start + size)
        let count = range.count * dimension
        let standardized = UnsafeMutableBufferPointer(start: memory.base, count: count)
        standardization.convert(
          UnsafeBufferPointer(rebasing: points[start * dimension..<start * dimension + count]), into: standardized)
        body(UnsafeBufferPointer(standardized), range)
      }
    }
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
  package var callsHost: Bool { base.callsHost }

  package func field(of population: Population) -> any Potential {
    StandardizedPotential(base.field(of: standardized(population)), standardization)
  }

  package func prepared(for population: Population, evaluations: Int) -> any Interaction {
    StandardizedInteraction(
      base.prepared(for: standardized(population), evaluations: evaluations), standardization)
  }

  private func standardized(_ population: Population) -> Population {
    let points = population.points.elements.withUnsafeBufferPointer { standardization.points($0) }
    return Population(
      points: Matrix(rows: population.points.rows, columns: population.points.columns, elements: points),
      weights: population.weights)
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

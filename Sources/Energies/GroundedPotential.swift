/// A function of differences less its value at difference 0. An interaction is known up to a constant, which is chosen
/// so that U(0) = 0.
package struct GroundedPotential: Potential {
  private let base: any Potential
  /// The difference 0.
  private let origin: [Double]

  package init(_ base: any Potential) {
    self.base = base
    origin = [Double](repeating: 0, count: base.dimension)
  }

  package var dimension: Int { base.dimension }
  package var callsHost: Bool { base.callsHost }

  /// The value of the function itself at difference 0.
  package func ground(time: Double) -> Double {
    var value = 0.0
    origin.withUnsafeBufferPointer { origin in
      withUnsafeMutablePointer(to: &value) {
        base.values(origin, time: time, into: UnsafeMutableBufferPointer(start: $0, count: 1))
      }
    }
    return value
  }

  private func lower(_ values: UnsafeMutableBufferPointer<Double>, time: Double) {
    let ground = ground(time: time)
    for index in values.indices { values[index] -= ground }
  }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    base.values(points, time: time, into: values)
    lower(values, time: time)
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) { base.gradients(points, time: time, into: gradients) }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    base.valuesAndGradients(points, time: time, values: values, gradients: gradients)
    lower(values, time: time)
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { base.hessianProducts(points, directions: directions, time: time, into: products) }

  package func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) { base.hessians(points, time: time, into: hessians) }
}

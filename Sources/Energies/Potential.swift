/// An energy per particle, V(x, t), with what prediction needs of it.
///
/// Points, gradients and directions are row-major (n, d); n follows from the counts. All calls are pure and may run
/// on several threads at once.
package protocol Potential: Sendable {
  var dimension: Int { get }

  /// V at each of n points.
  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>)

  /// grad V at each of n points.
  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>)

  /// Both at once, for what they share.
  func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>)

  /// The Hessian of V at each of n points times that point's direction.
  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>)
}

extension Potential {
  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    self.values(points, time: time, into: values)
    self.gradients(points, time: time, into: gradients)
  }
}

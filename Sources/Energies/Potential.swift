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

  /// The Hessian of V at each of n points times that point's direction.
  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>)
}

/// An energy per particle, V(x, t), with the derivatives that prediction needs.
///
/// Points, gradients and directions are row-major (n, d); n follows from the counts. All calls are pure and may run on
/// several threads at once, unless `callsHost` says otherwise.
package protocol Potential: Sendable {
  var dimension: Int { get }

  /// Whether the host computes some of it in callbacks. It must then be evaluated on the thread that made the call.
  var callsHost: Bool { get }

  /// V at each of n points.
  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>)

  /// grad V at each of n points.
  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>)

  /// Both at once, which saves the work that they share.
  func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>)

  /// The Hessian of V at each of n points times that point's direction.
  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>)

  /// The Hessian of V at each of n points: (n, d, d), symmetric.
  func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>)
}

extension Potential {
  package var callsHost: Bool { false }

  /// Values, gradients, or both, as they are wanted.
  package func evaluate(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>?,
    gradients: UnsafeMutableBufferPointer<Double>?
  ) {
    switch (values, gradients) {
    case (let values?, let gradients?):
      valuesAndGradients(points, time: time, values: values, gradients: gradients)
    case (let values?, nil): self.values(points, time: time, into: values)
    case (nil, let gradients?): self.gradients(points, time: time, into: gradients)
    case (nil, nil): break
    }
  }

  package func valuesAndGradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, values: UnsafeMutableBufferPointer<Double>,
    gradients: UnsafeMutableBufferPointer<Double>
  ) {
    self.values(points, time: time, into: values)
    self.gradients(points, time: time, into: gradients)
  }

  /// Column by column, as products with the unit vectors.
  package func hessians(
    _ points: UnsafeBufferPointer<Double>, time: Double, into hessians: UnsafeMutableBufferPointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * points.count) { memory in
      let directions = UnsafeMutableBufferPointer(rebasing: memory[..<points.count])
      let products = UnsafeMutableBufferPointer(rebasing: memory[points.count...])
      for column in 0..<dimension {
        for index in directions.indices { directions[index] = index % dimension == column ? 1 : 0 }
        hessianProducts(points, directions: UnsafeBufferPointer(directions), time: time, into: products)
        for index in products.indices { hessians[index * dimension + column] = products[index] }
      }
    }
  }
}

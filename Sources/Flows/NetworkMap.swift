import CSystem
import Numerics

/// The map T(x) = centre + length grad phi(z), z = (x - centre) / length, of a convex network, the gradient of a convex
/// function of x; or one that goes twice as far, 2 T(x) - x.
package struct NetworkMap: TransportMap, Equatable {
  package let shape: ConvexShape
  package let centre: [Double]
  package let length: Double
  package let parameters: [Double]
  /// How far particles go, relative to the network's own map.
  package let reach: Double

  package init(
    _ shape: ConvexShape, centre: [Double], length: Double, parameters: [Double], reach: Double = 1
  ) {
    precondition(parameters.count == shape.parameterCount, "parameter count differs from the shape")
    (self.shape, self.centre, self.length, self.parameters) = (shape, centre, length, parameters)
    self.reach = reach
  }

  /// The same network, going so far.
  func extended(by reach: Double) -> NetworkMap {
    NetworkMap(shape, centre: centre, length: length, parameters: parameters, reach: reach)
  }

  package var dimension: Int { shape.dimension }

  package func evaluate(
    _ points: UnsafeBufferPointer<Double>, images: UnsafeMutableBufferPointer<Double>,
    jacobians: UnsafeMutableBufferPointer<Double>?
  ) {
    let (d, count, hasJacobians) = (dimension, points.count / dimension, jacobians != nil)
    guard count > 0 else { return }
    let lanes = ConvexPass.lanes(hasJacobians ? d : 1, for: count)
    let network = ConvexParameters(shape, parameters, curvatures: hasJacobians)
    let pass = ConvexPass(shape, lanes: lanes, slopes: hasJacobians)
    let room = ConvexRoom(shape, lanes: lanes, slopes: hasJacobians, reverses: false)
    for first in stride(from: 0, to: count, by: lanes) {
      let size = min(lanes, count - first)
      for i in 0..<size {
        for j in 0..<d { pass.z[j * lanes + i] = unit(points[(first + i) * d + j], j) }
      }
      pass.forward(network, room)
      pass.derive(network, room)
      for i in 0..<size {
        for j in 0..<d {
          let (index, image) = ((first + i) * d + j, centre[j] + length * pass.gradients[j * lanes + i])
          images[index] = reach == 1 ? image : reach * image + (1 - reach) * points[index]
        }
        guard let jacobians else { continue }
        let jacobian = UnsafeMutableBufferPointer(rebasing: jacobians[(first + i) * d * d..<(first + i + 1) * d * d])
        pass.copyHessian(lane: i, to: jacobian)
        guard reach != 1 else { continue }
        for entry in 0..<d * d {
          jacobian[entry] = reach * jacobian[entry] + (entry % (d + 1) == 0 ? 1 - reach : 0)
        }
      }
    }
  }

  /// z of a coordinate.
  func unit(_ coordinate: Double, _ j: Int) -> Double { (coordinate - centre[j]) / length }

  package func logDeterminantGradient(
    _ point: UnsafeBufferPointer<Double>, inverse: UnsafeBufferPointer<Double>,
    into gradient: UnsafeMutableBufferPointer<Double>
  ) {
    // tr(P dH) = <P, dH>
    let (d, lanes) = (dimension, ConvexPass.lanes(dimension, for: 1))
    let network = ConvexParameters(shape, parameters, curvatures: true)
    let pass = ConvexPass(shape, lanes: lanes, slopes: true)
    let room = ConvexRoom(shape, lanes: lanes, slopes: true, reverses: true)
    for j in 0..<d { pass.z[j * lanes] = unit(point[j], j) }
    room.setMetric(lane: 0) { inverse[$0 * d + $1] }
    pass.forward(network, room)
    room.sweep(pass, network, gradient: nil, pointGradients: pass.gradients)
    for j in 0..<d { gradient[j] = pass.gradients[j * lanes] * reach / length }
  }
}

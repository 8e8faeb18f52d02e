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

  /// Points that go through the network together.
  static let block = 64

  package func evaluate(
    _ points: UnsafeBufferPointer<Double>, images: UnsafeMutableBufferPointer<Double>,
    jacobians: UnsafeMutableBufferPointer<Double>?
  ) {
    let (d, count) = (dimension, points.count / dimension)
    let pass = ConvexPass(shape, points: min(count, Self.block), directions: jacobians == nil ? 0 : d)
    var gradients = [Double](repeating: 0, count: pass.points * d)
    var hessians = [Double](repeating: 0, count: jacobians == nil ? 0 : pass.points * d * d)
    parameters.withUnsafeBufferPointer { parameters in
      guard let parameters = parameters.baseAddress else { return }
      pass.directAlongAxes()
      for first in stride(from: 0, to: count, by: max(1, pass.points)) {
        let size = min(pass.points, count - first)
        for index in 0..<size * d {
          pass.z[index] = (points[first * d + index] - centre[index % d]) / length
        }
        pass.forward(parameters)
        gradients.withUnsafeMutableBufferPointer { gradients in
          hessians.withUnsafeMutableBufferPointer { hessians in
            guard let gradients = gradients.baseAddress else { return }
            pass.derivatives(
              parameters, gradients: gradients, hessians: jacobians == nil ? nil : hessians.baseAddress)
          }
        }
        for index in 0..<size * d {
          let image = centre[index % d] + length * gradients[index]
          images[first * d + index] = reach == 1 ? image : reach * image + (1 - reach) * points[first * d + index]
        }
        guard let jacobians else { continue }
        for index in 0..<size * d * d {
          let isDiagonal = index % (d * d) % (d + 1) == 0
          jacobians[first * d * d + index] = reach * hessians[index] + (isDiagonal ? 1 - reach : 0)
        }
      }
    }
  }

  package func logDeterminantGradient(
    _ point: UnsafeBufferPointer<Double>, inverse: UnsafeBufferPointer<Double>,
    into gradient: UnsafeMutableBufferPointer<Double>
  ) {
    // tr(P dH) = sum_k v_k' dH v_k for P = sum_k v_k v_k'.
    let d = dimension
    let pass = ConvexPass(shape, points: 1, directions: d)
    var root = Array(inverse)
    let factored = root.withUnsafeMutableBufferPointer { root in
      root.baseAddress.map { TriangularFactor.factorise($0, d) } ?? false
    }
    guard factored, let out = gradient.baseAddress else { return gradient.update(repeating: .nan) }
    for a in 0..<d {
      pass.z[a] = (point[a] - centre[a]) / length
      for k in 0..<d { pass.v[k * d + a] = root[a * d + k] }
    }
    pass.m[0] = 1
    parameters.withUnsafeBufferPointer { parameters in
      guard let parameters = parameters.baseAddress else { return }
      pass.forward(parameters)
      pass.reverse(parameters, gradient: nil, pointGradients: out)
    }
    for a in 0..<d { gradient[a] *= reach / length }
  }
}

extension ConvexPass {
  /// Directions along the axes, for Hessians; a = 0.
  func directAlongAxes() {
    let (n, d) = (points, shape.dimension)
    for direction in 0..<directions {
      for i in 0..<n { for a in 0..<d { v[(direction * n + i) * d + a] = a == direction ? 1 : 0 } }
    }
  }
}

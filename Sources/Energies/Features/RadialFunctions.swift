import CSystem
import Numerics

/// Functions G(s) of the distance r to given centres, s = r^2 / w^2.
package struct RadialFunctions: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// exp(-s)
    case gaussian
  }

  package let kind: Kind
  /// Shape (count, d).
  package let centers: Matrix
  /// w, positive.
  package let width: Double

  package init(_ kind: Kind, centers: Matrix, width: Double) {
    self.kind = kind
    self.centers = centers
    self.width = width
  }
}

extension RadialFunctions: SpatialFeatures {
  package var dimension: Int { centers.columns }
  package var count: Int { centers.rows }

  func name(of feature: Int) -> String { "\(kind.rawValue)(centre \(feature))" }

  func values(_ points: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>, stride: Int) {
    forEachPair(points) { feature, particle, value, _, _ in values[feature * stride + particle] = value }
  }

  func jacobians(_ points: UnsafeBufferPointer<Double>, into jacobians: UnsafeMutablePointer<Double>, stride: Int) {
    let d = dimension
    forEachPair(points) { feature, particle, value, x, center in
      let slope = -2 / (width * width) * value
      let row = jacobians + feature * stride + particle * d
      for j in 0..<d { row[j] = slope * (x[j] - center[j]) }
    }
  }

  func addHessianProducts(
    _ points: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>
  ) {
    let d = dimension
    let scale = 2 / (width * width)
    forEachPair(points) { feature, particle, value, x, center in
      let height = weights[feature] * scale * value
      let (direction, product) = (directions + particle * d, products + particle * d)
      var along = 0.0
      for j in 0..<d { along += (x[j] - center[j]) * direction[j] }
      for j in 0..<d { product[j] += height * (scale * along * (x[j] - center[j]) - direction[j]) }
    }
  }

  private func forEachPair(
    _ points: UnsafeBufferPointer<Double>,
    _ body: (Int, Int, Double, UnsafePointer<Double>, UnsafePointer<Double>) -> Void
  ) {
    let d = dimension
    centers.elements.withUnsafeBufferPointer { centers in
      guard let x = points.baseAddress, let c = centers.baseAddress else { return }
      for feature in 0..<count {
        for particle in 0..<points.count / d {
          var squares = 0.0
          for j in 0..<d {
            let difference = x[particle * d + j] - c[feature * d + j]
            squares += difference * difference
          }
          body(feature, particle, exp(-squares / (width * width)), x + particle * d, c + feature * d)
        }
      }
    }
  }
}

import Energies

/// V(x, t) = (1 + growth t) x^T A x / 2 with a symmetric A, row-major.
struct Quadratic: Potential {
  let matrix: [Double]
  var growth = 0.0

  var dimension: Int { Int(Double(matrix.count).squareRoot()) }

  private func image(_ points: UnsafeBufferPointer<Double>, _ particle: Int, _ time: Double) -> [Double] {
    let d = dimension
    return (0..<d).map { row in
      (0..<d).reduce(0) { $0 + matrix[row * d + $1] * points[particle * d + $1] } * (1 + growth * time)
    }
  }

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    let d = dimension
    for index in values.indices {
      values[index] = image(points, index, time).enumerated().reduce(0) {
        $0 + $1.element * points[index * d + $1.offset] / 2
      }
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    for index in 0..<points.count / d {
      for (column, value) in image(points, index, time).enumerated() { gradients[index * d + column] = value }
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) { gradients(directions, time: time, into: products) }
}

/// A sum over coordinates of v(x - offset), with v and its two derivatives given.
struct Separable: Potential {
  let dimension: Int
  var offset = 0.0
  let v: @Sendable (Double) -> (value: Double, slope: Double, curvature: Double)

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    for index in values.indices {
      values[index] = (0..<dimension).reduce(0) { $0 + v(points[index * dimension + $1] - offset).value }
    }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    for index in points.indices { gradients[index] = v(points[index] - offset).slope }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    for index in points.indices { products[index] = v(points[index] - offset).curvature * directions[index] }
  }

  /// (x^2 - 1)^2: minima at -1 and 1, a hill between them.
  static func doubleWell(_ dimension: Int, offset: Double = 0) -> Separable {
    Separable(dimension: dimension, offset: offset) { x in
      ((x * x - 1) * (x * x - 1), 4 * x * (x * x - 1), 12 * x * x - 4)
    }
  }
}

/// A benchmark functional, whose Hessian products are central differences of its gradients.
struct FunctionalPotential: Potential {
  let functional: Functional
  let dimension: Int

  func values(_ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>) {
    for index in values.indices { values[index] = functional.value(row(points, index)) }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    for index in 0..<points.count / dimension {
      functional.gradient(
        row(points, index),
        into: UnsafeMutableBufferPointer(rebasing: gradients[index * dimension..<(index + 1) * dimension]))
    }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    let scale = directions.reduce(0) { max($0, abs($1)) }
    let h = 1e-5 / (scale > 0 ? scale : 1)
    func gradients(_ step: Double) -> [Double] {
      let moved = zip(points, directions).map { $0 + step * $1 }
      return [Double](unsafeUninitializedCapacity: moved.count) { buffer, count in
        moved.withUnsafeBufferPointer { self.gradients($0, time: time, into: buffer) }
        count = moved.count
      }
    }
    for (index, (above, below)) in zip(gradients(h), gradients(-h)).enumerated() {
      products[index] = (above - below) / (2 * h)
    }
  }

  private func row(_ points: UnsafeBufferPointer<Double>, _ index: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(rebasing: points[index * dimension..<(index + 1) * dimension])
  }
}

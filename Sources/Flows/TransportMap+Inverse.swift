import CSystem
import Numerics

/// Inversion: T(x) = y is the minimum of psi(x) - x . y, which is strictly convex.
extension TransportMap {
  static var mostIterations: Int { 200 }

  /// The points that T sends to the images, and log det DT there.
  ///
  /// - Parameter strict: whether failing is an error; otherwise the logarithm there is NaN
  /// - Throws: `.convergence` where Newton's method does not come to the image, or ends where T folds space
  package func inverse(of images: Matrix, strict: Bool = true) throws -> Transported {
    let (n, d) = (images.rows, dimension)
    let tolerance = 1e-12
    let found = try Parallel.map((n + 63) / 64) { piece -> [(point: [Double], logDeterminant: Double)] in
      try (piece * 64..<min(n, (piece + 1) * 64)).map { row in
        let search = invert(Array(images.row(row)), tolerance: tolerance)
        guard strict else { return (search.point, search.residual <= 1e3 * tolerance ? search.logDeterminant : .nan) }
        guard search.residual <= 1e3 * tolerance else {
          throw EngineError(
            .convergence,
            "x[\(row)] is not in the range of the flow's maps: the nearest image is \(search.residual) away, relative to "
              + "the size of its coordinates")
        }
        guard search.logDeterminant.isFinite else {
          throw EngineError(.convergence, "the flow folds space at x[\(row)], where it has no density")
        }
        return (search.point, search.logDeterminant)
      }
    }.flatMap { $0 }
    return Transported(
      points: Matrix(rows: n, columns: d, elements: found.flatMap(\.point)),
      logDeterminants: found.map(\.logDeterminant))
  }

  /// Newton's method with steps that are shortened until |T(x) - y| falls.
  private func invert(_ y: [Double], tolerance: Double) -> (point: [Double], logDeterminant: Double, residual: Double) {
    let d = dimension
    let size = 1 + y.reduce(0) { max($0, abs($1)) }
    var (x, image, jacobian) = (y, y, [Double](repeating: 0, count: d * d))
    func move(_ x: [Double], _ image: inout [Double], _ jacobian: inout [Double]) -> Double {
      x.withUnsafeBufferPointer { x in
        image.withUnsafeMutableBufferPointer { image in
          jacobian.withUnsafeMutableBufferPointer { self.evaluate(x, images: image, jacobians: $0) }
        }
      }
      return zip(image, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() / size
    }
    var residual = move(x, &image, &jacobian)
    var (trial, trialImage, trialJacobian) = (x, image, jacobian)
    for _ in 0..<Self.mostIterations where residual > tolerance {
      var factor = jacobian
      let direction = factor.withUnsafeMutableBufferPointer { factor -> [Double] in
        let offset = zip(image, y).map { $0 - $1 }
        guard let base = factor.baseAddress, TriangularFactor.factorise(base, d) else { return offset }
        return TriangularFactor.solve(base, offset, d)
      }
      var share = 1.0
      var next = Double.infinity
      while share > 1e-10 {
        for a in 0..<d { trial[a] = x[a] - share * direction[a] }
        next = move(trial, &trialImage, &trialJacobian)
        if next < residual { break }
        share /= 2
      }
      guard next < residual else { break }
      (x, image, jacobian, residual) = (trial, trialImage, trialJacobian, next)
    }
    let determinant = jacobian.withUnsafeMutableBufferPointer { logDeterminant(replacing: $0, d) }
    return (x, determinant, residual)
  }

  /// grad log rho after the map, at the image of a point.
  func scoreAfter(_ score: [Double], at point: [Double]) -> [Double] {
    let d = dimension
    var (image, jacobian, slope) = (point, [Double](repeating: 0, count: d * d), point)
    return point.withUnsafeBufferPointer { point in
      image.withUnsafeMutableBufferPointer { image in
        jacobian.withUnsafeMutableBufferPointer { evaluate(point, images: image, jacobians: $0) }
      }
      let factored = jacobian.withUnsafeMutableBufferPointer { factor -> Bool in
        factor.baseAddress.map { TriangularFactor.factorise($0, d) } ?? false
      }
      guard factored else { return [Double](repeating: .nan, count: d) }
      return jacobian.withUnsafeBufferPointer { factor in
        guard let l = factor.baseAddress else { return score }
        let inverse = (0..<d).flatMap { column in
          TriangularFactor.solve(l, (0..<d).map { $0 == column ? 1 : 0 }, d)
        }
        inverse.withUnsafeBufferPointer { inverse in
          slope.withUnsafeMutableBufferPointer { logDeterminantGradient(point, inverse: inverse, into: $0) }
        }
        return TriangularFactor.solve(l, zip(score, slope).map { $0 - $1 }, d)
      }
    }
  }
}

import CSystem
import Numerics

/// Inversion: T(x) = y is the minimum of psi(x) - x . y, which is strictly convex.
extension TransportMap {
  /// The points that T sends to the images, and log det DT there.
  ///
  /// - Parameter strict: whether failing is an error; otherwise the logarithm there is NaN
  /// - Throws: `.convergence` where Newton's method does not come to the image, or ends where T folds space
  package func inverse(of images: Matrix, strict: Bool = true) throws -> Transported {
    let (n, d, grain) = (images.rows, dimension, 64)
    let found = try Parallel.map((n + grain - 1) / grain) { piece -> Inversion in
      let rows = piece * grain..<min(n, (piece + 1) * grain)
      var search = Inversion(images.elements[rows.lowerBound * d..<rows.upperBound * d], d)
      search.solve(self)
      for i in 0..<rows.count where search.residuals[i] > Inversion.largestResidual {
        guard strict else {
          search.logDeterminants[i] = .nan
          continue
        }
        throw EngineError(
          .convergence,
          "x[\(rows.lowerBound + i)] is not in the range of the flow's maps: the nearest image is "
            + "\(search.residuals[i]) away, relative to the size of its coordinates")
      }
      if strict, let folded = search.logDeterminants.firstIndex(where: { !$0.isFinite }) {
        throw EngineError(
          .convergence, "the flow folds space at x[\(rows.lowerBound + folded)], where it has no density")
      }
      return search
    }
    return Transported(
      points: Matrix(rows: n, columns: d, elements: found.flatMap(\.points)),
      logDeterminants: found.flatMap(\.logDeterminants))
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

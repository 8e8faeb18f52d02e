import CSystem
import Numerics

/// T = grad psi of a strictly convex function psi: it can be inverted, and says what becomes of a density.
///
/// Points and images are row-major (n, d), Jacobians (n, d, d) and symmetric. All calls are pure.
package protocol TransportMap: Sendable {
  var dimension: Int { get }

  /// T at each point, and its Jacobian, the Hessian of psi, where it is wanted.
  func evaluate(
    _ points: UnsafeBufferPointer<Double>, images: UnsafeMutableBufferPointer<Double>,
    jacobians: UnsafeMutableBufferPointer<Double>?)

  /// At one point, grad log det DT: the coordinates of the trace of (DT)^-1 times the derivatives of DT.
  ///
  /// - Parameter inverse: (DT)^-1 at the point, (d, d)
  func logDeterminantGradient(
    _ point: UnsafeBufferPointer<Double>, inverse: UnsafeBufferPointer<Double>,
    into gradient: UnsafeMutableBufferPointer<Double>)
}

/// Where a map sends particles, and by how much it stretches space there.
package struct Transported: Sendable {
  /// (n, d)
  package var points: Matrix
  /// log det DT; NaN where DT is not positive definite, so that the map folds space.
  package var logDeterminants: [Double]

  package var folded: Int { logDeterminants.count { !$0.isFinite } }
}

extension TransportMap {
  /// Particles whose images are found together.
  static var grain: Int { 256 }

  package func transport(_ points: Matrix) throws -> Transported {
    let moved = try factorised(points)
    return Transported(points: moved.images, logDeterminants: moved.logDeterminants)
  }

  /// The images, L with L L^T = DT at each point, (n, d, d), and log det DT, NaN where DT is not positive definite.
  func factorised(_ points: Matrix) throws -> (images: Matrix, factors: [Double], logDeterminants: [Double]) {
    let (n, d) = (points.rows, dimension)
    let parts = try Parallel.map((n + Self.grain - 1) / Self.grain) { piece -> ([Double], [Double], [Double]) in
      let rows = piece * Self.grain..<min(n, (piece + 1) * Self.grain)
      var images = [Double](repeating: 0, count: rows.count * d)
      var factors = [Double](repeating: 0, count: rows.count * d * d)
      points.elements[rows.lowerBound * d..<rows.upperBound * d].withUnsafeBufferPointer { points in
        images.withUnsafeMutableBufferPointer { images in
          factors.withUnsafeMutableBufferPointer { evaluate(points, images: images, jacobians: $0) }
        }
      }
      let logarithms = factors.withUnsafeMutableBufferPointer { all in
        (0..<rows.count).map {
          logDeterminant(replacing: UnsafeMutableBufferPointer(rebasing: all[$0 * d * d..<($0 + 1) * d * d]), d)
        }
      }
      return (images, factors, logarithms)
    }
    return (
      Matrix(rows: n, columns: d, elements: parts.flatMap(\.0)), parts.flatMap(\.1), parts.flatMap(\.2)
    )
  }
}

/// log det A of a symmetric matrix, which its factor replaces; NaN where A is not positive definite.
func logDeterminant(replacing a: UnsafeMutableBufferPointer<Double>, _ d: Int) -> Double {
  guard let base = a.baseAddress, TriangularFactor.factorise(base, d) else { return .nan }
  var sum = 0.0
  for k in 0..<d { sum += log(base[k * (d + 1)]) }
  return 2 * sum
}

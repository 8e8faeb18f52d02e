import CSystem
import Numerics

/// Gaussian bumps exp(-|x - c|^2 / w^2) at given centres.
package struct GaussianBumps: Sendable, Equatable {
  /// Shape (count, d).
  package let centers: Matrix
  /// w, positive.
  package let width: Double

  package init(centers: Matrix, width: Double) {
    self.centers = centers
    self.width = width
  }

  package var count: Int { centers.rows }

  /// Bump number `bump` at x, given the elements of `centers` as plain memory.
  @inline(__always)
  func value(_ x: UnsafePointer<Double>, _ elements: UnsafeBufferPointer<Double>, _ bump: Int) -> Double {
    let offset = bump * centers.columns
    var squares = 0.0
    for coordinate in 0..<centers.columns {
      let difference = x[coordinate] - elements[offset + coordinate]
      squares += difference * difference
    }
    return exp(-squares / (width * width))
  }
}

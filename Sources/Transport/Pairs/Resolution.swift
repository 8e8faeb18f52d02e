import Numerics

/// Whether searches in a number type can tell a point's near pairs apart.
///
/// Where clusters lie far apart for their size, norms are large beside the distances within a cluster, and the rounding
/// of the norms hides these distances. A sample of x decides.
package enum Resolution {
  private static let samples = 16
  private static let neighbours = 8

  package static func isEnough<Number: KernelNumber>(
    _: Number.Type, _ x: PointSet, _ y: PointSet, _ metric: GroundCost
  ) -> Bool {
    let centerY = y.mean
    // Distances have no expansion about two centres, in the searches either.
    let centerX = metric == .euclidean ? centerY : x.mean
    let rounding = Double(x.dimension + 8) * Double(Number.ulpOfOne)
    let isFine = stride(from: 0, to: x.count, by: max(1, x.count / samples)).map { row in
      var (nearest, squares) = ([Double](repeating: .infinity, count: neighbours), 0.0)
      for column in 0..<y.count {
        var (distance, square) = (0.0, 0.0)
        for k in 0..<x.dimension {
          let a = x.rows[row * x.dimension + k] - centerX[k]
          let b = y.rows[column * x.dimension + k] - centerY[k]
          distance += (a - b) * (a - b)
          square += a * a + b * b
        }
        guard distance < nearest[neighbours - 1] else { continue }
        let place = nearest.firstIndex { distance < $0 } ?? neighbours - 1
        nearest.insert(distance, at: place)
        nearest.removeLast()
        squares = square
      }
      let farthest = nearest.last { $0.isFinite } ?? 0
      return farthest - nearest[0] >= 4 * rounding * squares
    }
    return 2 * isFine.filter { $0 }.count >= isFine.count
  }
}

import Numerics

/// Both populations in units of a power of two, without the coordinates in which all points agree.
package struct ScaledPoints: Sendable {
  package let dimension: Int
  /// Row-major, `dimension` columns.
  package let x: [Double]
  package let y: [Double]
  let scale: CoordinateScale

  package init(_ x: Matrix, _ y: Matrix) {
    scale = CoordinateScale(x, y)
    // Where all points are equal, one coordinate remains, equal in all.
    let kept = scale.varying.isEmpty ? [0] : scale.varying
    dimension = kept.count
    self.x = Self.scaled(x, kept, scale)
    self.y = Self.scaled(y, kept, scale)
  }

  private init(dimension: Int, x: [Double], y: [Double], scale: CoordinateScale) {
    (self.dimension, self.x, self.y, self.scale) = (dimension, x, y, scale)
  }

  /// Some of the rows, in the same units.
  func selecting(x rowsX: [Int], y rowsY: [Int]) -> ScaledPoints {
    func rows(_ indices: [Int], of points: [Double]) -> [Double] {
      indices.flatMap { points[$0 * dimension..<($0 + 1) * dimension] }
    }
    return ScaledPoints(dimension: dimension, x: rows(rowsX, of: x), y: rows(rowsY, of: y), scale: scale)
  }

  private static func scaled(_ points: Matrix, _ columns: [Int], _ scale: CoordinateScale) -> [Double] {
    var scaled: [Double] = []
    scaled.reserveCapacity(points.rows * columns.count)
    for row in 0..<points.rows {
      for column in columns { scaled.append(scale.scaled(points[row, column])) }
    }
    return scaled
  }
}

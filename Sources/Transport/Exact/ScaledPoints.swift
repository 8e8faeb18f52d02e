import Numerics

/// Both populations in units of a power of two, without the coordinates in which all points agree.
///
/// Coordinates are scaled where they are read, so that the points are not copied.
package struct ScaledPoints: Sendable {
  package let x: ScaledPopulation
  package let y: ScaledPopulation
  let scale: CoordinateScale

  package var dimension: Int { x.dimension }

  package init(_ x: Matrix, _ y: Matrix) {
    let scale = CoordinateScale(x, y)
    // Where all points are equal, one coordinate remains, equal in all.
    let kept = scale.varying.isEmpty ? [0] : scale.varying
    self.init(
      ScaledPopulation(points: x, columns: kept, scale: scale),
      ScaledPopulation(points: y, columns: kept, scale: scale), scale)
  }

  private init(_ x: ScaledPopulation, _ y: ScaledPopulation, _ scale: CoordinateScale) {
    (self.x, self.y, self.scale) = (x, y, scale)
  }

  /// Some of the rows, in the same units.
  func selecting(x rowsX: [Int], y rowsY: [Int]) -> ScaledPoints {
    ScaledPoints(x.selecting(rowsX), y.selecting(rowsY), scale)
  }
}

/// One of the two populations.
package struct ScaledPopulation: Sendable {
  /// In the caller's units.
  fileprivate let points: Matrix
  /// The columns that are coordinates here.
  fileprivate let columns: [Int]
  fileprivate let scale: CoordinateScale

  package var dimension: Int { columns.count }

  /// Coordinate k of a row.
  @inline(__always)
  subscript(row: Int, k: Int) -> Double { scale.scaled(points.elements[row * points.columns + columns[k]]) }

  fileprivate func selecting(_ rows: [Int]) -> ScaledPopulation {
    ScaledPopulation(points: points.selecting(rows: rows), columns: columns, scale: scale)
  }
}

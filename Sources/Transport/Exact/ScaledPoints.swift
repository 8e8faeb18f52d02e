import Numerics

/// Both populations in units of a power of two, without the coordinates in which all points agree.
package struct ScaledPoints: Sendable {
  package let dimension: Int
  /// Row-major, `dimension` columns.
  package let x: [Double]
  package let y: [Double]
  /// Original coordinate = scaled coordinate * 2^exponent.
  package let exponent: Int

  package init(_ x: Matrix, _ y: Matrix) {
    var kept: [Int] = []
    var widest = 0.0
    for column in 0..<x.columns {
      let (low, high) = Self.range(x, y, column)
      // Halves, because the whole width may overflow.
      let width = high / 2 - low / 2
      if high > low { kept.append(column) }
      widest = max(widest, width)
    }
    exponent = widest > 0 ? Int(widest.exponent) + 1 : 0
    // Where all points are equal, one coordinate remains, equal in all.
    if kept.isEmpty { kept = [0] }
    dimension = kept.count
    self.x = Self.scaled(x, kept, by: -exponent)
    self.y = Self.scaled(y, kept, by: -exponent)
  }

  private init(dimension: Int, x: [Double], y: [Double], exponent: Int) {
    (self.dimension, self.x, self.y, self.exponent) = (dimension, x, y, exponent)
  }

  /// Some of the rows, in the same units.
  func selecting(x rowsX: [Int], y rowsY: [Int]) -> ScaledPoints {
    func rows(_ indices: [Int], of points: [Double]) -> [Double] {
      indices.flatMap { points[$0 * dimension..<($0 + 1) * dimension] }
    }
    return ScaledPoints(dimension: dimension, x: rows(rowsX, of: x), y: rows(rowsY, of: y), exponent: exponent)
  }

  private static func range(_ x: Matrix, _ y: Matrix, _ column: Int) -> (Double, Double) {
    var low = x[0, column]
    var high = low
    for points in [x, y] {
      for row in 0..<points.rows {
        low = min(low, points[row, column])
        high = max(high, points[row, column])
      }
    }
    return (low, high)
  }

  private static func scaled(_ points: Matrix, _ columns: [Int], by exponent: Int) -> [Double] {
    var scaled: [Double] = []
    scaled.reserveCapacity(points.rows * columns.count)
    for row in 0..<points.rows {
      for column in columns {
        scaled.append(Double(sign: .plus, exponent: exponent, significand: points[row, column]))
      }
    }
    return scaled
  }

  /// A cost between scaled points, in original units.
  package func unscaled(_ cost: Double, _ metric: GroundCost) -> Double {
    Double(sign: .plus, exponent: metric == .euclidean ? exponent : 2 * exponent, significand: cost)
  }
}

import Numerics

/// A power of two that scales both populations so that their widest coordinate is of order 1. Scaling by it is exact
/// and keeps squares from overflowing.
struct CoordinateScale: Sendable {
  /// Original coordinate = scaled coordinate * 2^exponent.
  private let exponent: Int
  /// Columns in which not all points agree.
  let varying: [Int]
  /// 2^-exponent, which alone may be outside the range of a double.
  private let factors: (Double, Double)

  init(_ x: Matrix, _ y: Matrix) {
    var varying: [Int] = []
    var widest = 0.0
    for column in 0..<x.columns {
      let (low, high) = Self.range(x, y, column)
      if high > low { varying.append(column) }
      // The halves are subtracted, because the whole width may overflow.
      widest = max(widest, high / 2 - low / 2)
    }
    exponent = widest > 0 ? Int(widest.exponent) + 1 : 0
    let first = max(-1022, min(1023, -exponent))
    factors = (Self.shifted(1, by: first), Self.shifted(1, by: -exponent - first))
    self.varying = varying
  }

  @inline(__always)
  func scaled(_ coordinate: Double) -> Double { coordinate * factors.0 * factors.1 }
  func unscaled(_ coordinate: Double) -> Double { Self.shifted(coordinate, by: exponent) }

  func scaled(cost: Double, _ metric: GroundCost) -> Double { Self.shifted(cost, by: -exponent(of: metric)) }
  func unscaled(cost: Double, _ metric: GroundCost) -> Double { Self.shifted(cost, by: exponent(of: metric)) }

  private func exponent(of metric: GroundCost) -> Int { metric == .euclidean ? exponent : 2 * exponent }

  private static func shifted(_ value: Double, by exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: value)
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
}

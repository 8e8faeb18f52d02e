/// Lower triangular factors of small row-major matrices. What lies above the diagonal is not read; in the result it is
/// 0.
///
/// From row 64 on, every 16 rows, both functions ask whether the host has refused to go on (`Interruption`). If so they
/// stop, and their result must not be used.
package enum TriangularFactor {
  /// Replaces A by L with L L^T = A. Returns false where A is not positive definite to rounding, or where the host has
  /// refused to go on. Cost n^3 / 3.
  package static func factorise(_ a: UnsafeMutablePointer<Double>, _ n: Int) -> Bool {
    for row in 0..<n {
      if isTimeToAsk(row), Interruption.stops { return false }
      let diagonal = a[row * n + row]
      for column in 0...row {
        var sum = a[row * n + column]
        for k in 0..<column { sum -= a[row * n + k] * a[column * n + k] }
        if column < row {
          a[row * n + column] = sum / a[column * n + column]
        } else {
          // A pivot below rounding error of the diagonal carries no information. NaN fails too.
          guard sum > Double(n) * .ulpOfOne * diagonal, sum.isFinite else { return false }
          a[row * n + row] = sum.squareRoot()
        }
      }
      for column in row + 1..<max(row + 1, n) { a[row * n + column] = 0 }
    }
    return true
  }

  /// Small factors are made by the thousand; asking would take a notable part of their time.
  private static func isTimeToAsk(_ row: Int) -> Bool { row % 16 == 15 && row >= 64 }

  /// Computes W = L^-1, row by row. Cost n^3 / 3.
  package static func invert(_ l: UnsafePointer<Double>, into w: UnsafeMutablePointer<Double>, _ n: Int) {
    for row in 0..<n {
      if isTimeToAsk(row), Interruption.stops { return }
      let pivot = 1 / l[row * n + row]
      for column in 0..<n {
        guard column <= row else {
          w[row * n + column] = 0
          continue
        }
        var sum = column == row ? 1.0 : 0
        for k in column..<row { sum -= l[row * n + k] * w[k * n + column] }
        w[row * n + column] = sum * pivot
      }
    }
  }

  /// x with L L^T x = b. Cost 2 n^2.
  package static func solve(_ l: UnsafePointer<Double>, _ b: [Double], _ n: Int) -> [Double] {
    var x = b
    for row in 0..<n {
      for k in 0..<row { x[row] -= l[row * n + k] * x[k] }
      x[row] /= l[row * (n + 1)]
    }
    for row in stride(from: n - 1, through: 0, by: -1) {
      for k in row + 1..<max(row + 1, n) { x[row] -= l[k * n + row] * x[k] }
      x[row] /= l[row * (n + 1)]
    }
    return x
  }
}

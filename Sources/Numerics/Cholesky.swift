/// The factorisation A = L L^T of a symmetric positive definite matrix.
package struct Cholesky {
  private let size: Int
  /// L in the lower triangle, row-major.
  private let factor: [Double]

  /// Nil where A is not positive definite to rounding. Only A's lower triangle is read. Cost n^3 / 3.
  package init?(_ matrix: Matrix) {
    let n = matrix.rows
    precondition(matrix.columns == n, "a Cholesky factorisation needs a square matrix")
    var factor = matrix.elements
    let definite = factor.withUnsafeMutableBufferPointer { a in
      for row in 0..<n {
        for column in 0...row {
          // Row-oriented: both operands of the dot product are contiguous.
          var sum = a[row * n + column]
          var partial = (0.0, 0.0, 0.0, 0.0)
          var k = 0
          while k + 4 <= column {
            partial.0 += a[row * n + k] * a[column * n + k]
            partial.1 += a[row * n + k + 1] * a[column * n + k + 1]
            partial.2 += a[row * n + k + 2] * a[column * n + k + 2]
            partial.3 += a[row * n + k + 3] * a[column * n + k + 3]
            k += 4
          }
          while k < column {
            partial.0 += a[row * n + k] * a[column * n + k]
            k += 1
          }
          sum -= (partial.0 + partial.1) + (partial.2 + partial.3)
          if column < row {
            a[row * n + column] = sum / a[column * n + column]
          } else {
            // A pivot below rounding error of the diagonal carries no information. NaN fails too.
            guard sum > Double(n) * .ulpOfOne * matrix.elements[row * n + row], sum.isFinite else { return false }
            a[row * n + row] = sum.squareRoot()
          }
        }
      }
      return true
    }
    guard definite else { return nil }
    size = n
    self.factor = factor
  }

  /// x with A x = b.
  package func solve(_ right: [Double]) -> [Double] {
    var x = right
    for row in 0..<size {
      for column in 0..<row { x[row] -= factor[row * size + column] * x[column] }
      x[row] /= factor[row * size + row]
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      x[row] /= factor[row * size + row]
      for column in 0..<row { x[column] -= factor[row * size + column] * x[row] }
    }
    return x
  }
}

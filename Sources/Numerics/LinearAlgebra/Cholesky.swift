import CLAPACK
import CSystem

/// The factorisation A = L L^T of a symmetric positive definite matrix.
package struct Cholesky: Sendable {
  private let size: Int32
  /// L in the lower triangle, row-major.
  private let factor: [Double]

  /// Nil where A is not square or, to rounding, not positive definite, or where `requireLinearAlgebraMemory` throws.
  /// Only A's lower triangle is read. Cost n^3 / 3.
  package init?(_ matrix: Matrix) {
    let n = matrix.rows
    guard matrix.columns == n, let size = Int32(exactly: n), (try? requireLinearAlgebraMemory()) != nil else {
      return nil
    }
    var factor = matrix.elements
    let definite = factor.withUnsafeMutableBufferPointer { a in
      guard n > 0, let base = a.baseAddress else { return true }
      return lapack_potrf(upper, size, base, size) == 0
        && (0..<n).allSatisfy { k in
          // A pivot within the rounding of n subtractions from the diagonal, and of A itself, carries no information.
          // NaN fails too.
          let pivot = a[k * n + k] * a[k * n + k]
          return pivot > Double(n + 2) * .ulpOfOne * matrix[k, k] && pivot.isFinite
        }
    }
    guard definite else { return nil }
    self.size = size
    self.factor = factor
  }

  /// x with A x = b.
  package func solve(_ right: [Double]) -> [Double] {
    solve(Matrix(rows: right.count, columns: 1, elements: right)).elements
  }

  /// X with A X = B, one right side per column; shape (n, columns). Cost 2 n^2 per column.
  package func solve(_ right: Matrix) -> Matrix {
    precondition(right.rows == Int(size), "the right side has one row per row of the matrix")
    var solution = right
    // Columns beyond LAPACK's count can only be empty ones.
    guard !right.elements.isEmpty, let columns = Int32(exactly: right.columns) else { return solution }
    factor.withUnsafeBufferPointer { a in
      solution.elements.withUnsafeMutableBufferPointer { x in
        guard let a = a.baseAddress, let x = x.baseAddress else { return }
        // Read by columns, memory holds U = L^T and B^T, and the solution is B^T U^-1 U^-T.
        lapack_trsm(rightSide, upper, plain, columns, size, a, size, x, columns)
        lapack_trsm(rightSide, upper, transposed, columns, size, a, size, x, columns)
      }
    }
    return solution
  }

  /// A^-1, symmetric to the last bit. Cost 2 n^3 / 3.
  package func inverse() -> Matrix {
    let n = Int(size)
    var inverse = Matrix(rows: n, columns: n, elements: factor)
    inverse.elements.withUnsafeMutableBufferPointer { a in
      // LAPACK fails only where the diagonal has a zero, and a factor's has none.
      if n > 0, let base = a.baseAddress { _ = lapack_potri(upper, size, base, size) }
    }
    inverse.mirrorLowerTriangle()
    return inverse
  }

  /// log det A.
  package var logDeterminant: Double {
    let n = Int(size)
    return (0..<n).reduce(0) { $0 + 2 * log(factor[$1 * n + $1]) }
  }

  /// An estimate of 1 / (|A| |A^-1|), seldom more than 3 times too large (Higham, 2002, section 15.3). Cost about 10
  /// n^2.
  ///
  /// - Parameter norm: |A|, the largest sum of a column's absolute values.
  func reciprocalCondition(norm: Double) -> Double {
    var work = [Double](repeating: 0, count: 3 * Int(size))
    var integers = [Int32](repeating: 0, count: Int(size))
    return factor.withUnsafeBufferPointer { a in
      guard size > 0, let base = a.baseAddress else { return 1 }
      return lapack_pocon(upper, size, base, size, norm, &work, &integers)
    }
  }
}

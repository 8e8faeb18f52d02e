import CLAPACK
import CSystem

/// The factorisation A = L L^T of a symmetric positive definite matrix.
package struct Cholesky: Sendable {
  private let size: Int32
  /// L in the lower triangle, row-major.
  private let factor: [Double]

  /// Nil where A is not square or, to rounding, not positive definite, where `requireLinearAlgebraMemory` throws, or
  /// where the host does not want the work to go on. Only A's lower triangle is read. Cost n^3 / 3.
  package init?(_ matrix: Matrix) {
    let n = matrix.rows
    guard matrix.columns == n, let size = Int32(exactly: n), (try? requireLinearAlgebraMemory()) != nil else {
      return nil
    }
    var factor = matrix.elements
    let definite = factor.withUnsafeMutableBufferPointer { a in
      guard n > 0, let base = a.baseAddress else { return true }
      return Self.factorise(base, n)
        && (0..<n).allSatisfy { k in
          // A pivot within the rounding of n subtractions from the diagonal, and of A itself, carries no information.
          // NaN fails too.
          let pivot = a[k * n + k] * a[k * n + k]
          return pivot > Double(n + 2) * .ulpOfOne * matrix[k, k] && pivot.isFinite
        }
    }
    guard definite, !Interruption.stops else { return nil }
    self.size = size
    self.factor = factor
  }

  /// Matrices of up to `rowsOfOneCall` rows are factorised by one call of LAPACK, which takes some 100 ms; larger ones
  /// in blocks of `blockRows` rows.
  private static let (rowsOfOneCall, blockRows) = (2048, 256)

  /// Replaces the row-major lower triangle by L, for large matrices block by block (Golub and Van Loan, Matrix
  /// Computations, 2013, algorithm 4.2.10). The host is asked between blocks. Returns false where A is not positive
  /// definite, or where the host has refused.
  private static func factorise(_ a: UnsafeMutablePointer<Double>, _ n: Int) -> Bool {
    guard n > rowsOfOneCall else { return lapack_potrf(upper, CInt(n), a, CInt(n)) == 0 }
    nonisolated(unsafe) let a = a
    let stride = CInt(n)
    for first in Swift.stride(from: 0, to: n, by: blockRows) {
      if Interruption.stops { return false }
      let (size, next) = (min(blockRows, n - first), min(n, first + blockRows))
      guard lapack_potrf(upper, CInt(size), a + first * n + first, stride) == 0 else { return false }
      // Read by columns, memory holds the upper triangle, whose columns are our rows: L_21 = A_21 L_11^-T, then A_22 -=
      // L_21 L_21^T.
      Parallel.forRangesHeeding(n - next, grain: blockRows) { rows in
        lapack_trsm(
          leftSide, upper, transposed, CInt(size), CInt(rows.count), a + first * n + first, stride,
          a + (next + rows.lowerBound) * n + first, stride)
      }
      Parallel.forRangesHeeding(n - next, grain: blockRows) { rows in
        let columns = rows.upperBound
        lapack_gemm(
          transposed, plain, CInt(columns), CInt(rows.count), CInt(size), -1, a + next * n + first, stride,
          a + (next + rows.lowerBound) * n + first, stride, 1, a + (next + rows.lowerBound) * n + next, stride)
      }
    }
    return true
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
    let part = max(64, Self.partialSolution / max(1, right.rows * right.rows) / 64 * 64)
    factor.withUnsafeBufferPointer { a in
      solution.elements.withUnsafeMutableBufferPointer { x in
        guard let a = a.baseAddress, let x = x.baseAddress else { return }
        for first in stride(from: 0, to: right.columns, by: part) {
          if Interruption.stops { return }
          let some = CInt(min(part, right.columns - first))
          // Read by columns, memory holds U = L^T and B^T, and the solution is B^T U^-1 U^-T.
          lapack_trsm(rightSide, upper, plain, some, size, a, size, x + first, columns)
          lapack_trsm(rightSide, upper, transposed, some, size, a, size, x + first, columns)
        }
      }
    }
    return solution
  }

  /// Multiplications and additions after which the host is asked: some 100 ms.
  private static let partialSolution = 1 << 31

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

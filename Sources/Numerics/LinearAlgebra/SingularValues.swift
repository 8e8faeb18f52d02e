import CLAPACK

/// The singular value decomposition A = U diag(values) V^T of an (m, n) matrix; k = min(m, n).
package struct SingularValues: Sendable {
  /// Descending, not negative.
  package let values: [Double]
  /// U, shape (m, k); its columns are orthonormal.
  package let left: Matrix
  /// V^T, shape (k, n); its rows are orthonormal.
  package let right: Matrix

  /// Cost about 10 m n k. Values are right to about max(m, n) u times the largest, u = 1.1e-16.
  ///
  /// Throws `.nonfinite`, `.shape`, `.memory` or `.convergence`, which was never observed.
  package init(_ matrix: Matrix) throws {
    let (m, n, k) = (matrix.rows, matrix.columns, min(matrix.rows, matrix.columns))
    let name = "the singular values of a matrix of shape (\(m), \(n))"
    try requireFinite(matrix, "the matrix")
    var values = [Double](repeating: 0, count: k)
    var left = Matrix(rows: m, columns: k)
    var right = Matrix(rows: k, columns: n)
    guard k > 0 else {
      (self.values, self.left, self.right) = (values, left, right)
      return
    }
    // Read by columns, memory holds A^T = V diag(values) U^T: LAPACK's left vectors are our right ones.
    let (rows, columns, count) = (try lapackSize(n, name), try lapackSize(m, name), try lapackSize(k, name))
    // The least work space that LAPACK documents. It cannot overflow: n and m are below 2^31, and k^2 is at most their
    // product.
    let workCount = 4 * k * k + 7 * k + max(m, n) * 64
    let workSize = try lapackSize(workCount, name)
    let (numbers, overflow) = (m * n).addingReportingOverflow(workCount)
    try requireMemory(overflow ? .max : numbers, of: Double.self, for: name)
    try requireLinearAlgebraMemory()
    var copy = matrix.elements
    var work = [Double](repeating: 0, count: workCount)
    var integers = [Int32](repeating: 0, count: 8 * k)
    let info = lapack_gesdd(
      some, rows, columns, &copy, rows, &values, &right.elements, rows, &left.elements, count, &work, workSize,
      &integers)
    try Interruption.check()
    guard info == 0 else {
      throw EngineError(.convergence, "\(name) did not converge (LAPACK's info \(info))")
    }
    (self.values, self.left, self.right) = (values, left, right)
  }
}

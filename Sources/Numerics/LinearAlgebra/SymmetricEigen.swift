import CLAPACK

/// The eigendecomposition A = V^T diag(values) V of a symmetric matrix, V orthogonal.
package struct SymmetricEigen: Sendable {
  /// Ascending.
  package let values: [Double]
  /// V: the eigenvector of values[k] in row k.
  package let vectors: Matrix

  /// Only A's lower triangle is used, but all of it must be finite. Cost about 9 n^3 at worst.
  ///
  /// Eigenvalues are right to about n u |A|, u = 1.1e-16; so are the vectors' orthogonality and the product.
  /// Throws `.shape`, `.nonfinite`, `.memory` or `.convergence`, which was never observed.
  package init(_ matrix: Matrix) throws {
    try requireSquare(matrix, "the matrix")
    try requireFinite(matrix, "the matrix")
    let n = matrix.rows
    let size = try lapackSize(n, "the matrix")
    // Work space as LAPACK asks for it, above n^2 for the vectors. The sum is below 2^63 because n is below 2^31.
    let workCount = 1 + 6 * n + 2 * n * n
    let workSize = try lapackSize(workCount, "the eigendecomposition of \(n) rows")
    try requireMemory(workCount + n * n, of: Double.self, for: "the eigendecomposition of \(n) rows")
    try requireLinearAlgebraMemory()
    var work = [Double](repeating: 0, count: workCount)
    var integers = [Int32](repeating: 0, count: 3 + 5 * n)
    var values = [Double](repeating: 0, count: n)
    var vectors = matrix
    let info = vectors.elements.withUnsafeMutableBufferPointer { a -> Int32 in
      guard n > 0, let base = a.baseAddress else { return 0 }
      return lapack_syevd(upper, size, base, size, &values, &work, workSize, &integers, Int32(3 + 5 * n))
    }
    try Interruption.check()
    guard info == 0 else {
      throw EngineError(.convergence, "the eigendecomposition of \(n) rows did not converge (LAPACK's info \(info))")
    }
    self.values = values
    self.vectors = vectors
  }
}

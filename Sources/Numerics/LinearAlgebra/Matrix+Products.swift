import CLAPACK

extension Matrix {
  /// A B, A being this matrix; on several threads if it is large. Throws `.shape` or `.memory`.
  package func times(_ other: Matrix) throws -> Matrix {
    guard columns == other.rows else { throw Self.mismatch("times", self, other) }
    return try product(other, shape: (rows, columns, other.columns), (plain, plain))
  }

  /// A^T B, A being this matrix; on several threads if it is large. Throws `.shape` or `.memory`.
  package func transposedTimes(_ other: Matrix) throws -> Matrix {
    guard rows == other.rows else { throw Self.mismatch("transposed times", self, other) }
    return try product(other, shape: (columns, rows, other.columns), (transposed, plain))
  }

  /// A B^T, A being this matrix; on several threads if it is large. Throws `.shape` or `.memory`.
  package func timesTransposed(_ other: Matrix) throws -> Matrix {
    guard columns == other.columns else { throw Self.mismatch("times the transpose of", self, other) }
    return try product(other, shape: (rows, columns, other.rows), (plain, transposed))
  }

  /// A A^T, symmetric to the last bit, A being this matrix; half the cost of a product. Throws `.shape` or `.memory`.
  package func timesOwnTranspose() throws -> Matrix {
    let name = "the product of a matrix of shape (\(rows), \(columns)) and its transpose"
    let (count, terms) = (try lapackSize(rows, name), try lapackSize(columns, name))
    try requireMemory(rows * rows, of: Double.self, for: name)
    try requireLinearAlgebraMemory()
    var result = Matrix(rows: rows, columns: rows)
    guard !elements.isEmpty else { return result }
    elements.withUnsafeBufferPointer { a in
      result.elements.withUnsafeMutableBufferPointer { c in
        guard let a = a.baseAddress, let c = c.baseAddress else { return }
        lapack_syrk(upper, transposed, count, terms, 1, a, terms, 0, c, count)
      }
    }
    try Interruption.check()
    result.mirrorLowerTriangle()
    return result
  }

  private static func mismatch(_ what: String, _ a: Matrix, _ b: Matrix) -> EngineError {
    EngineError(.shape, "shapes do not fit: (\(a.rows), \(a.columns)) \(what) (\(b.rows), \(b.columns))")
  }

  /// Products of at least `threadedTerms` terms are spread over threads, `rowsPerPiece` rows in a piece.
  private static let (rowsPerPiece, threadedTerms) = (128, 1 << 24)

  /// op(A) op(B), of shape (m, n), with k terms each.
  private func product(
    _ other: Matrix, shape: (m: Int, k: Int, n: Int), _ letters: (own: CChar, other: CChar)
  ) throws -> Matrix {
    let (m, k, n) = shape
    let name = "the product of shape (\(m), \(n))"
    let (small, terms) = ((try lapackSize(m, name), try lapackSize(n, name)), try lapackSize(k, name))
    try requireMemory(m * n, of: Double.self, for: name)
    try requireLinearAlgebraMemory()
    var result = Matrix(rows: m, columns: n)
    guard !elements.isEmpty, !other.elements.isEmpty else { return result }
    let (own, theirs) = letters
    let (stride, otherStride) = (own == plain ? terms : small.0, theirs == plain ? small.1 : terms)
    let grain = Double(m) * Double(n) * Double(k) < Double(Self.threadedTerms) ? m : Self.rowsPerPiece
    elements.withUnsafeBufferPointer { a in
      other.elements.withUnsafeBufferPointer { b in
        result.elements.withUnsafeMutableBufferPointer { c in
          guard let aBase = a.baseAddress, let bBase = b.baseAddress, let cBase = c.baseAddress else { return }
          nonisolated(unsafe) let (a, b, c) = (aBase, bBase, cBase)
          Parallel.forEachHeeding((m + grain - 1) / grain) { piece in
            let first = piece * grain
            // LAPACK reads memory by columns, so that it sees A^T, B^T and C^T = B^T A^T. The rows of C in this piece
            // are columns of C^T.
            lapack_gemm(
              theirs, own, small.1, Int32(min(grain, m - first)), terms, 1, b, otherStride,
              own == plain ? a + first * k : a + first, stride, 0, c + first * n, small.1)
          }
        }
      }
    }
    try Interruption.check()
    return result
  }
}

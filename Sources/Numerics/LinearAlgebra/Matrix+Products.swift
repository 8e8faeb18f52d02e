import CLAPACK

extension Matrix {
  /// A B, A being this matrix. Throws `.shape` or `.memory`.
  package func times(_ other: Matrix) throws -> Matrix {
    guard columns == other.rows else { throw Self.mismatch("times", self, other) }
    return try product(other, rows: rows, terms: columns, transposing: plain)
  }

  /// A^T B, A being this matrix. Throws `.shape` or `.memory`.
  package func transposedTimes(_ other: Matrix) throws -> Matrix {
    guard rows == other.rows else { throw Self.mismatch("transposed times", self, other) }
    return try product(other, rows: columns, terms: rows, transposing: transposed)
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
    result.mirrorLowerTriangle()
    return result
  }

  private static func mismatch(_ what: String, _ a: Matrix, _ b: Matrix) -> EngineError {
    EngineError(.shape, "shapes do not fit: (\(a.rows), \(a.columns)) \(what) (\(b.rows), \(b.columns))")
  }

  private func product(_ other: Matrix, rows m: Int, terms k: Int, transposing letter: CChar) throws -> Matrix {
    let n = other.columns
    let name = "the product of shape (\(m), \(n))"
    let (small, terms) = ((try lapackSize(m, name), try lapackSize(n, name)), try lapackSize(k, name))
    try requireMemory(m * n, of: Double.self, for: name)
    try requireLinearAlgebraMemory()
    var result = Matrix(rows: m, columns: n)
    guard !elements.isEmpty, !other.elements.isEmpty else { return result }
    let stride = letter == plain ? terms : small.0
    elements.withUnsafeBufferPointer { a in
      other.elements.withUnsafeBufferPointer { b in
        result.elements.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          // Read by columns, memory holds B^T, A^T and C^T = B^T A^T.
          lapack_gemm(plain, letter, small.1, small.0, terms, 1, b, small.1, a, stride, 0, c, small.1)
        }
      }
    }
    return result
  }
}

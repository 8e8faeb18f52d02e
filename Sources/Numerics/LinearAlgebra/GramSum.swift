import CLAPACK

/// A sum of A^T A over panels A of rows that come one after the other.
package struct GramSum: Sendable {
  /// (k, k); the lower triangle.
  private var sum: Matrix

  package init(columns: Int) { sum = Matrix(rows: columns, columns: columns) }

  /// - Parameter panel: (rows, k), row-major
  package mutating func add(_ panel: UnsafeBufferPointer<Double>, rows: Int) {
    let columns = Int32(sum.columns)
    sum.elements.withUnsafeMutableBufferPointer { sum in
      guard rows > 0, columns > 0, let panel = panel.baseAddress, let sum = sum.baseAddress else { return }
      // Read by columns, memory holds A^T, and the upper triangle is our lower one.
      lapack_syrk(upper, plain, columns, Int32(rows), 1, panel, columns, 1, sum, columns)
    }
  }

  /// Both triangles.
  package var matrix: Matrix {
    var whole = sum
    whole.mirrorLowerTriangle()
    return whole
  }
}

import CLAPACK

/// C = op(A) op(B) + weight C on row-major memory: C is m x n, op(A) m x k, op(B) k x n. For products inside a piece of
/// work that has asked `requireLinearAlgebraMemory()` before; sizes are below 2^31.
package func multiply(
  _ a: UnsafePointer<Double>, transposingLeft aTransposed: Bool = false, _ b: UnsafePointer<Double>,
  transposingRight bTransposed: Bool = false, into c: UnsafeMutablePointer<Double>, _ m: Int, _ n: Int, _ k: Int,
  keeping weight: Double = 0
) {
  guard m > 0, n > 0 else { return }
  let (rows, columns, terms) = (Int32(m), Int32(n), Int32(k))
  // Read by columns, memory holds the transposes: C^T = op(B)^T op(A)^T.
  lapack_gemm(
    bTransposed ? transposed : plain, aTransposed ? transposed : plain, columns, rows, terms, 1, b,
    bTransposed ? terms : columns, a, aTransposed ? rows : terms, weight, c, columns)
}

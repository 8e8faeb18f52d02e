import CLAPACK

// A factorisation of thousands of rows is a single call of LAPACK that takes minutes. It spends nearly all of them in a
// few routines. The linker leads the calls of these routines here first (`--wrap` in Package.swift), and the functions
// below ask the host before they call the original.
//
// Once the host has refused, they return at once and leave their results as they are. The factorisation then runs
// through the rest of its loops in an instant, because the number of iterations does not depend on the results. Its
// result is worthless, and therefore every such factorisation is followed by `Interruption.check()`, which throws. As
// long as the host does not refuse, the arithmetic is LAPACK's own to the last bit.

/// A call of fewer operations than this is not interrupted, because asking would take a notable part of its time.
private let worthwhile = 1 << 16

/// Multiplications and additions of a part of a product: some 50 ms.
private let partialProduct = 1 << 30
/// Parts have whole multiples of this number of columns, because OpenBLAS's kernels work on so many together.
private let partialColumns = 48

private func isLeftOut(_ operations: Int) -> Bool { operations > worthwhile && Interruption.stops }

/// C = alpha op(A) op(B) + beta C, shape (m, n). Large products are made some columns of C at a time.
@_cdecl("__wrap_dgemm_")
public func interruptibleProduct(
  _ ownLetter: UnsafePointer<CChar>, _ otherLetter: UnsafePointer<CChar>, _ m: UnsafePointer<CInt>,
  _ n: UnsafePointer<CInt>, _ k: UnsafePointer<CInt>, _ alpha: UnsafePointer<Double>, _ a: UnsafePointer<Double>,
  _ aStride: UnsafePointer<CInt>, _ b: UnsafePointer<Double>, _ bStride: UnsafePointer<CInt>,
  _ beta: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>, _ cStride: UnsafePointer<CInt>
) {
  let perColumn = max(1, Int(m.pointee) * Int(k.pointee))
  let count = Int(n.pointee)
  let part = max(1, partialProduct / perColumn / partialColumns) * partialColumns
  guard part < count else {
    if isLeftOut(perColumn * count) { return }
    __real_dgemm_(ownLetter, otherLetter, m, n, k, alpha, a, aStride, b, bStride, beta, c, cStride, 1, 1)
    return
  }
  let isTransposed = otherLetter.pointee != plain
  for first in stride(from: 0, to: count, by: part) {
    if Interruption.stops { return }
    var columns = CInt(min(part, count - first))
    let offset = isTransposed ? first : first * Int(bStride.pointee)
    __real_dgemm_(
      ownLetter, otherLetter, m, &columns, k, alpha, a, aStride, b + offset, bStride, beta,
      c + first * Int(cStride.pointee), cStride, 1, 1)
  }
}

/// y = alpha op(A) x + beta y, A of shape (m, n).
@_cdecl("__wrap_dgemv_")
public func interruptibleVectorProduct(
  _ letter: UnsafePointer<CChar>, _ m: UnsafePointer<CInt>, _ n: UnsafePointer<CInt>, _ alpha: UnsafePointer<Double>,
  _ a: UnsafePointer<Double>, _ aStride: UnsafePointer<CInt>, _ x: UnsafePointer<Double>,
  _ xStride: UnsafePointer<CInt>, _ beta: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
  _ yStride: UnsafePointer<CInt>
) {
  if isLeftOut(Int(m.pointee) * Int(n.pointee)) { return }
  __real_dgemv_(letter, m, n, alpha, a, aStride, x, xStride, beta, y, yStride, 1)
}

/// y = alpha A x + beta y, A symmetric.
@_cdecl("__wrap_dsymv_")
public func interruptibleSymmetricVectorProduct(
  _ triangle: UnsafePointer<CChar>, _ n: UnsafePointer<CInt>, _ alpha: UnsafePointer<Double>,
  _ a: UnsafePointer<Double>, _ aStride: UnsafePointer<CInt>, _ x: UnsafePointer<Double>,
  _ xStride: UnsafePointer<CInt>, _ beta: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
  _ yStride: UnsafePointer<CInt>
) {
  if isLeftOut(Int(n.pointee) * Int(n.pointee)) { return }
  __real_dsymv_(triangle, n, alpha, a, aStride, x, xStride, beta, y, yStride, 1)
}

/// C = alpha (A B^T + B A^T) + beta C, C symmetric.
@_cdecl("__wrap_dsyr2k_")
public func interruptibleSymmetricUpdate(
  _ triangle: UnsafePointer<CChar>, _ letter: UnsafePointer<CChar>, _ n: UnsafePointer<CInt>,
  _ k: UnsafePointer<CInt>, _ alpha: UnsafePointer<Double>, _ a: UnsafePointer<Double>,
  _ aStride: UnsafePointer<CInt>, _ b: UnsafePointer<Double>, _ bStride: UnsafePointer<CInt>,
  _ beta: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>, _ cStride: UnsafePointer<CInt>
) {
  if isLeftOut(Int(n.pointee) * Int(n.pointee) * Int(k.pointee)) { return }
  __real_dsyr2k_(triangle, letter, n, k, alpha, a, aStride, b, bStride, beta, c, cStride, 1, 1)
}

/// The operations of finding one root, about, divided by the number n of roots.
private let rootOperations = 64

/// One eigenvalue where two halves of a tridiagonal matrix are joined.
@_cdecl("__wrap_dlaed4_")
public func interruptibleEigenvalue(
  _ n: UnsafePointer<CInt>, _ index: UnsafePointer<CInt>, _ d: UnsafePointer<Double>, _ z: UnsafePointer<Double>,
  _ delta: UnsafeMutablePointer<Double>, _ rho: UnsafePointer<Double>, _ root: UnsafeMutablePointer<Double>,
  _ info: UnsafeMutablePointer<CInt>
) {
  info.pointee = 0
  if isLeftOut(rootOperations * Int(n.pointee)) { return }
  __real_dlaed4_(n, index, d, z, delta, rho, root, info)
}

/// One singular value where two halves of a bidiagonal matrix are joined.
@_cdecl("__wrap_dlasd4_")
public func interruptibleSingularValue(
  _ n: UnsafePointer<CInt>, _ index: UnsafePointer<CInt>, _ d: UnsafePointer<Double>, _ z: UnsafePointer<Double>,
  _ delta: UnsafeMutablePointer<Double>, _ rho: UnsafePointer<Double>, _ root: UnsafeMutablePointer<Double>,
  _ work: UnsafeMutablePointer<Double>, _ info: UnsafeMutablePointer<CInt>
) {
  info.pointee = 0
  if isLeftOut(rootOperations * Int(n.pointee)) { return }
  __real_dlasd4_(n, index, d, z, delta, rho, root, work, info)
}

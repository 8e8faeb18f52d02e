import CSystem
import Numerics
import TestSupport
import Testing

@Suite("LAPACK on several threads")
struct LinearAlgebraConcurrencyTests {
  /// The results of all routines for one matrix, as bits.
  private static func results(_ seed: Int) throws -> [UInt64] {
    let n = 60 + seed % 4 * 25
    let factor = Matrix.gaussian(n, n, seed: UInt64(seed % 4))
    var matrix = try factor.timesOwnTranspose()
    for index in 0..<n { matrix[index, index] += 1 }
    let eigen = try SymmetricEigen(matrix)
    let svd = try SingularValues(factor)
    let solution = try SymmetricSolver(matrix).solve(factor)
    return bits(eigen.values + eigen.vectors.elements + svd.values + svd.left.elements + solution.elements)
  }

  /// Every thread has buffers of its own: results have the same bits as alone, for any number of threads and wherever
  /// the arrays lie.
  @Test func sameBitsOnAnyNumberOfThreads() throws {
    let alone = try (0..<4).map(Self.results)
    for threads in [2, 16, 100] {
      let together = try withThreads(threads) { try Parallel.map(200, Self.results) }
      #expect(together.indices.allSatisfy { together[$0] == alone[$0 % 4] })
    }
  }
}

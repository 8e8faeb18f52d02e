import Numerics
import TestSupport
import Testing

@Suite struct CholeskyTests {
  /// G G^T + shift I for a Gaussian n x n matrix G.
  private static func positive(_ n: Int, shift: Double, seed: UInt64) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 0)
    let factor = Matrix(rows: n, columns: n, elements: random.normals(n * n))
    var matrix = Matrix(rows: n, columns: n)
    for row in 0..<n {
      for column in 0..<n {
        for k in 0..<n { matrix[row, column] += factor[row, k] * factor[column, k] }
      }
      matrix[row, row] += shift
    }
    return matrix
  }

  private static func product(_ matrix: Matrix, _ x: [Double]) -> [Double] {
    (0..<matrix.rows).map { row in zip(matrix.row(row), x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The computed x solves a system whose matrix is off by at most 8 n^2 u |A| (Higham, theorem 10.4), so that the residual is
  /// below 8 n^2 u |A| |x|, u = 1.1e-16, in the infinity norm with row sums for |A|.
  @Test(arguments: [1, 2, 3, 4, 5, 8, 9, 31, 64])
  func solvesToRounding(n: Int) throws {
    let matrix = Self.positive(n, shift: 0.1, seed: UInt64(n))
    var random = PhiloxSequence(seed: 3, stream: UInt64(n))
    let right = random.normals(n)
    let x = try #require(Cholesky(matrix)).solve(right)
    let rowSum = (0..<n).map { matrix.row($0).reduce(0) { $0 + abs($1) } }.max() ?? 0
    let bound = 4 * Double(n * n) * .ulpOfOne * rowSum * largest(x)
    #expect(largest(difference(Self.product(matrix, x), right)) <= bound)
  }

  /// The columns of A^-1, one solve each, put A together again: A A^-1 = I to condition x rounding; the shift keeps the
  /// condition below 1e4.
  @Test func inverseColumnsReconstruct() throws {
    let n = 17
    let matrix = Self.positive(n, shift: 1, seed: 5)
    let factorization = try #require(Cholesky(matrix))
    for column in 0..<n {
      var unit = [Double](repeating: 0, count: n)
      unit[column] = 1
      #expect(largest(difference(Self.product(matrix, factorization.solve(unit)), unit)) < 1e-10)
    }
  }

  /// Whole numbers whose factor is whole too: no rounding at all.
  @Test func exactFactor() throws {
    // L = [[2, 0, 0], [1, 3, 0], [-1, 2, 1]]
    let matrix = Matrix(rows: 3, columns: 3, elements: [4, 2, -2, 2, 10, 5, -2, 5, 6])
    #expect(try #require(Cholesky(matrix)).solve([4, 17, 9]) == [1, 1, 1])
  }

  @Test func readsTheLowerTriangleOnly() throws {
    let whole = Matrix(rows: 2, columns: 2, elements: [4, 2, 2, 10])
    let lower = Matrix(rows: 2, columns: 2, elements: [4, .nan, 2, 10])
    #expect(try #require(Cholesky(whole)).solve([1, 2]) == (try #require(Cholesky(lower)).solve([1, 2])))
  }

  @Test(arguments: [
    [1.0, 2, 2, 1], [0, 0, 0, 0], [-1, 0, 0, 1], [1, 1, 1, 1], [1, 1, 1, 1 + 2e-16], [.nan, 0, 0, 1],
    [1, .nan, .nan, 1], [.infinity, 0, 0, 1],
  ])
  func whatIsNotPositiveDefiniteHasNoFactor(elements: [Double]) {
    #expect(Cholesky(Matrix(rows: 2, columns: 2, elements: elements)) == nil)
  }

  @Test func emptySystem() throws {
    #expect(try #require(Cholesky(Matrix(rows: 0, columns: 0))).solve([]).isEmpty)
  }
}

import Numerics
import TestSupport
import Testing

/// Single calls of LAPACK that would take minutes for some thousand rows ask the host within them, and end where it
/// refuses. The sizes here take a second at most and are asked about as often per operation.
@Suite struct InterruptedAlgebraTests {
  /// One question at least per column of the tridiagonal form, as long as the rest of the matrix is worth one (n^2 >
  /// 2^16).
  @Test func eigenvalues() throws {
    let matrix = Matrix.gram(700, shift: 0.1, seed: 1)
    let plain = try SymmetricEigen(matrix)
    var asked: SymmetricEigen?
    #expect(questions { asked = try SymmetricEigen(matrix) }.asked > 400)
    #expect(asked?.values == plain.values && asked?.vectors == plain.vectors)
    for question in [1, 100, 400] {
      #expect(questions(refusal: question) { _ = try SymmetricEigen(matrix) }.ended(at: question))
    }
  }

  @Test func singularValues() throws {
    let matrix = Matrix.gaussian(600, 600, seed: 2)
    let plain = try SingularValues(matrix)
    var asked: SingularValues?
    let all = questions { asked = try SingularValues(matrix) }.asked
    #expect(all > 300)
    #expect(asked?.values == plain.values && asked?.left == plain.left)
    for question in [1, 150, all] {
      #expect(questions(refusal: question) { _ = try SingularValues(matrix) }.ended(at: question))
    }
  }

  /// Three times 2^30 multiplications ask more than once in one call of BLAS, and rows are the same to the last bit as
  /// in a call of their own.
  @Test func products() throws {
    let (a, b) = (Matrix.gaussian(128, 4096, seed: 3), Matrix.gaussian(4096, 6144, seed: 4))
    let plain = try a.times(b)
    var asked: Matrix?
    let all = questions { asked = try a.times(b) }.asked
    #expect(all >= 3 && asked == plain)
    #expect(questions(refusal: 2) { _ = try a.times(b) }.ended(at: 2))
    for rows in [0..<32, 32..<64, 96..<128] {
      #expect(try a.selecting(rows: Array(rows)).times(b) == plain.selecting(rows: Array(rows)))
    }
  }

  /// min(i, j) has a factor of ones, so that whole numbers stay whole in however many blocks: no rounding at all.
  @Test func factors() throws {
    let n = 2200
    let matrix = Matrix(
      rows: n, columns: n, elements: (0..<n * n).map { Double(min($0 / n, $0 % n) + 1) })
    // A times (1, 1, ..) has sum_j min(i, j) = i n - i (i - 1) / 2 with i from 1.
    let right = (1...n).map { Double($0 * n - $0 * ($0 - 1) / 2) }
    var solution: [Double] = []
    let all = questions { solution = try SymmetricSolver(matrix).solve(right) }.asked
    #expect(solution == [Double](repeating: 1, count: n))
    // Two questions per block of 256 rows at least.
    #expect(all >= 2 * (n / 256))
    for question in [1, n / 256] {
      #expect(questions(refusal: question) { _ = try SymmetricSolver(matrix) }.ended(at: question))
    }
  }

  /// 400 right sides at once would be a single call too.
  @Test func solutions() throws {
    let n = 3100
    var matrix = Matrix(rows: n, columns: n)
    for row in 0..<n {
      matrix[row, row] = 2
      if row > 0 { (matrix[row, row - 1], matrix[row - 1, row]) = (-1, -1) }
    }
    let (solver, right) = (try SymmetricSolver(matrix), Matrix.gaussian(n, 400, seed: 5))
    let plain = try solver.solve(right)
    var asked: Matrix?
    #expect(questions { asked = try solver.solve(right) }.asked >= 2)
    #expect(asked == plain)
    #expect(questions(refusal: 2) { _ = try solver.solve(right) }.ended(at: 2))
  }
}

import CSystem
import Numerics
import TestSupport
import Testing

@Suite struct CholeskyTests {
  private static func product(_ matrix: Matrix, _ x: [Double]) -> [Double] {
    (0..<matrix.rows).map { row in zip(matrix.row(row), x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// The computed x solves a system whose matrix is off by at most 8 n^2 u |A| (Higham, theorem 10.4), so that the
  /// residual is below 8 n^2 u |A| |x|, u = 1.1e-16, in the infinity norm with row sums for |A|.
  @Test(arguments: [1, 2, 3, 4, 5, 8, 9, 31, 64, 200])
  func solvesToRounding(n: Int) throws {
    let matrix = Matrix.gram(n, shift: 0.1, seed: UInt64(n))
    var random = PhiloxSequence(seed: 3, stream: UInt64(n))
    let right = random.normals(n)
    let x = try #require(Cholesky(matrix)).solve(right)
    let rowSum = (0..<n).map { matrix.row($0).reduce(0) { $0 + abs($1) } }.max() ?? 0
    let bound = 4 * Double(n * n) * .ulpOfOne * rowSum * largest(x)
    #expect(largest(difference(Self.product(matrix, x), right)) <= bound)
  }

  /// The columns of A^-1, from one solve each, give A A^-1 = I to condition x rounding. The shift keeps the condition
  /// below 1e4.
  @Test func inverseColumnsReconstruct() throws {
    let n = 17
    let matrix = Matrix.gram(n, shift: 1, seed: 5)
    let factorization = try #require(Cholesky(matrix))
    for column in 0..<n {
      var unit = [Double](repeating: 0, count: n)
      unit[column] = 1
      #expect(largest(difference(Self.product(matrix, factorization.solve(unit)), unit)) < 1e-10)
    }
  }

  /// The matrix and its factor consist of whole numbers, so that nothing rounds.
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

  @Test func whatIsNotSquareHasNoFactor() {
    #expect(Cholesky(Matrix(rows: 2, columns: 3)) == nil)
  }

  /// A times a power of two is the same matrix in other units, and has the same solution to the last bit, down to where
  /// squares of pivots underflow.
  @Test(arguments: [0x1p-400, 0x1p-40, 0x1p40, 0x1p400])
  func unitsDoNotMatter(unit: Double) throws {
    let matrix = Matrix.gram(20, shift: 1, seed: 11)
    var scaled = matrix
    for index in scaled.elements.indices { scaled.elements[index] *= unit * unit }
    let right = Matrix.gaussian(20, 1, seed: 12).elements
    let x = try #require(Cholesky(matrix)).solve(right)
    let y = try #require(Cholesky(scaled)).solve(right.map { $0 * unit * unit })
    #expect(bits(x) == bits(y))
  }

  /// Each column of X is the solution for that column of B, to condition x rounding: condition below 1e4, u = 1.1e-16.
  @Test(arguments: [1, 2, 7, 64, 150], [0, 1, 2, 9, 70])
  func manyRightSides(n: Int, columns: Int) throws {
    let factorization = try #require(Cholesky(Matrix.gram(n, shift: 1, seed: UInt64(n))))
    let right = Matrix.gaussian(n, columns, seed: 4)
    let solution = factorization.solve(right)
    for column in 0..<columns {
      let single = factorization.solve((0..<n).map { right[$0, column] })
      #expect(largest(difference((0..<n).map { solution[$0, column] }, single)) <= 1e-10 * max(1, largest(single)))
    }
  }

  /// A A^-1 = I to condition x rounding as above, and A^-1 is symmetric to the last bit.
  @Test(arguments: [1, 2, 3, 17, 64, 150])
  func inverse(n: Int) throws {
    let matrix = Matrix.gram(n, shift: 1, seed: UInt64(n))
    let inverse = try #require(Cholesky(matrix)).inverse()
    #expect(distance(Matrix.plainProduct(matrix, inverse), .identity(n)) < 1e-10)
    #expect(inverse == inverse.transpose)
  }

  /// det = (n + 1) for the second difference matrix tridiag(-1, 2, -1); its condition is below 2 n^2.
  @Test(arguments: [1, 2, 10, 100])
  func determinant(n: Int) throws {
    var matrix = Matrix.diagonal([Double](repeating: 2, count: n))
    for index in 1..<max(1, n) {
      matrix[index, index - 1] = -1
      matrix[index - 1, index] = -1
    }
    // Backward stability: an error in A of n u |A| moves the logarithm by at most n |A^-1| times that.
    let bound = Double(n * n) * 2 * Double(n * n) * .ulpOfOne
    #expect(abs(try #require(Cholesky(matrix)).logDeterminant - log(Double(n + 1))) <= bound)
  }

  @Test func emptySystem() throws {
    let factorization = try #require(Cholesky(Matrix(rows: 0, columns: 0)))
    #expect(factorization.solve([]).isEmpty)
    #expect(factorization.solve(Matrix(rows: 0, columns: 3)) == Matrix(rows: 0, columns: 3))
    #expect(factorization.inverse() == Matrix(rows: 0, columns: 0))
    #expect(factorization.logDeterminant == 0)
  }
}

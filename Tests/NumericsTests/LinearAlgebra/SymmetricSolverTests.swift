import Numerics
import TestSupport
import Testing

@Suite struct SymmetricSolverTests {
  /// A definite and well conditioned matrix has Cholesky's solution, to the last bit, and full rank.
  @Test(arguments: [1, 2, 17, 100])
  func definite(n: Int) throws {
    let matrix = Matrix.gram(n, shift: 1, seed: UInt64(n))
    let solver = try SymmetricSolver(matrix)
    let right = Matrix.gaussian(n, 3, seed: 2)
    #expect(solver.rank == n)
    #expect(try solver.solve(right) == #require(Cholesky(matrix)).solve(right))
  }

  /// G G^T with G of shape (n, rank) has that rank. For b = A z the solution is z's projection on A's range, which A
  /// maps on b again, and of no greater length than z; to rounding times the condition, below 1e6 here.
  @Test(arguments: [1, 5, 30, 90], [1, 2, 5, 29])
  func deficient(n: Int, rank: Int) throws {
    let matrix = Matrix.gram(n, terms: rank, shift: 0, seed: UInt64(100 * n + rank))
    let solver = try SymmetricSolver(matrix)
    #expect(solver.rank == min(n, rank))
    let z = Matrix.gaussian(n, 2, seed: 9)
    let right = Matrix.plainProduct(matrix, z)
    let x = try solver.solve(right)
    #expect(distance(Matrix.plainProduct(matrix, x), right) <= 1e-9 * largest(right.elements))
    #expect(euclideanNorm(x.elements) <= euclideanNorm(z.elements) * (1 + 1e-9))
    if rank < n { #expect(solver.reciprocalCondition < Double(n) * .ulpOfOne) }
  }

  /// [[1, 1], [1, 1]] has the pseudo-inverse [[1, 1], [1, 1]] / 4. b = (2, 0) is not in its range, where (1, 1) is
  /// nearest.
  @Test func nearestAndShortest() throws {
    let solver = try SymmetricSolver(Matrix(rows: 2, columns: 2, elements: [1, 1, 1, 1]))
    #expect(largest(difference(try solver.solve([2, 0]), [0.5, 0.5])) <= 4 * .ulpOfOne)
    #expect(solver.rank == 1)
  }

  /// A diagonal matrix shows its condition and rank: eigenvalues count down to n eps of the largest.
  @Test(arguments: [(1e-3, 3), (1e-14, 3), (3e-15, 3), (1e-16, 2), (0, 2), (-1e-16, 2), (-1e-3, 3)])
  func diagonals(small: Double, rank: Int) throws {
    let solver = try SymmetricSolver(.diagonal([1, small, 2]))
    #expect(solver.rank == rank)
    #expect(abs(solver.reciprocalCondition - abs(small) / 2) <= 1e-12 * abs(small))
    let x = try solver.solve([3, small, 4])
    #expect(largest(difference(x, [3, rank == 3 ? 1 : 0, 2])) <= 1e-12)
  }

  @Test func indefinite() throws {
    let solver = try SymmetricSolver(Matrix(rows: 2, columns: 2, elements: [0, 1, 1, 0]))
    #expect(largest(difference(try solver.solve([3, 5]), [5, 3])) <= 16 * .ulpOfOne)
    #expect(solver.rank == 2 && abs(solver.reciprocalCondition - 1) <= 4 * .ulpOfOne)
  }

  @Test func edges() throws {
    let empty = try SymmetricSolver(Matrix(rows: 0, columns: 0))
    #expect(try empty.rank == 0 && empty.reciprocalCondition == 1 && empty.solve([]).isEmpty)
    let zero = try SymmetricSolver(Matrix(rows: 2, columns: 2))
    #expect(try zero.rank == 0 && zero.reciprocalCondition == 0 && zero.solve([1, 2]) == [0, 0])
    let single = try SymmetricSolver(Matrix(rows: 1, columns: 1, elements: [4]))
    #expect(try single.rank == 1 && single.reciprocalCondition == 1 && single.solve([2]) == [0.5])
  }

  @Test(arguments: notFinite)
  func refusesWhatIsNotFinite(matrix: Matrix) {
    #expect(engineError { _ = try SymmetricSolver(matrix) }?.kind == .nonfinite)
  }

  @Test func refusesShapes() throws {
    #expect(engineError { _ = try SymmetricSolver(Matrix(rows: 1, columns: 2)) }?.kind == .shape)
    let solver = try SymmetricSolver(.identity(2))
    let error = engineError { _ = try solver.solve([1]) }
    #expect(error?.kind == .shape && error?.message == "the right side has 1 rows; the matrix has 2")
  }
}

import CSystem
import Numerics
import TestSupport
import Testing

@Suite struct SymmetricEigenTests {
  private static let sizes = [1, 2, 3, 8, 25, 26, 64, 100, 200]

  /// A = V^T L V and V V^T = I, each to p(n) u times the norm with a p of low degree (LAPACK Users' Guide, section
  /// 4.7.1); 10 n is generous for the largest element.
  @Test(arguments: sizes)
  func reconstructs(n: Int) throws {
    let factor = Matrix.gaussian(n, n, seed: UInt64(n))
    let sums = zip(factor.elements, factor.transpose.elements).map { $0 + $1 }
    let matrix = Matrix(rows: n, columns: n, elements: sums)
    let eigen = try SymmetricEigen(matrix)
    let bound = 10 * Double(n) * .ulpOfOne
    let product = Matrix.plainProduct(
      Matrix.plainProduct(eigen.vectors.transpose, .diagonal(eigen.values)), eigen.vectors)
    #expect(distance(product, matrix) <= bound * matrix.norm)
    #expect(distance(Matrix.plainProduct(eigen.vectors, eigen.vectors.transpose), .identity(n)) <= bound)
    #expect(eigen.values == eigen.values.sorted())
  }

  /// tridiag(-1, 2, -1) has the eigenvalues 2 - 2 cos(k pi / (n + 1)), to n u |A|, |A| < 4.
  @Test(arguments: sizes)
  func knownSpectrum(n: Int) throws {
    var matrix = Matrix.diagonal([Double](repeating: 2, count: n))
    for index in 1..<max(1, n) { matrix[index, index - 1] = -1 }
    let known = (1...n).map { 2 - 2 * cos(Double($0) * .pi / Double(n + 1)) }
    #expect(largest(difference(try SymmetricEigen(matrix).values, known)) <= 4 * Double(n) * .ulpOfOne)
  }

  @Test func edges() throws {
    let empty = try SymmetricEigen(Matrix(rows: 0, columns: 0))
    #expect(empty.values.isEmpty && empty.vectors.elements.isEmpty)
    let single = try SymmetricEigen(Matrix(rows: 1, columns: 1, elements: [-3]))
    #expect(single.values == [-3] && abs(single.vectors[0, 0]) == 1)
    #expect(try SymmetricEigen(Matrix(rows: 40, columns: 40)).values == [Double](repeating: 0, count: 40))
  }

  @Test(arguments: notFinite)
  func refusesWhatIsNotFinite(matrix: Matrix) {
    #expect(engineError { _ = try SymmetricEigen(matrix) }?.kind == .nonfinite)
  }

  @Test func refusesWhatIsNotSquare() {
    let error = engineError { _ = try SymmetricEigen(Matrix(rows: 2, columns: 3)) }
    #expect(error?.kind == .shape)
    #expect(error?.message == "the matrix has shape (2, 3); it must be square")
  }
}

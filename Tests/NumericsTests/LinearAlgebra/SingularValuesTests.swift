import CSystem
import Numerics
import TestSupport
import Testing

@Suite struct SingularValuesTests {
  private static let shapes = [
    (1, 1), (1, 5), (5, 1), (3, 3), (26, 26), (100, 100), (100, 3), (3, 100), (60, 40), (40, 60), (400, 30), (30, 400),
  ]

  /// A = U S V^T with orthonormal factors, to p(m, n) u times the norm as for eigenvalues.
  @Test(arguments: shapes)
  func reconstructs(rows: Int, columns: Int) throws {
    let matrix = Matrix.gaussian(rows, columns, seed: UInt64(1000 * rows + columns))
    let svd = try SingularValues(matrix)
    let count = min(rows, columns)
    let bound = 10 * Double(max(rows, columns)) * .ulpOfOne
    let product = Matrix.plainProduct(Matrix.plainProduct(svd.left, .diagonal(svd.values)), svd.right)
    #expect(distance(product, matrix) <= bound * matrix.norm)
    #expect(distance(Matrix.plainProduct(svd.left.transpose, svd.left), .identity(count)) <= bound)
    #expect(distance(Matrix.plainProduct(svd.right, svd.right.transpose), .identity(count)) <= bound)
    #expect(svd.values == svd.values.sorted(by: >) && svd.values.allSatisfy { $0 >= 0 })
  }

  /// Planes span(e1, e2) and span(cos a e1 + sin a e3, cos b e2 + sin b e4), each in a basis turned by any angle, have
  /// the principal angles a and b: the singular values of the product of the bases are their cosines.
  @Test(arguments: [(0.0, 0.0), (0.1, 1.2), (0.7, 0.7), (0.3, Double.pi / 2)])
  func principalAngles(a: Double, b: Double) throws {
    let first = Matrix(rows: 4, columns: 2, elements: [1, 0, 0, 1, 0, 0, 0, 0])
    let second = Matrix(rows: 4, columns: 2, elements: [cos(a), 0, 0, cos(b), sin(a), 0, 0, sin(b)])
    func turn(_ angle: Double) -> Matrix {
      Matrix(rows: 2, columns: 2, elements: [cos(angle), -sin(angle), sin(angle), cos(angle)])
    }
    let cosines = try SingularValues(
      try first.times(turn(0.4)).transposedTimes(try second.times(turn(2.5)))
    ).values
    #expect(largest(difference(cosines, [cos(a), cos(b)].sorted(by: >))) <= 20 * .ulpOfOne)
  }

  @Test(arguments: [(0, 0), (0, 3), (3, 0)])
  func empty(rows: Int, columns: Int) throws {
    let svd = try SingularValues(Matrix(rows: rows, columns: columns))
    #expect(svd.values.isEmpty)
    #expect(svd.left == Matrix(rows: rows, columns: 0) && svd.right == Matrix(rows: 0, columns: columns))
  }

  @Test(arguments: notFinite)
  func refusesWhatIsNotFinite(matrix: Matrix) {
    let error = engineError { _ = try SingularValues(matrix) }
    #expect(error?.kind == .nonfinite && error?.message.hasSuffix("is not finite") == true)
  }
}

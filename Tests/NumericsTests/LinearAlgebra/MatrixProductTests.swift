import Numerics
import TestSupport
import Testing

@Suite struct MatrixProductTests {
  private static let shapes = [
    (0, 0, 0), (0, 2, 3), (2, 0, 3), (2, 3, 0), (1, 1, 1), (1, 5, 1), (5, 1, 5), (3, 4, 5), (17, 31, 13), (64, 65, 66),
    (200, 300, 100), (300, 300, 300),
  ]

  /// Two orders of summation of k terms differ by at most 2 k u |A| |B|, in the norm of largest row sums.
  @Test(arguments: shapes)
  func likeTheSchoolbook(m: Int, k: Int, n: Int) throws {
    let a = Matrix.gaussian(m, k, seed: 1)
    let b = Matrix.gaussian(k, n, seed: 2)
    let known = Matrix.plainProduct(a, b)
    let bound = 2 * Double(k) * .ulpOfOne * a.norm * b.norm
    #expect(distance(try a.times(b), known) <= bound)
    #expect(distance(try a.transpose.transposedTimes(b), known) <= bound)
    #expect(distance(try a.timesTransposed(b.transpose), known) <= bound)
  }

  @Test(arguments: shapes)
  func ownTranspose(n: Int, k: Int, _: Int) throws {
    let a = Matrix.gaussian(n, k, seed: 3)
    let product = try a.timesOwnTranspose()
    let bound = 2 * Double(k) * .ulpOfOne * a.norm * a.transpose.norm
    #expect(distance(product, Matrix.plainProduct(a, a.transpose)) <= bound)
    #expect(product == product.transpose)
  }

  @Test func refusesShapesThatDoNotFit() {
    let (a, b) = (Matrix(rows: 2, columns: 3), Matrix(rows: 2, columns: 4))
    let error = engineError { _ = try a.times(b) }
    #expect(error?.kind == .shape && error?.message == "shapes do not fit: (2, 3) times (2, 4)")
    #expect(engineError { _ = try a.transpose.transposedTimes(b) }?.kind == .shape)
    #expect(engineError { _ = try a.timesTransposed(b) }?.kind == .shape)
  }

  @Test func refusesWhatNobodyHasMemoryFor() {
    let (tall, wide) = (Matrix(rows: 1 << 30, columns: 0), Matrix(rows: 0, columns: 1 << 30))
    #expect(engineError { _ = try tall.times(wide) }?.kind == .memory)
    #expect(engineError { _ = try tall.timesOwnTranspose() }?.kind == .memory)
    let longer = Matrix(rows: 1 << 31, columns: 0)
    #expect(engineError { _ = try longer.times(wide) }?.kind == .shape)
  }
}

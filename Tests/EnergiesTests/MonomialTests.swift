import Energies
import Testing

@Suite struct MonomialTests {
  private static func rows(_ monomials: Monomials) -> [[Int]] {
    (0..<monomials.count).map {
      Array(monomials.exponents[$0 * monomials.dimension..<($0 + 1) * monomials.dimension])
    }
  }

  @Test func lastCoordinateIsFastest() {
    let box = Monomials(dimension: 2, degree: 2, limit: 100)
    #expect(Self.rows(box) == [[0, 1], [0, 2], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]])
    #expect(box.degree == 2 && box.count == 8)
    #expect(Self.rows(Monomials(dimension: 1, degree: 3, limit: 100)) == [[1], [2], [3]])
  }

  /// There are (p + 1)^d - 1 of them, all different and none constant. With one more than the limit, the total degree
  /// is bounded instead.
  @Test func limitIsInclusive() {
    let box = Monomials(dimension: 3, degree: 4, limit: 124)
    #expect(box.count == 124 && Set(Self.rows(box)).count == 124)
    #expect(!Self.rows(box).contains([0, 0, 0]))
    let simplex = Monomials(dimension: 3, degree: 4, limit: 123)
    // binomial(7, 4) - 1
    #expect(simplex.count == 34 && Set(Self.rows(simplex)).count == 34)
    #expect(Self.rows(simplex).allSatisfy { (1...4).contains($0.reduce(0, +)) })
  }

  @Test func totalDegreeIsOrderedLikeTheBox() {
    let simplex = Monomials(dimension: 2, degree: 2, limit: 5)
    #expect(Self.rows(simplex) == [[0, 1], [0, 2], [1, 0], [1, 1], [2, 0]])
  }

  /// d, p, the largest total degree t whose binomial(d + t, t) - 1 keeps within 3000, and that count.
  @Test(arguments: [
    (5, 4, 4, 125), (10, 4, 4, 1000), (20, 8, 3, 1770), (50, 4, 2, 1325), (100, 2, 1, 100), (3000, 2, 1, 3000),
    (3001, 8, 0, 0), (50, 1, 1, 50),
  ])
  func manyCoordinates(d: Int, degree: Int, total: Int, count: Int) {
    let monomials = Monomials(dimension: d, degree: degree, limit: 3000)
    #expect(monomials.count == count)
    let rows = Self.rows(monomials)
    #expect(Set(rows).count == count)
    #expect((rows.map { $0.reduce(0, +) }.max() ?? 0) == total)
  }

  @Test func noMonomials() {
    #expect(Monomials(dimension: 3, degree: 0, limit: 3000).count == 0)
    #expect(Monomials(dimension: 3, degree: 2, limit: 0).count == 0)
  }
}

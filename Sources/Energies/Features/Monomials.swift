/// Monomials x_1^{e_1} .. x_d^{e_d}, with values and first and second derivatives; the enumerations below leave out the
/// constant.
package struct Monomials: Sendable, Equatable {
  package let dimension: Int
  /// Exponents of each monomial, row-major (count, d).
  package let exponents: [Int]
  package let count: Int
  /// Largest exponent of all.
  package let degree: Int

  /// The monomials and all that divide them.
  let divisors: DivisorTable
  /// Where each monomial is in the table.
  let places: [Int]

  package init(dimension: Int, exponents: [Int]) {
    self.dimension = dimension
    self.exponents = exponents
    count = exponents.count / max(1, dimension)
    degree = exponents.max() ?? 0
    (divisors, places) = DivisorTable.containing(exponents, dimension)
  }

  /// All monomials of a table, with the constant.
  init(_ divisors: DivisorTable, dimension: Int) {
    self.dimension = dimension
    self.divisors = divisors
    places = Array(0..<divisors.count)
    count = divisors.count
    degree = divisors.factors.reduce(0) { max($0, $1.exponent) }
    var exponents = [Int](repeating: 0, count: count * dimension)
    for monomial in 0..<count {
      for position in divisors.range(monomial) {
        let factor = divisors.factors[position]
        exponents[monomial * dimension + factor.coordinate] = factor.exponent
      }
    }
    self.exponents = exponents
  }

  /// All monomials with exponents of at most `degree`, as in the JKOnet* paper; last coordinate fastest. If these are
  /// more than `limit`, or if `totalDegree` is set, all monomials up to a total degree: the largest, up to `degree`,
  /// that keeps within the limit.
  package init(dimension: Int, degree: Int, limit: Int, totalDegree: Bool = false) {
    if !totalDegree, Self.boxCount(dimension, degree, limit) <= limit {
      self.init(dimension: dimension, exponents: Self.box(dimension, degree))
      return
    }
    var total = degree
    while total > 0, Self.simplexCount(dimension, total, limit) > limit { total -= 1 }
    self.init(dimension: dimension, exponents: total > 0 ? Self.simplex(dimension, total) : [])
  }

  /// (degree + 1)^d - 1, or `limit + 1` if that is less.
  private static func boxCount(_ dimension: Int, _ degree: Int, _ limit: Int) -> Int {
    if degree == 0 { return 0 }
    var count = 1
    for _ in 0..<dimension {
      count *= degree + 1
      if count - 1 > limit { return limit + 1 }
    }
    return count - 1
  }

  /// binomial(d + total, total) - 1, likewise.
  private static func simplexCount(_ dimension: Int, _ total: Int, _ limit: Int) -> Int {
    var count = 1
    for step in 1...total {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension + step)
      if overflow { return limit + 1 }
      count = product / step
      if count - 1 > limit { return limit + 1 }
    }
    return count - 1
  }

  private static func box(_ dimension: Int, _ degree: Int) -> [Int] {
    var all: [Int] = []
    var current = [Int](repeating: 0, count: dimension)
    while true {
      var position = dimension - 1
      while position >= 0, current[position] == degree {
        current[position] = 0
        position -= 1
      }
      if position < 0 { return all }
      current[position] += 1
      all += current
    }
  }

  private static func simplex(_ dimension: Int, _ total: Int) -> [Int] {
    var all: [Int] = []
    var current = [Int](repeating: 0, count: dimension)
    var sum = 0
    while true {
      var position = dimension - 1
      while position >= 0, sum == total {
        sum -= current[position]
        current[position] = 0
        position -= 1
      }
      if position < 0 { return all }
      // Carrying stops at the first coordinate that can still grow.
      current[position] += 1
      sum += 1
      all += current
    }
  }
}

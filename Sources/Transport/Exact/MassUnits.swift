/// The masses of both populations as whole numbers of one unit, with equal totals.
///
/// Whole numbers make every flow of the simplex exact: ties are exact, as the rule against cycling needs, and rounding
/// does not accumulate. Equal masses are exact multiples of the unit. For others the unit is at most 2^-59 of the
/// total, far below the rounding of the masses themselves.
package struct MassUnits: Sendable {
  /// Per row of x and y; 0 for rows without mass.
  package let supply: [Int]
  package let demand: [Int]
  /// unit = unitSignificand * 2^unitExponent
  private let unitSignificand: Double
  private let unitExponent: Int

  /// The mass of `count` units.
  package func mass(_ count: Int) -> Double {
    Double(sign: .plus, exponent: unitExponent, significand: Double(count) * unitSignificand)
  }

  /// The mass times cost of `value` mass units times cost.
  func mass(_ value: DoubleDouble) -> DoubleDouble {
    let scaled = value * DoubleDouble(unitSignificand)
    return DoubleDouble(
      Double(sign: .plus, exponent: unitExponent, significand: scaled.hi),
      Double(sign: .plus, exponent: unitExponent, significand: scaled.lo))
  }

  /// - Parameters:
  ///   - a: masses of the rows of x with sum `totalA`, or nil for 1/rows each
  ///   - b: masses of the rows of y with sum `totalB`, or nil for 1/columns each; rescaled to the sum of `a`
  package init(_ a: [Double]?, total totalA: Double, rows: Int, _ b: [Double]?, total totalB: Double, columns: Int) {
    if let n = Self.equalCount(a, rows), let m = Self.equalCount(b, columns) {
      let common = Self.greatestCommonDivisor(n, m)
      supply = Self.equalUnits(a, rows, units: m / common)
      demand = Self.equalUnits(b, columns, units: n / common)
      // The total is n (m / common) units. It is divided by n first, so that n = m gives masses of exactly total / n.
      unitSignificand = (totalA.significand / Double(n)) / Double(m / common)
      unitExponent = Int(totalA.exponent)
      return
    }
    let exponent = 59 - max(Int(totalA.exponent), Int(totalB.exponent))
    supply = Self.units(a, rows, exponent)
    demand = Self.balanced(Self.units(b, columns, exponent), total: supply.reduce(0, +))
    unitSignificand = 1
    unitExponent = -exponent
  }

  /// The number of positive masses if these are all equal, else nil.
  private static func equalCount(_ masses: [Double]?, _ count: Int) -> Int? {
    guard let masses else { return count }
    let positive = masses.lazy.filter { $0 > 0 }
    guard let first = positive.first, positive.allSatisfy({ $0 == first }) else { return nil }
    return positive.count
  }

  private static func equalUnits(_ masses: [Double]?, _ count: Int, units: Int) -> [Int] {
    masses?.map { $0 > 0 ? units : 0 } ?? [Int](repeating: units, count: count)
  }

  private static func units(_ masses: [Double]?, _ count: Int, _ exponent: Int) -> [Int] {
    func units(_ mass: Double) -> Int {
      Int(Double(sign: .plus, exponent: exponent, significand: mass).rounded())
    }
    return masses?.map(units) ?? [Int](repeating: units(1 / Double(count)), count: count)
  }

  /// `units` changed to have the sum `total`. The difference, at most about 1e-6 of it, is spread in proportion, and
  /// the rest that rounding leaves goes to the largest.
  private static func balanced(_ units: [Int], total: Int) -> [Int] {
    let sum = units.reduce(0, +)
    let factor = Double(total &- sum) / Double(sum)
    var balanced = units.map { $0 + Int((Double($0) * factor).rounded(.towardZero)) }
    if let largest = balanced.indices.max(by: { balanced[$0] < balanced[$1] }) {
      balanced[largest] += total - balanced.reduce(0, +)
    }
    return balanced
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}

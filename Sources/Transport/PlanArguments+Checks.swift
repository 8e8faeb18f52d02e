import Numerics

/// The checks. Every error names the argument, its index, its value and the bound.
extension PlanArguments {
  /// More points would not fit in one process, nor their masses in 64-bit mass units.
  static let largestCount = 1 << 28

  static func checkPoints(x: Matrix, y: Matrix) throws {
    try checkPoints(x, "x")
    try checkPoints(y, "y")
    guard x.columns == y.columns else {
      throw EngineError(.shape, "y has \(counted(y.columns, "column")), not the \(x.columns) of the other population")
    }
  }

  private static func checkPoints(_ points: Matrix, _ name: String) throws {
    guard points.rows > 0 else { throw EngineError(.shape, "\(name) has 0 rows, fewer than 1") }
    guard points.rows <= largestCount else {
      throw EngineError(.shape, "\(name) has \(points.rows) rows, more than \(largestCount)")
    }
    guard points.columns > 0 else { throw EngineError(.shape, "\(name) has 0 columns, fewer than 1") }
    if let index = points.elements.firstIndex(where: { !$0.isFinite }) {
      let (row, column) = index.quotientAndRemainder(dividingBy: points.columns)
      throw EngineError(.nonfinite, "\(name)[\(row), \(column)] = \(points.elements[index]) is not finite")
    }
  }

  /// The sum of `masses`; nil stands for 1/count each.
  static func checkMasses(_ masses: [Double]?, count: Int, _ name: String) throws -> Double {
    guard let masses else { return 1 }
    guard masses.count == count else {
      throw EngineError(.shape, "\(name) has \(counted(masses.count, "mass")) for \(counted(count, "particle"))")
    }
    var sum = DoubleDouble.zero
    for (index, mass) in masses.enumerated() {
      guard mass.isFinite else { throw EngineError(.nonfinite, "\(name)[\(index)] = \(mass) is not finite") }
      guard mass >= 0 else { throw EngineError(.population, "\(name)[\(index)] = \(mass) is less than 0") }
      sum += DoubleDouble(mass)
    }
    let total = sum.value
    guard total.isFinite else {
      throw EngineError(.population, "\(name) has a sum greater than \(Double.greatestFiniteMagnitude)")
    }
    guard total > 0 else { throw EngineError(.population, "\(name) has sum \(total), not greater than 0") }
    return total
  }

  /// Throws where the totals differ by more than rounding. A smaller difference is removed by rescaling b.
  static func checkTotals(_ a: [Double]?, _ totalA: Double, _ b: [Double]?, _ totalB: Double) throws {
    let tolerance = max(roundingOfSum(a), roundingOfSum(b))
    guard abs(totalA - totalB) <= tolerance * max(totalA, totalB) else {
      throw EngineError(
        .population,
        "b has sum \(totalB), which differs from the sum of the other masses, \(totalA), by more than \(tolerance) relative"
      )
    }
  }

  /// The relative error that the sum of masses may have.
  ///
  /// Masses that all fit into single precision, and that need more than half of its digits, were rounded to it. Each
  /// then has an error of up to 2^-24. If they were divided by their sum in single precision, the sum of a million of
  /// them, added pairwise, is off by up to twenty times as much. Counts, halves and quarters are exact in any type.
  private static func roundingOfSum(_ masses: [Double]?) -> Double {
    guard let masses, let most = masses.lazy.map(\.significandWidth).max() else { return 1e-9 }
    let isRounded = Float.significandBitCount / 2 < most && most <= Float.significandBitCount
    return isRounded && !masses.allSatisfy { $0 == $0.rounded() } ? 1e-6 : 1e-9
  }
}

import Numerics

/// Weights as a probability: not negative, with sum 1.
enum Weights {
  /// n weights of exactly 1/n.
  static func equal(_ count: Int) -> [Double] { [Double](repeating: 1 / Double(count), count: count) }

  /// w_i / sum(w), or nil if no weight is positive. The weights are finite and not negative.
  ///
  /// Normalising twice changes nothing, bit for bit, so that what was saved can be read back: equal weights become
  /// exactly 1/n, and weights whose sum is 1 within rounding are left as they are. Each quotient is within half a
  /// unit in the last place and the compensated sum within a unit or two, hence the bound of four.
  static func normalized(_ weights: [Double]) -> [Double]? {
    guard let largest = weights.max(), largest > 0 else { return nil }
    if weights.allSatisfy({ $0 == largest }) { return equal(weights.count) }
    // Scaling by a power of two is exact and keeps the sum from overflowing, however large the weights.
    let exponent = largest.exponent
    let scaled = weights.map { Double(sign: .plus, exponent: -exponent, significand: $0) }
    let sum = compensatedSum(scaled)
    let plainSum = Double(sign: .plus, exponent: exponent, significand: sum)
    if abs(plainSum - 1) <= 4 * Double.ulpOfOne { return weights.map { $0 + 0 } }
    return scaled.map { $0 / sum + 0 }
  }

  /// Neumaier's variant of Kahan's summation: the error does not grow with the number of terms.
  private static func compensatedSum(_ values: [Double]) -> Double {
    var sum = 0.0
    var lost = 0.0
    for value in values {
      let next = sum + value
      lost += sum >= value ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    return sum + lost
  }
}

/// An unevaluated sum hi + lo of two doubles, about 106 bits (Dekker, Numerische Mathematik 18, 1971).
///
/// Potentials are sums of costs with alternating signs along a tree, so they can be of the size of the largest cost
/// while the optimal cost is 10^12 times smaller; in plain doubles the proof of optimality would be lost in rounding.
package struct DoubleDouble: Sendable {
  package var hi: Double
  package var lo: Double

  @inline(__always)
  package init(_ hi: Double, _ lo: Double = 0) {
    self.hi = hi
    self.lo = lo
  }

  /// `value` exactly, for |value| < 2^62.
  init(exactly value: Int) {
    hi = Double(value)
    lo = Double(value &- Int(hi))
  }

  static let zero = DoubleDouble(0)

  /// The nearest double.
  package var value: Double { hi + lo }

  /// a + b without error (Knuth).
  @inline(__always)
  static func exactSum(_ a: Double, _ b: Double) -> DoubleDouble {
    let sum = a + b
    let part = sum - a
    return DoubleDouble(sum, (a - (sum - part)) + (b - part))
  }

  /// Error below 2^-104 (|a| + |b|).
  @inline(__always)
  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let head = exactSum(a.hi, b.hi)
    let tail = head.lo + (a.lo + b.lo)
    let sum = head.hi + tail
    return DoubleDouble(sum, tail - (sum - head.hi))
  }

  @inline(__always)
  static prefix func - (a: DoubleDouble) -> DoubleDouble { DoubleDouble(-a.hi, -a.lo) }

  @inline(__always)
  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

  static func += (a: inout DoubleDouble, b: DoubleDouble) { a = a + b }

  /// Error below 2^-102 |a b|.
  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let product = a.hi * b.hi
    let error = (-product).addingProduct(a.hi, b.hi) + (a.hi * b.lo + a.lo * b.hi)
    let sum = product + error
    return DoubleDouble(sum, error - (sum - product))
  }
}

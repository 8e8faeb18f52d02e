/// An activation function with its two derivatives.
protocol ActivationFunction {
  /// h, s = h' and, for functions that keep it, the second derivative c.
  static func evaluate<V: Lanes>(_ a: V) -> (h: V, s: V, c: V)
  /// Whether the second derivative is kept. The other functions compute it from h and s at less cost.
  static var keepsBend: Bool { get }
  /// The second derivative at one place, from what was kept there.
  static func bend<V: Lanes>(_ h: UnsafePointer<V.Scalar>, _ s: V, _ c: UnsafePointer<V.Scalar>) -> V
}

/// h = softplus(a) = ln(1 + e^a), s = h' = 1 / (1 + e^-a); h'' = s (1 - s).
///
/// With e = exp(-|a|), softplus = max(a, 0) + ln(1 + e), ln(1 + e) = 2 atanh(e / (2 + e)), and the logistic function is
/// 1 / (1 + e) or e / (1 + e): neither overflows nor cancels. One division by (1 + e) (2 + e) serves both; about 35
/// other operations remain. A number that is not finite becomes NaN.
enum Softplus: ActivationFunction {
  @inline(__always) static var keepsBend: Bool { false }

  @inline(__always) static func evaluate<V: Lanes>(_ a: V) -> (h: V, s: V, c: V) {
    let one = V(repeating: 1)
    let magnitude = absolute(a)
    // Adding a times 0 changes nothing where a is finite, and makes NaN elsewhere.
    let e = V.fused(a, V(repeating: 0), exponentialOfMinus(magnitude))
    let (first, second) = (e + one, e + V(repeating: 2))
    let inverse = one / (first * second)
    let logarithm = doubledAreaTangent(e * (first * inverse))
    let numerator = chosen(e, one, where: signMask(bits(a)))
    let slope = numerator * (second * inverse)
    return (V.fused(a + magnitude, V(repeating: 0.5), logarithm), slope, slope)
  }

  @inline(__always)
  static func bend<V: Lanes>(_: UnsafePointer<V.Scalar>, _ s: V, _: UnsafePointer<V.Scalar>) -> V {
    V.fused(s, V(repeating: 0) - s, s)
  }
}

/// With l = 1 / (1 + e^-a): h = a l, s = h' = l + h (1 - l), c = h'' = l (1 - l) (2 + a (1 - 2 l)).
enum SiLU: ActivationFunction {
  @inline(__always) static var keepsBend: Bool { true }

  @inline(__always) static func evaluate<V: Lanes>(_ a: V) -> (h: V, s: V, c: V) {
    let (one, two) = (V(repeating: 1), V(repeating: 2))
    let l = logistic(a)
    let value = a * l
    let bend = l * (one - l) * V.fused(a, V.fused(l, V(repeating: -2), one), two)
    return (value, V.fused(value, one - l, l), bend)
  }

  @inline(__always)
  static func bend<V: Lanes>(_: UnsafePointer<V.Scalar>, _: V, _ c: UnsafePointer<V.Scalar>) -> V { V(at: c) }
}

/// h = tanh(a), s = h' = 1 - h^2; h'' = -2 h s.
///
/// With m = exp(-2 |a|) - 1, which does not cancel, tanh |a| = -m / (2 + m) and 1 - h^2 = 4 (1 + m) / (2 + m)^2.
enum HyperbolicTangent: ActivationFunction {
  @inline(__always) static var keepsBend: Bool { false }

  @inline(__always) static func evaluate<V: Lanes>(_ a: V) -> (h: V, s: V, c: V) {
    let (one, two) = (V(repeating: 1), V(repeating: 2))
    let magnitude = absolute(a)
    // Adding x times 0 changes nothing where x is finite, and makes NaN elsewhere.
    let m = V.fused(a, V(repeating: 0), exponentialOfMinusLessOne(magnitude + magnitude))
    let inverse = one / (two + m)
    let sign: V.MaskStorage = bits(a) & bits(V(repeating: -0.0))
    let value = number(bits(V(repeating: 0) - m * inverse) | sign, V.self)
    let slope = V(repeating: 4) * (one + m) * inverse * inverse
    return (value, slope, slope)
  }

  @inline(__always)
  static func bend<V: Lanes>(_ h: UnsafePointer<V.Scalar>, _ s: V, _: UnsafePointer<V.Scalar>) -> V {
    V(repeating: -2) * V(at: h) * s
  }
}

@inline(__always)
private func logistic<V: Lanes>(_ x: V) -> V {
  let one = V(repeating: 1)
  // Adding x times 0 changes nothing where x is finite, and makes NaN elsewhere.
  let e = V.fused(x, V(repeating: 0), exponentialOfMinus(absolute(x)))
  let numerator = chosen(e, one, where: signMask(bits(x)))
  return numerator / (one + e)
}

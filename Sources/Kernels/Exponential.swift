/// What exp and log need to know of a floating-point type.
protocol KernelScalar: BinaryFloatingPoint, SIMDScalar, Codable {
  /// 1.5 * 2^(mantissa bits): adding it rounds to an integer, which is then found in the low mantissa bits.
  static var roundingShift: Self { get }
  static var mantissaBits: Int { get }
  /// Bit pattern of 1.
  static var bitsOfOne: Int { get }
  /// exp below this is not a normal number.
  static var smallestExponent: Self { get }
  /// ln 2 in two parts; the high part times any exponent is exact.
  static var ln2High: Self { get }
  static var ln2Low: Self { get }
  /// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, Chebyshev fit below rounding error.
  static func exponentialTail<V: Lanes>(_ r: V) -> V where V.Scalar == Self
  /// Conversions of a whole number to an index, and of any number to double precision. They are named here, because
  /// generic conversions are compiled to calls.
  var index: Int { get }
  var wide: Double { get }
  /// atanh(sqrt z) / sqrt z on 0 <= z <= 1/9, Chebyshev fit below rounding error.
  static func areaTangentRatio<V: Lanes>(_ z: V) -> V where V.Scalar == Self
}

extension Float: KernelScalar {
  @inline(__always) var index: Int { Int(self) }
  @inline(__always) var wide: Double { Double(self) }
  @inline(__always) static var roundingShift: Float { 0x1.8p23 }
  @inline(__always) static var mantissaBits: Int { 23 }
  @inline(__always) static var bitsOfOne: Int { 0x3F80_0000 }
  @inline(__always) static var smallestExponent: Float { -87 }
  @inline(__always) static var ln2High: Float { 0.693359375 }
  @inline(__always) static var ln2Low: Float { -2.12194440e-4 }

  @inline(__always) static func exponentialTail<V: Lanes>(_ r: V) -> V where V.Scalar == Float {
    var p = V(repeating: 0.00139262508)
    p = .fused(p, r, V(repeating: 0.00836323288))
    p = .fused(p, r, V(repeating: 0.0416665543))
    p = .fused(p, r, V(repeating: 0.166665767))
    return .fused(p, r, V(repeating: 0.5))
  }

  @inline(__always) static func areaTangentRatio<V: Lanes>(_ z: V) -> V where V.Scalar == Float {
    var p = V(repeating: 0.121969540)
    p = .fused(p, z, V(repeating: 0.106992803))
    p = .fused(p, z, V(repeating: 0.143101037))
    p = .fused(p, z, V(repeating: 0.199993556))
    p = .fused(p, z, V(repeating: 0.333333395))
    return .fused(p, z, V(repeating: 1))
  }
}

extension Double: KernelScalar {
  @inline(__always) var index: Int { Int(self) }
  @inline(__always) var wide: Double { self }
  @inline(__always) static var roundingShift: Double { 0x1.8p52 }
  @inline(__always) static var mantissaBits: Int { 52 }
  @inline(__always) static var bitsOfOne: Int { 0x3FF0_0000_0000_0000 }
  @inline(__always) static var smallestExponent: Double { -708 }
  @inline(__always) static var ln2High: Double { 0x1.62e42fecp-1 }
  @inline(__always) static var ln2Low: Double { 0x1.d1cf79abc9e3bp-32 }

  @inline(__always) static func exponentialTail<V: Lanes>(_ r: V) -> V where V.Scalar == Double {
    var p = V(repeating: 2.09147553258932022e-9)
    p = .fused(p, r, V(repeating: 2.51053127296221018e-8))
    p = .fused(p, r, V(repeating: 2.75572734787185805e-7))
    p = .fused(p, r, V(repeating: 2.75572551700008874e-6))
    p = .fused(p, r, V(repeating: 2.48015873256774619e-5))
    p = .fused(p, r, V(repeating: 1.98412698750022788e-4))
    p = .fused(p, r, V(repeating: 0.00138888888888837112))
    p = .fused(p, r, V(repeating: 0.00833333333332608312))
    p = .fused(p, r, V(repeating: 0.0416666666666666698))
    p = .fused(p, r, V(repeating: 0.16666666666666671))
    return .fused(p, r, V(repeating: 0.5))
  }

  @inline(__always) static func areaTangentRatio<V: Lanes>(_ z: V) -> V where V.Scalar == Double {
    var p = V(repeating: 0.0824414296569478431)
    p = .fused(p, z, V(repeating: 0.0349019524916621601))
    p = .fused(p, z, V(repeating: 0.0548830831897374703))
    p = .fused(p, z, V(repeating: 0.0585763733405521264))
    p = .fused(p, z, V(repeating: 0.0666843840787191768))
    p = .fused(p, z, V(repeating: 0.0769222353022998378))
    p = .fused(p, z, V(repeating: 0.0909091171124762625))
    p = .fused(p, z, V(repeating: 0.111111110595518372))
    p = .fused(p, z, V(repeating: 0.14285714286311464))
    p = .fused(p, z, V(repeating: 0.199999999999964334))
    p = .fused(p, z, V(repeating: 0.333333333333333417))
    return .fused(p, z, V(repeating: 1))
  }
}

/// e^(-x) for x >= 0; beyond `-smallestExponent` its value there (about 1e-38 or 1e-308).
///
/// -x = n ln 2 + r with |r| <= ln(2) / 2; e^r = 1 + r + r^2 P(r); 2^n is made from its exponent bits. The compiler
/// splits comparisons of generic vectors into scalar ones, so the bound is enforced on the bit patterns, whose order is
/// that of the numbers.
@inline(__always)
func exponentialOfMinus<V: Lanes>(_ magnitude: V) -> V {
  let (power, scale) = splitExponentialOfMinus(magnitude)
  return (power + V(repeating: 1)) * scale
}

/// e^(-x) - 1 for x >= 0, without cancellation; beyond `-smallestExponent`, -1.
@inline(__always)
func exponentialOfMinusLessOne<V: Lanes>(_ magnitude: V) -> V {
  let (power, scale) = splitExponentialOfMinus(magnitude)
  return V.fused(power, scale, scale - V(repeating: 1))
}

/// p and 2^n with e^(-x) = (1 + p) 2^n.
@inline(__always)
private func splitExponentialOfMinus<V: Lanes>(_ magnitude: V) -> (power: V, scale: V) {
  typealias S = V.Scalar
  let bound = V(repeating: -S.smallestExponent)
  let inside = signMask(bits(magnitude) &- bits(bound))
  let x: V = chosen(magnitude, bound, where: inside)
  let shift = V(repeating: S.roundingShift)
  let shifted = V.fused(x, V(repeating: -1.4426950408889634), shift)
  let n = shifted - shift
  var r = V.fused(n, V(repeating: -S.ln2High), V(repeating: 0) - x)
  r = V.fused(n, V(repeating: -S.ln2Low), r)
  let power = V.fused(r * r, S.exponentialTail(r), r)
  let scale = number((bits(shifted) &<< integers(S.mantissaBits)) &+ integers(S.bitsOfOne), V.self)
  return (power, scale)
}

/// a where the mask's bits are set, b where they are not; in a form that the compiler keeps as one operation.
@inline(__always)
func chosen<V: Lanes>(_ a: V, _ b: V, where mask: V.MaskStorage) -> V {
  number(bits(b) ^ ((bits(a) ^ bits(b)) & mask), V.self)
}

@inline(__always)
func bits<V: Lanes>(_ value: V) -> V.MaskStorage { unsafeBitCast(value, to: V.MaskStorage.self) }

@inline(__always)
func number<V: Lanes>(_ bits: V.MaskStorage, _: V.Type) -> V { unsafeBitCast(bits, to: V.self) }

/// All ones where the sign bit is set, else zero.
@inline(__always)
func signMask<I: SIMD>(_ bits: I) -> I where I.Scalar: FixedWidthInteger { bits &>> integers(I.Scalar.bitWidth - 1) }

/// |x|, by clearing the sign bit.
@inline(__always)
func absolute<V: Lanes>(_ x: V) -> V { number(bits(x) & ~bits(V(repeating: -0.0)), V.self) }

@inline(__always)
private func integers<I: SIMD>(_ value: Int) -> I where I.Scalar: FixedWidthInteger {
  I(repeating: I.Scalar(truncatingIfNeeded: value))
}

/// 2 atanh(s) for 0 <= s <= 1/3; ln(1 + u) where s = u / (2 + u).
@inline(__always)
func doubledAreaTangent<V: Lanes>(_ s: V) -> V { (s + s) * V.Scalar.areaTangentRatio(s * s) }

/// ln(1 + u) for 0 <= u <= 1, in a form in which nothing cancels.
@inline(__always)
func logarithmOfOnePlus<V: Lanes>(_ u: V) -> V { doubledAreaTangent(u / (u + V(repeating: 2))) }

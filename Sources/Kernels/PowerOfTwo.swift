/// What 2^t needs to know of a floating-point type.
protocol PowerScalar: KernelScalar {
  /// Exponents are clamped to this range, within which 2^t is a normal number and sums of 2^28 of them are finite.
  static var smallestPower: Self { get }
  static var largestPower: Self { get }
  /// 1 / sqrt x begins, right to 3.5 %, with the number that has these bits less half of those of x; and how many
  /// Newton steps refine it.
  static var inverseRootBits: Int { get }
  static var inverseRootSteps: Int { get }
  /// The larger and the smaller number, lane by lane. They are written per type, because the compiler splits
  /// comparisons of generic vectors into scalar ones, while those of concrete vectors are one instruction.
  static func larger<V: Lanes>(_ a: V, _ b: V) -> V where V.Scalar == Self
  static func smaller<V: Lanes>(_ a: V, _ b: V) -> V where V.Scalar == Self
  /// 2^r on |r| <= 1/2, relative error 1.1e-7 for Float and below rounding for Double (weighted least squares).
  static func fractionalPower<V: Lanes>(_ r: V) -> V where V.Scalar == Self
}

extension Float: PowerScalar {
  @inline(__always) static var smallestPower: Float { -125 }
  @inline(__always) static var largestPower: Float { 96 }
  @inline(__always) static var inverseRootBits: Int { 0x5F37_59DF }
  @inline(__always) static var inverseRootSteps: Int { 2 }

  @inline(__always) static func larger<V: Lanes>(_ a: V, _ b: V) -> V where V.Scalar == Float {
    let (a, b) = (unsafeBitCast(a, to: FloatLanes.self), unsafeBitCast(b, to: FloatLanes.self))
    return unsafeBitCast(b.replacing(with: a, where: a .> b), to: V.self)
  }

  @inline(__always) static func smaller<V: Lanes>(_ a: V, _ b: V) -> V where V.Scalar == Float {
    let (a, b) = (unsafeBitCast(a, to: FloatLanes.self), unsafeBitCast(b, to: FloatLanes.self))
    return unsafeBitCast(b.replacing(with: a, where: a .< b), to: V.self)
  }

  @inline(__always) static func fractionalPower<V: Lanes>(_ r: V) -> V where V.Scalar == Float {
    var p = V(repeating: 1.3218672481610223e-03)
    p = .fused(p, r, V(repeating: 9.67169793839855e-03))
    p = .fused(p, r, V(repeating: 5.550892952451221e-02))
    p = .fused(p, r, V(repeating: 2.4022238002741136e-01))
    p = .fused(p, r, V(repeating: 6.93146855941691e-01))
    return .fused(p, r, V(repeating: 1))
  }
}

extension Double: PowerScalar {
  @inline(__always) static var smallestPower: Double { -1000 }
  @inline(__always) static var largestPower: Double { 960 }
  @inline(__always) static var inverseRootBits: Int { 0x5FE6_EB50_C7B5_37A9 }
  @inline(__always) static var inverseRootSteps: Int { 3 }

  @inline(__always) static func larger<V: Lanes>(_ a: V, _ b: V) -> V where V.Scalar == Double {
    let (a, b) = (unsafeBitCast(a, to: DoubleLanes.self), unsafeBitCast(b, to: DoubleLanes.self))
    return unsafeBitCast(b.replacing(with: a, where: a .> b), to: V.self)
  }

  @inline(__always) static func smaller<V: Lanes>(_ a: V, _ b: V) -> V where V.Scalar == Double {
    let (a, b) = (unsafeBitCast(a, to: DoubleLanes.self), unsafeBitCast(b, to: DoubleLanes.self))
    return unsafeBitCast(b.replacing(with: a, where: a .< b), to: V.self)
  }

  @inline(__always) static func fractionalPower<V: Lanes>(_ r: V) -> V where V.Scalar == Double {
    var p = V(repeating: 4.430719417359465e-10)
    p = .fused(p, r, V(repeating: 7.073810787674444e-09))
    p = .fused(p, r, V(repeating: 1.0178229321488626e-07))
    p = .fused(p, r, V(repeating: 1.3215435102322999e-06))
    p = .fused(p, r, V(repeating: 1.52527334119588e-05))
    p = .fused(p, r, V(repeating: 1.540353045752745e-04))
    p = .fused(p, r, V(repeating: 1.3333558146874974e-03))
    p = .fused(p, r, V(repeating: 9.618129107593727e-03))
    p = .fused(p, r, V(repeating: 5.550410866481954e-02))
    p = .fused(p, r, V(repeating: 2.4022650695910133e-01))
    p = .fused(p, r, V(repeating: 6.931471805599453e-01))
    return .fused(p, r, V(repeating: 1))
  }
}

/// 2^t, clamped: t = n + r with |r| <= 1/2, and n added to the exponent bits of 2^r.
@inline(__always)
func powerOfTwo<V: Lanes>(_ exponent: V) -> V where V.Scalar: PowerScalar {
  typealias S = V.Scalar
  let t = S.smaller(S.larger(exponent, V(repeating: S.smallestPower)), V(repeating: S.largestPower))
  let shifted = t + V(repeating: S.roundingShift)
  let r = t - (shifted - V(repeating: S.roundingShift))
  let places = V.MaskStorage(repeating: V.MaskStorage.Scalar(truncatingIfNeeded: S.mantissaBits))
  return number(bits(S.fractionalPower(r)) &+ (bits(shifted) &<< places), V.self)
}

/// The square root of x >= 0, or of 1e-30 where x is less, by Newton's iteration for 1 / sqrt x, because the compiler
/// turns the vector's own squareRoot into calls of the C library. About 20 operations, which take as long as the
/// processor's instruction.
@inline(__always)
func root<V: Lanes>(_ squared: V) -> V where V.Scalar: PowerScalar {
  typealias I = V.MaskStorage.Scalar
  let x = V.Scalar.larger(squared, V(repeating: 1e-30))
  let start = V.MaskStorage(repeating: I(truncatingIfNeeded: V.Scalar.inverseRootBits))
  var y = number(start &- (bits(x) &>> V.MaskStorage(repeating: 1)), V.self)
  let half = V(repeating: -0.5) * x
  for _ in 0..<V.Scalar.inverseRootSteps { y = y * .fused(half * y, y, V(repeating: 1.5)) }
  let root = x * y
  return .fused(.fused(root, root, V(repeating: 0) - x), V(repeating: -0.5) * y, root)
}

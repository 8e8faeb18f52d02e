import KernelInterface

/// A function G of s = r^2 / w^2, twice its first derivative and four times its second.
private protocol ProfileFunction {
  static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double
  static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double
  static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double
}

@inline(__always)
private func constant<V: Lanes>(_ value: Double, _: V) -> V where V.Scalar == Double { V(repeating: value) }

/// x where s >= 1e-30, else 0.
@inline(__always)
private func awayFromZero<V: Lanes>(_ x: V, _ s: V) -> V where V.Scalar == Double {
  number(bits(x) & ~signMask(bits(s) &- bits(V(repeating: 1e-30))), V.self)
}

/// ln x for normal x > 0: exponent and significand m in [1, 2) apart, ln m by the series of ln(1 + u).
@inline(__always)
private func logarithm<V: Lanes>(_ x: V) -> V where V.Scalar == Double {
  typealias I = V.MaskStorage
  let word = bits(x)
  // The exponent as a double: placed below the leading bit of 2^52, its bits are the digits of an integer.
  let exponent = number((word &>> I(repeating: 52)) | I(repeating: 0x4330_0000_0000_0000), V.self)
  let power = exponent - V(repeating: 0x1p52 + 1023)
  let significand = number((word & I(repeating: 0xF_FFFF_FFFF_FFFF)) | I(repeating: 0x3FF0_0000_0000_0000), V.self)
  let rest = logarithmOfOnePlus(significand - V(repeating: 1))
  return .fused(power, V(repeating: Double.ln2High), .fused(power, V(repeating: Double.ln2Low), rest))
}

/// e^(-s) for s >= 0, exactly 0 where that is below all normal numbers; NaN stays NaN.
@inline(__always)
func vanishingExponential<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
  let inside = signMask(bits(s) &- bits(V(repeating: -Double.smallestExponent)))
  let unordered = signMask(bits(V(repeating: .infinity)) &- bits(s))
  return number((bits(exponentialOfMinus(s)) & inside) | (bits(s) & unordered), V.self)
}

/// exp(-s)
private enum Gaussian: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double { vanishingExponential(s) }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    constant(-2, s) * vanishingExponential(s)
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    constant(4, s) * vanishingExponential(s)
  }
}

/// r
private enum Linear: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double { awayFromZero(root(s), s) }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(1, s) / root(s), s)
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    let r = root(s)
    return awayFromZero(constant(-1, s) / (r * r * r), s)
  }
}

/// r^2 ln r
private enum ThinPlate: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(0.5, s) * s * logarithm(s), s)
  }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(logarithm(s) + constant(1, s), s)
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(2, s) / s, s)
  }
}

/// r^3
private enum Cubic: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(s * root(s), s)
  }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(3, s) * root(s), s)
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(3, s) / root(s), s)
  }
}

/// r^5
private enum Quintic: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(s * s * root(s), s)
  }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(5, s) * s * root(s), s)
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    awayFromZero(constant(15, s) * root(s), s)
  }
}

/// sqrt(1 + s)
private enum Multiquadric: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double { root(s + constant(1, s)) }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    constant(1, s) / root(s + constant(1, s))
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    let q = s + constant(1, s)
    return constant(-1, s) / (q * root(q))
  }
}

/// 1 / sqrt(1 + s)
private enum InverseMultiquadric: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    constant(1, s) / root(s + constant(1, s))
  }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    let q = s + constant(1, s)
    return constant(-1, s) / (q * root(q))
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    let q = s + constant(1, s)
    return constant(3, s) / (q * q * root(q))
  }
}

/// 1 / (1 + s)
private enum InverseQuadratic: ProfileFunction {
  @inline(__always) static func value<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    constant(1, s) / (s + constant(1, s))
  }
  @inline(__always) static func slope<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    let q = s + constant(1, s)
    return constant(-2, s) / (q * q)
  }
  @inline(__always) static func curvature<V: Lanes>(_ s: V) -> V where V.Scalar == Double {
    let q = s + constant(1, s)
    return constant(8, s) / (q * q * q)
  }
}

/// Value, slope or curvature of s.
@inline(__always)
private func evaluate<V: Lanes, P: ProfileFunction>(
  _: V.Type, _: P.Type, _ order: Int, _ count: Int, _ s: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
) where V.Scalar == Double {
  var index = 0
  switch order {
  case 0:
    while index < count {
      P.value(V(at: s + index)).store(at: out + index)
      index += V.count
    }
  case 1:
    while index < count {
      P.slope(V(at: s + index)).store(at: out + index)
      index += V.count
    }
  default:
    while index < count {
      P.curvature(V(at: s + index)).store(at: out + index)
      index += V.count
    }
  }
}

extension DoubleVariant {
  static func radialProfile(
    _ profile: RadialProfile, order: Int, count: Int, s: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>
  ) {
    switch profile {
    case .gaussian: evaluate(V.self, Gaussian.self, order, count, s, out)
    case .linear: evaluate(V.self, Linear.self, order, count, s, out)
    case .thinPlate: evaluate(V.self, ThinPlate.self, order, count, s, out)
    case .cubic: evaluate(V.self, Cubic.self, order, count, s, out)
    case .quintic: evaluate(V.self, Quintic.self, order, count, s, out)
    case .multiquadric: evaluate(V.self, Multiquadric.self, order, count, s, out)
    case .inverseMultiquadric: evaluate(V.self, InverseMultiquadric.self, order, count, s, out)
    case .inverseQuadratic: evaluate(V.self, InverseQuadratic.self, order, count, s, out)
    }
  }
}

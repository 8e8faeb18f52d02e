/// Activation functions and their two derivatives, and what networks do with these; counts are multiples of 64.

/// h = softplus(a) = ln(1 + e^a), s = h' = 1 / (1 + e^-a); h'' = s (1 - s).
///
/// With e = exp(-|a|), softplus = max(a, 0) + ln(1 + e), ln(1 + e) = 2 atanh(e / (2 + e)), and the logistic function is 1 / (1 + e) or
/// e / (1 + e): neither overflows nor cancels. One division by (1 + e) (2 + e) serves both; about 35 operations besides. What is not finite
/// becomes NaN and stays it.
@inline(__always)
private func softplus<V: Lanes>(
  _: V.Type, _ count: Int, _ a: UnsafePointer<V.Scalar>, _ h: UnsafeMutablePointer<V.Scalar>,
  _ s: UnsafeMutablePointer<V.Scalar>
) {
  let one = V(repeating: 1)
  var index = 0
  while index < count {
    let x = V(at: a + index)
    let magnitude = absolute(x)
    // 0 * x is 0 for every finite x.
    let e = V.fused(x, V(repeating: 0), exponentialOfMinus(magnitude))
    let (first, second) = (e + one, e + V(repeating: 2))
    let inverse = one / (first * second)
    let logarithm = doubledAreaTangent(e * (first * inverse))
    V.fused(x + magnitude, V(repeating: 0.5), logarithm).store(at: h + index)
    let numerator = chosen(e, one, where: signMask(bits(x)))
    let slope = numerator * (second * inverse)
    slope.store(at: s + index)
    index += V.count
  }
}

/// With l = 1 / (1 + e^-a): h = a l, s = h' = l + h (1 - l), c = h'' = l (1 - l) (2 + a (1 - 2 l)).
@inline(__always)
private func silu<V: Lanes>(
  _: V.Type, _ count: Int, _ a: UnsafePointer<V.Scalar>, _ h: UnsafeMutablePointer<V.Scalar>,
  _ s: UnsafeMutablePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>
) {
  let (one, two) = (V(repeating: 1), V(repeating: 2))
  var index = 0
  while index < count {
    let x = V(at: a + index)
    let l = logistic(x)
    let value = x * l
    value.store(at: h + index)
    V.fused(value, one - l, l).store(at: s + index)
    (l * (one - l) * V.fused(x, V.fused(l, V(repeating: -2), one), two)).store(at: c + index)
    index += V.count
  }
}

/// h = tanh(a), s = h' = 1 - h^2; h'' = -2 h s.
///
/// With m = exp(-2 |a|) - 1, which does not cancel, tanh |a| = -m / (2 + m) and 1 - h^2 = 4 (1 + m) / (2 + m)^2.
@inline(__always)
private func hyperbolicTangent<V: Lanes>(
  _: V.Type, _ count: Int, _ a: UnsafePointer<V.Scalar>, _ h: UnsafeMutablePointer<V.Scalar>,
  _ s: UnsafeMutablePointer<V.Scalar>
) {
  let (one, two) = (V(repeating: 1), V(repeating: 2))
  var index = 0
  while index < count {
    let x = V(at: a + index)
    let magnitude = absolute(x)
    // 0 * x is 0 for every finite x.
    let m = V.fused(x, V(repeating: 0), exponentialOfMinusLessOne(magnitude + magnitude))
    let inverse = one / (two + m)
    let sign: V.MaskStorage = bits(x) & bits(V(repeating: -0.0))
    let value = number(bits(V(repeating: 0) - m * inverse) | sign, V.self)
    let slope = V(repeating: 4) * (one + m) * inverse * inverse
    value.store(at: h + index)
    slope.store(at: s + index)
    index += V.count
  }
}

@inline(__always)
private func logistic<V: Lanes>(_ x: V) -> V {
  let one = V(repeating: 1)
  // 0 * x is 0 for every finite x.
  let e = V.fused(x, V(repeating: 0), exponentialOfMinus(absolute(x)))
  let numerator = chosen(e, one, where: signMask(bits(x)))
  return numerator / (one + e)
}

/// kind: 0 softplus, 1 silu, 2 tanh. The second derivative c is written where it does not follow from h and s: for silu.
@inline(__always)
private func activation<V: Lanes>(
  _: V.Type, _ kind: Int, _ count: Int, _ a: UnsafePointer<V.Scalar>, _ h: UnsafeMutablePointer<V.Scalar>,
  _ s: UnsafeMutablePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>
) {
  switch kind {
  case 1: silu(V.self, count, a, h, s, c)
  case 2: hyperbolicTangent(V.self, count, a, h, s)
  default: softplus(V.self, count, a, h, s)
  }
}

/// out = a * b elementwise.
@inline(__always)
private func hadamard<V: Lanes>(
  _: V.Type, _ count: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>,
  _ out: UnsafeMutablePointer<V.Scalar>
) {
  var index = 0
  while index < count {
    (V(at: a + index) * V(at: b + index)).store(at: out + index)
    index += V.count
  }
}

/// The second derivative.
@inline(__always)
private func bend<V: Lanes>(
  _: V.Type, _ kind: Int, _ h: UnsafePointer<V.Scalar>, _ s: V, _ c: UnsafePointer<V.Scalar>
) -> V {
  switch kind {
  case 1: return V(at: c)
  case 2: return V(repeating: -2) * V(at: h) * s
  default: return V.fused(s, V(repeating: 0) - s, s)
  }
}

/// u = v s and c = v h'': an activation on the way back, whose output has the derivative v.
@inline(__always)
private func activationBackward<V: Lanes>(
  _: V.Type, _ kind: Int, _ count: Int, _ v: UnsafePointer<V.Scalar>, _ h: UnsafePointer<V.Scalar>,
  _ s: UnsafePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>, _ u: UnsafeMutablePointer<V.Scalar>
) {
  var index = 0
  while index < count {
    let (adjoint, slope) = (V(at: v + index), V(at: s + index))
    (adjoint * slope).store(at: u + index)
    (adjoint * bend(V.self, kind, h + index, slope, c + index)).store(at: c + index)
    index += V.count
  }
}

/// The same for rows of 64 whose derivatives v are one number each.
@inline(__always)
private func activationTop<V: Lanes>(
  _: V.Type, _ kind: Int, _ rows: Int, _ v: UnsafePointer<V.Scalar>, _ h: UnsafePointer<V.Scalar>,
  _ s: UnsafePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>, _ u: UnsafeMutablePointer<V.Scalar>
) {
  for row in 0..<rows {
    let adjoint = V(repeating: v[row])
    var index = 64 * row
    while index < 64 * (row + 1) {
      let slope = V(at: s + index)
      (adjoint * slope).store(at: u + index)
      (adjoint * bend(V.self, kind, h + index, slope, c + index)).store(at: c + index)
      index += V.count
    }
  }
}

/// k = s t and q = c t: an activation along a tangent t, and what the derivative of its slope adds on the way back.
@inline(__always)
private func activationTangent<V: Lanes>(
  _: V.Type, _ count: Int, _ t: UnsafePointer<V.Scalar>, _ s: UnsafePointer<V.Scalar>, _ c: UnsafePointer<V.Scalar>,
  _ k: UnsafeMutablePointer<V.Scalar>, _ q: UnsafeMutablePointer<V.Scalar>
) {
  var index = 0
  while index < count {
    let tangent = V(at: t + index)
    (tangent * V(at: s + index)).store(at: k + index)
    (tangent * V(at: c + index)).store(at: q + index)
    index += V.count
  }
}

/// q += r s
@inline(__always)
private func activationAdjoint<V: Lanes>(
  _: V.Type, _ count: Int, _ r: UnsafePointer<V.Scalar>, _ s: UnsafePointer<V.Scalar>,
  _ q: UnsafeMutablePointer<V.Scalar>
) {
  var index = 0
  while index < count {
    V.fused(V(at: r + index), V(at: s + index), V(at: q + index)).store(at: q + index)
    index += V.count
  }
}

// The entry points: one per type.

public func activationFloat(
  _ kind: Int, _ count: Int, _ a: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>,
  _ s: UnsafeMutablePointer<Float>, _ c: UnsafeMutablePointer<Float>
) { activation(FloatLanes.self, kind, count, a, h, s, c) }

public func activationDouble(
  _ kind: Int, _ count: Int, _ a: UnsafePointer<Double>, _ h: UnsafeMutablePointer<Double>,
  _ s: UnsafeMutablePointer<Double>, _ c: UnsafeMutablePointer<Double>
) { activation(DoubleLanes.self, kind, count, a, h, s, c) }

public func hadamardFloat(
  _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
) { hadamard(FloatLanes.self, count, a, b, out) }

public func hadamardDouble(
  _ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
) { hadamard(DoubleLanes.self, count, a, b, out) }

public func activationBackwardFloat(
  _ kind: Int, _ count: Int, _ v: UnsafePointer<Float>, _ h: UnsafePointer<Float>, _ s: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, _ u: UnsafeMutablePointer<Float>
) {
  // One loop per kind.
  switch kind {
  case 1: activationBackward(FloatLanes.self, 1, count, v, h, s, c, u)
  case 2: activationBackward(FloatLanes.self, 2, count, v, h, s, c, u)
  default: activationBackward(FloatLanes.self, 0, count, v, h, s, c, u)
  }
}

public func activationBackwardDouble(
  _ kind: Int, _ count: Int, _ v: UnsafePointer<Double>, _ h: UnsafePointer<Double>, _ s: UnsafePointer<Double>,
  _ c: UnsafeMutablePointer<Double>, _ u: UnsafeMutablePointer<Double>
) {
  // One loop per kind.
  switch kind {
  case 1: activationBackward(DoubleLanes.self, 1, count, v, h, s, c, u)
  case 2: activationBackward(DoubleLanes.self, 2, count, v, h, s, c, u)
  default: activationBackward(DoubleLanes.self, 0, count, v, h, s, c, u)
  }
}

public func activationTopFloat(
  _ kind: Int, _ rows: Int, _ v: UnsafePointer<Float>, _ h: UnsafePointer<Float>, _ s: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, _ u: UnsafeMutablePointer<Float>
) {
  // One loop per kind.
  switch kind {
  case 1: activationTop(FloatLanes.self, 1, rows, v, h, s, c, u)
  case 2: activationTop(FloatLanes.self, 2, rows, v, h, s, c, u)
  default: activationTop(FloatLanes.self, 0, rows, v, h, s, c, u)
  }
}

public func activationTopDouble(
  _ kind: Int, _ rows: Int, _ v: UnsafePointer<Double>, _ h: UnsafePointer<Double>, _ s: UnsafePointer<Double>,
  _ c: UnsafeMutablePointer<Double>, _ u: UnsafeMutablePointer<Double>
) {
  // One loop per kind.
  switch kind {
  case 1: activationTop(DoubleLanes.self, 1, rows, v, h, s, c, u)
  case 2: activationTop(DoubleLanes.self, 2, rows, v, h, s, c, u)
  default: activationTop(DoubleLanes.self, 0, rows, v, h, s, c, u)
  }
}

public func activationTangentFloat(
  _ count: Int, _ t: UnsafePointer<Float>, _ s: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
  _ k: UnsafeMutablePointer<Float>, _ q: UnsafeMutablePointer<Float>
) { activationTangent(FloatLanes.self, count, t, s, c, k, q) }

public func activationTangentDouble(
  _ count: Int, _ t: UnsafePointer<Double>, _ s: UnsafePointer<Double>, _ c: UnsafePointer<Double>,
  _ k: UnsafeMutablePointer<Double>, _ q: UnsafeMutablePointer<Double>
) { activationTangent(DoubleLanes.self, count, t, s, c, k, q) }

public func activationAdjointFloat(
  _ count: Int, _ r: UnsafePointer<Float>, _ s: UnsafePointer<Float>, _ q: UnsafeMutablePointer<Float>
) { activationAdjoint(FloatLanes.self, count, r, s, q) }

public func activationAdjointDouble(
  _ count: Int, _ r: UnsafePointer<Double>, _ s: UnsafePointer<Double>, _ q: UnsafeMutablePointer<Double>
) { activationAdjoint(DoubleLanes.self, count, r, s, q) }

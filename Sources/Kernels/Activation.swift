/// h = softplus(a) = ln(1 + e^a) and s = its derivative, the logistic function; `count` a multiple of 64.
///
/// With e = exp(-|a|), softplus = max(a, 0) + ln(1 + e) and the logistic function is 1 / (1 + e) or e / (1 + e): neither
/// overflows nor cancels. About 30 operations and 2 divisions per element. What is not finite becomes NaN and stays it.
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
    V.fused(x + magnitude, V(repeating: 0.5), logarithmOfOnePlus(e)).store(at: h + index)
    let negative = signMask(bits(x))
    let numerator = number((bits(e) & negative) | (bits(one) & ~negative), V.self)
    (numerator / (one + e)).store(at: s + index)
    index += V.count
  }
}

/// out = a * b elementwise; `count` a multiple of 64.
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

/// out = v s (1 - s) t + out s: the adjoint of a pre-activation whose tangent is t, where v is the adjoint of the
/// layer's output tangent and `out` holds, on entry, the adjoint of its output. `count` a multiple of 64.
@inline(__always)
private func activationAdjoint<V: Lanes>(
  _: V.Type, _ count: Int, _ v: UnsafePointer<V.Scalar>, _ s: UnsafePointer<V.Scalar>, _ t: UnsafePointer<V.Scalar>,
  _ out: UnsafeMutablePointer<V.Scalar>
) {
  let one = V(repeating: 1)
  var index = 0
  while index < count {
    let slope = V(at: s + index)
    let curved = V(at: v + index) * (one - slope) * V(at: t + index)
    ((curved + V(at: out + index)) * slope).store(at: out + index)
    index += V.count
  }
}

// The entry points: one per type.

public func softplusFloat(
  _ count: Int, _ a: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>
) { softplus(FloatLanes.self, count, a, h, s) }

public func softplusDouble(
  _ count: Int, _ a: UnsafePointer<Double>, _ h: UnsafeMutablePointer<Double>, _ s: UnsafeMutablePointer<Double>
) { softplus(DoubleLanes.self, count, a, h, s) }

public func hadamardFloat(
  _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
) { hadamard(FloatLanes.self, count, a, b, out) }

public func hadamardDouble(
  _ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
) { hadamard(DoubleLanes.self, count, a, b, out) }

public func activationAdjointFloat(
  _ count: Int, _ v: UnsafePointer<Float>, _ s: UnsafePointer<Float>, _ t: UnsafePointer<Float>,
  _ out: UnsafeMutablePointer<Float>
) { activationAdjoint(FloatLanes.self, count, v, s, t, out) }

public func activationAdjointDouble(
  _ count: Int, _ v: UnsafePointer<Double>, _ s: UnsafePointer<Double>, _ t: UnsafePointer<Double>,
  _ out: UnsafeMutablePointer<Double>
) { activationAdjoint(DoubleLanes.self, count, v, s, t, out) }

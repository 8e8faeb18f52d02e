import CSystem

// Functionals of distances: to the origin (holder_table), to two centres (double_exp).

/// 10 |sin z1 cos z2| exp(|1 - ||v|| / pi|); the slopes are those with ||v|| held fixed.
///
/// exp is bounded by exp(700), reached at ||v|| = 701 pi, beyond which it would soon overflow.
func holderTableOfHalves(_ z: Halves, norm: Double) -> HalvesTerm {
  let (s, c) = (sin(z.z1), cos(z.z2))
  let product = s * c
  let growth = 10 * exp(min(700, abs(1 - norm / Double.pi)))
  let side = product.signOrZero * growth
  return HalvesTerm(value: abs(product) * growth, slope1: side * cos(z.z1) * c, slope2: -side * s * sin(z.z2))
}

/// Both kinks, sin z1 cos z2 = 0 and ||v|| = pi, contribute 0; the origin lies on the first.
func holderTableGradient(_ x: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>) {
  let length = norm(x)
  let term = holderTableOfHalves(Halves(of: x), norm: length)
  term.spread(into: gradient)
  guard length > 0 else { return }
  let radial = (length / Double.pi - 1).signOrZero * term.value / (Double.pi * length)
  for i in 0..<min(x.count, gradient.count) { gradient[i] += radial * bounded(x[i]) }
}

/// 200 (exp(-||v - 3||^2 / 20) + exp(-||v + 3||^2 / 20)), 3 standing for (3, .., 3)
func doubleExpValue(_ x: UnsafeBufferPointer<Double>) -> Double {
  let (plus, minus) = doubleExpBumps(x)
  return plus + minus
}

func doubleExpGradient(_ x: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>) {
  let (plus, minus) = doubleExpBumps(x)
  for i in 0..<min(x.count, gradient.count) {
    let v = bounded(x[i])
    gradient[i] = -0.1 * (plus * (v - 3) + minus * (v + 3))
  }
}

private func doubleExpBumps(_ x: UnsafeBufferPointer<Double>) -> (plus: Double, minus: Double) {
  var toPlus = 0.0
  var toMinus = 0.0
  for v in x {
    let v = bounded(v)
    toPlus += (v - 3) * (v - 3)
    toMinus += (v + 3) * (v + 3)
  }
  return (200 * exp(-toPlus / 20), 200 * exp(-toMinus / 20))
}

extension Double {
  /// -1, 0 or 1.
  fileprivate var signOrZero: Double { self > 0 ? 1 : (self < 0 ? -1 : 0) }
}

import CSystem

// Functionals that are sums over coordinates, sum_i f(v_i), or over neighbouring coordinates, sum_i f(v_i, v_{i+1}).

/// f(v) and f'(v).
typealias Term = (value: Double, slope: Double)

/// f(v, w) with its two partial derivatives.
typealias PairTerm = (value: Double, slopeFirst: Double, slopeSecond: Double)

@inline(__always)
func sumOverCoordinates(_ x: UnsafeBufferPointer<Double>, _ term: (Double) -> Term) -> Double {
  var sum = 0.0
  for v in x { sum += term(bounded(v)).value }
  return sum
}

@inline(__always)
func slopesOverCoordinates(
  _ x: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>, _ term: (Double) -> Term
) {
  for i in 0..<min(x.count, gradient.count) { gradient[i] = term(bounded(x[i])).slope }
}

@inline(__always)
func sumOverNeighbours(_ x: UnsafeBufferPointer<Double>, _ term: (Double, Double) -> PairTerm) -> Double {
  var sum = 0.0
  for i in 0..<max(0, x.count - 1) { sum += term(bounded(x[i]), bounded(x[i + 1])).value }
  return sum
}

@inline(__always)
func slopesOverNeighbours(
  _ x: UnsafeBufferPointer<Double>, _ gradient: UnsafeMutableBufferPointer<Double>,
  _ term: (Double, Double) -> PairTerm
) {
  gradient.update(repeating: 0)
  for i in 0..<max(0, min(x.count, gradient.count) - 1) {
    let pair = term(bounded(x[i]), bounded(x[i + 1]))
    gradient[i] += pair.slopeFirst
    gradient[i + 1] += pair.slopeSecond
  }
}

// MARK: One coordinate

/// (v^4 - 16 v^2 + 5 v) / 2
func styblinskiTangTerm(_ v: Double) -> Term {
  let square = v * v
  return (0.5 * (square * (square - 16) + 5 * v), v * (2 * square - 16) + 2.5)
}

/// 5 (sin v + cos v + v^2 + v)
func oakleyOHaganTerm(_ v: Double) -> Term {
  let (s, c) = (sin(v), cos(v))
  return (5 * (s + c + v * v + v), 5 * (c - s + 2 * v + 1))
}

/// -10 v^2
func sphereTerm(_ v: Double) -> Term { (-10 * v * v, -20 * v) }

/// v + 2 sin(|v|^1.2). Differentiable at 0, where the slope is 1.
func flowersTerm(_ v: Double) -> Term {
  let size = abs(v)
  let power = pow(size, 1.2)
  let slope = size > 0 ? 2.4 * cos(power) * (power / size) : 0
  return (v + 2 * sin(power), v < 0 ? 1 - slope : 1 + slope)
}

/// cos(pi v) + v^4 / 2 - 3 v^2 + 1
func wavyPlateauTerm(_ v: Double) -> Term {
  let square = v * v
  return (
    cos(Double.pi * v) + square * (0.5 * square - 3) + 1,
    v * (2 * square - 6) - Double.pi * sin(Double.pi * v)
  )
}

/// -50 max(v, 0)
func reluTerm(_ v: Double) -> Term { v > 0 ? (-50 * v, -50) : (0, 0) }

// MARK: Neighbouring coordinates

/// (v - w)^2 + cos(v) (v + w) + v^2 w
func zigzagRidgeTerm(_ v: Double, _ w: Double) -> PairTerm {
  let (difference, sum) = (v - w, v + w)
  let (s, c) = (sin(v), cos(v))
  return (
    difference * difference + c * sum + v * v * w,
    2 * difference + c - s * sum + 2 * v * w,
    -2 * difference + c + v * v
  )
}

/// (v + v^2 (w + 4)) / 10
func watershedTerm(_ v: Double, _ w: Double) -> PairTerm {
  (0.1 * (v + v * v * (w + 4)), 0.1 * (1 + 2 * v * (w + 4)), 0.1 * v * v)
}

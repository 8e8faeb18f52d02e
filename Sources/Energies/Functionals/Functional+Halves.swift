import CSystem

// Functionals of the means z1 and z2 of the first floor(d/2) and of the other coordinates.

/// The means of the two halves of a particle's coordinates; a half without coordinates has mean 0.
struct Halves {
  let z1: Double
  let z2: Double

  init(of x: UnsafeBufferPointer<Double>) {
    let half = x.count / 2
    z1 = Self.mean(x, 0..<half)
    z2 = Self.mean(x, half..<x.count)
  }

  private static func mean(_ x: UnsafeBufferPointer<Double>, _ range: Range<Int>) -> Double {
    var sum = 0.0
    for i in range { sum += bounded(x[i]) }
    return sum / Double(max(1, range.count))
  }
}

/// A function of z1 and z2 with its partial derivatives.
struct HalvesTerm {
  var value: Double
  var slope1: Double
  var slope2: Double

  static let zero = HalvesTerm(value: 0, slope1: 0, slope2: 0)

  /// The gradient with respect to the coordinates, each of which moves its half's mean by 1 / (size of the half).
  func spread(into gradient: UnsafeMutableBufferPointer<Double>) {
    let half = gradient.count / 2
    let share1 = slope1 / Double(max(1, half))
    let share2 = slope2 / Double(max(1, gradient.count - half))
    for i in 0..<half { gradient[i] = share1 }
    for i in half..<gradient.count { gradient[i] = share2 }
  }
}

/// sin z1 + 7 sin^2 z2 + 0.1 ((z1 + z2) / 2)^4 sin z1
func ishigamiOfHalves(_ z: Halves) -> HalvesTerm {
  let (s1, c1, s2, c2) = (sin(z.z1), cos(z.z1), sin(z.z2), cos(z.z2))
  let middle = 0.5 * (z.z1 + z.z2)
  let square = middle * middle
  let factor = 1 + 0.1 * square * square
  let factorSlope = 0.2 * square * middle
  return HalvesTerm(
    value: s1 * factor + 7 * s2 * s2,
    slope1: c1 * factor + s1 * factorSlope,
    slope2: s1 * factorSlope + 14 * s2 * c2)
}

/// (10 sin(pi a b) + 20 (a sin b - 1/2)^2 + 10 (a cos b - 1)^2 + 0.1 b sin a) / 100 with a = 2 (z1 - 7), b = z2 - 7
func friedmanOfHalves(_ z: Halves) -> HalvesTerm {
  let a = 2 * (z.z1 - 7)
  let b = z.z2 - 7
  let (sinB, cosB) = (sin(b), cos(b))
  let (sinA, cosA) = (sin(a), cos(a))
  let phase = Double.pi * a * b
  let first = a * sinB - 0.5
  let second = a * cosB - 1
  let phaseSlope = 10 * Double.pi * cos(phase)
  let slopeA = phaseSlope * b + 40 * first * sinB + 20 * second * cosB + 0.1 * b * cosA
  let slopeB = phaseSlope * a + 40 * first * a * cosB - 20 * second * a * sinB + 0.1 * sinA
  return HalvesTerm(
    value: (10 * sin(phase) + 20 * first * first + 10 * second * second + 0.1 * b * sinA) / 100,
    slope1: 2 * slopeA / 100,
    slope2: slopeB / 100)
}

/// 10 (z1^2 + 2 z2^2 - 0.3 cos(3 pi z1) - 0.4 cos(4 pi z2))
func bohachevskyOfHalves(_ z: Halves) -> HalvesTerm {
  let phase1 = 3 * Double.pi * z.z1
  let phase2 = 4 * Double.pi * z.z2
  return HalvesTerm(
    value: 10 * (z.z1 * z.z1 + 2 * z.z2 * z.z2 - 0.3 * cos(phase1) - 0.4 * cos(phase2)),
    slope1: 10 * (2 * z.z1 + 0.9 * Double.pi * sin(phase1)),
    slope2: 10 * (4 * z.z2 + 1.6 * Double.pi * sin(phase2)))
}

/// -500 max(theta + pi, 0), theta = atan2(z2 + 5, z1 + 5): a spiral staircase around (-5, -5).
///
/// It jumps where theta passes from pi to -pi; there, and at the centre, the gradient is 0.
func rotationalOfHalves(_ z: Halves) -> HalvesTerm {
  let across = z.z1 + 5
  let up = z.z2 + 5
  let turn = atan2(up, across) + Double.pi
  guard turn > 0 else { return .zero }
  guard up != 0 || across > 0 else { return HalvesTerm(value: -500 * turn, slope1: 0, slope2: 0) }
  // Neither square can underflow: 5 plus a number near -5 is 0 or at least 8e-16 in size.
  let squaredDistance = across * across + up * up
  return HalvesTerm(
    value: -500 * turn,
    slope1: 500 * up / squaredDistance,
    slope2: -500 * across / squaredDistance)
}

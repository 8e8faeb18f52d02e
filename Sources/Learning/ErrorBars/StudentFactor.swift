import CSystem

/// How much longer a 95 % interval is by Student's distribution than by the normal one: t_0.975 / 1.96, which is 12.7 /
/// 1.96 for one degree of freedom, 1.15 for nine and 1.01 for a hundred.
func studentFactor(degreesOfFreedom: Int) -> Double {
  // In the angle theta = arctan(t / sqrt(degrees)) the probability of being less than t away from 0 rises from 0 at 0
  // to 1 at pi / 2.
  var (low, high) = (0.0, Double.pi / 2)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if centralProbability(middle, degreesOfFreedom) < 0.95 { low = middle } else { high = middle }
  }
  return tan(low) * Double(degreesOfFreedom).squareRoot() / 1.959963984540054
}

/// P(|T| < t) at t = sqrt(degrees) tan(angle), by the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4.
private func centralProbability(_ angle: Double, _ degreesOfFreedom: Int) -> Double {
  let (isOdd, squared) = (degreesOfFreedom % 2 == 1, cos(angle) * cos(angle))
  var (term, sum) = (isOdd ? cos(angle) : 1, 0.0)
  for k in stride(from: isOdd ? 3 : 2, through: degreesOfFreedom, by: 2) {
    sum += term
    term *= squared * Double(k - 1) / Double(k)
  }
  return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
}

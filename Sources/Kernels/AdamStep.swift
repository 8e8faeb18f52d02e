/// One step of Adam on `count` parameters. With g = clip gradient:
///
///     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,  parameters -= rate m / (sqrt(v) unbias + epsilon)
///
/// The compiler vectorises these loops over single numbers. Every number is computed in the same order on all
/// processors.
@inline(__always)
private func adamStep<Scalar: KernelScalar>(
  _ count: Int, _ gradient: UnsafePointer<Scalar>, _ clip: Scalar, _ rate: Scalar, _ unbias: Scalar,
  _ parameters: UnsafeMutablePointer<Scalar>, _ first: UnsafeMutablePointer<Scalar>,
  _ second: UnsafeMutablePointer<Scalar>
) {
  let (beta1, beta2, epsilon): (Scalar, Scalar, Scalar) = (0.9, 0.999, 1e-8)
  for index in 0..<count {
    let slope = clip * gradient[index]
    let mean = beta1 * first[index] + (1 - beta1) * slope
    let square = beta2 * second[index] + (1 - beta2) * slope * slope
    first[index] = mean
    second[index] = square
    parameters[index] -= rate * mean / (square.squareRoot() * unbias + epsilon)
  }
}

/// The sum of squares in double precision, in which squares of single-precision numbers cannot overflow. Eight partial
/// sums are added in the end.
@inline(__always)
private func squaredNorm<Scalar: KernelScalar>(_ count: Int, _ numbers: UnsafePointer<Scalar>) -> Double {
  var (sums, index) = (SIMD8<Double>(repeating: 0), 0)
  while index + 8 <= count {
    var eight = SIMD8<Double>()
    for lane in 0..<8 { eight[lane] = numbers[index + lane].wide }
    sums += eight * eight
    index += 8
  }
  var total = sums.total
  for index in index..<count { total += numbers[index].wide * numbers[index].wide }
  return total
}

public func adamStepFloat(
  _ count: Int, _ gradient: UnsafePointer<Float>, _ clip: Float, _ rate: Float, _ unbias: Float,
  _ parameters: UnsafeMutablePointer<Float>, _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>
) { adamStep(count, gradient, clip, rate, unbias, parameters, first, second) }

public func adamStepDouble(
  _ count: Int, _ gradient: UnsafePointer<Double>, _ clip: Double, _ rate: Double, _ unbias: Double,
  _ parameters: UnsafeMutablePointer<Double>, _ first: UnsafeMutablePointer<Double>,
  _ second: UnsafeMutablePointer<Double>
) { adamStep(count, gradient, clip, rate, unbias, parameters, first, second) }

public func squaredNormFloat(_ count: Int, _ numbers: UnsafePointer<Float>) -> Double { squaredNorm(count, numbers) }

public func squaredNormDouble(_ count: Int, _ numbers: UnsafePointer<Double>) -> Double { squaredNorm(count, numbers) }

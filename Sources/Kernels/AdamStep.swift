// The optimiser's loops over parameters.

extension LaneKernels {
  /// The compiler vectorises this loop over single numbers. Every number is computed in the same order on all
  /// processors.
  ///
  /// This kernel is not inlined into the conformance. The compiler inlines no C functions there, and the square root is
  /// one, so that the loop would not be vectorised.
  @inline(never)
  static func adamStep(
    count: Int, gradient: Input, clip: Number, rate: Number, unbias: Number, parameters: Output, m first: Output,
    v second: Output
  ) {
    let (beta1, beta2, epsilon): (Number, Number, Number) = (0.9, 0.999, 1e-8)
    for index in 0..<count {
      let slope = clip * gradient[index]
      let mean = beta1 * first[index] + (1 - beta1) * slope
      let square = beta2 * second[index] + (1 - beta2) * slope * slope
      first[index] = mean
      second[index] = square
      parameters[index] -= rate * mean / (square.squareRoot() * unbias + epsilon)
    }
  }

  /// The sum is in double precision, where squares of single-precision numbers cannot overflow. Eight partial sums are
  /// added in the end.
  @inline(__always)
  static func squaredNorm(count: Int, a numbers: Input) -> Double {
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
}

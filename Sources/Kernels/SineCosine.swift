extension DoubleVariant {
  /// x = n pi/2 + r with |r| <= pi/4, pi/2 in three parts of which the first two have 33 bits, so that their products
  /// with n < 2^20 are exact; then polynomials in r^2 (Chebyshev fits below rounding) and the quadrant n mod 4. Errors
  /// are some 1e-16 up to |x| = 1e6 and grow beyond that like the rounding of x itself. From |x| = 3.5e15 on, n is no
  /// whole number and r may be of any size. Neighbouring numbers are periods apart there, so that r is clamped to keep
  /// sines and cosines between -1 and 1.
  static func sineCosine(
    count: Int, x: UnsafePointer<Double>, sines: UnsafeMutablePointer<Double>, cosines: UnsafeMutablePointer<Double>
  ) {
    typealias I = V.MaskStorage
    let shift = V(repeating: Double.roundingShift)
    let sign = bits(V(repeating: -0.0))
    let one = I(repeating: 1)
    var index = 0
    while index < count {
      let angle = V(at: x + index)
      let shifted = V.fused(angle, V(repeating: 0.6366197723675814), shift)
      let n = shifted - shift
      var r = V.fused(n, V(repeating: -0x1.921fb544p+0), angle)
      r = V.fused(n, V(repeating: -0x1.0b4611a6p-34), r)
      r = V.fused(n, V(repeating: -0x1.3198a2e037073p-69), r)
      r = Double.smaller(V(repeating: 1), Double.larger(V(repeating: -1), r))
      let z = r * r
      var p = V(repeating: 1.5918115263265974e-10)
      p = .fused(p, z, V(repeating: -2.505113165023518e-08))
      p = .fused(p, z, V(repeating: 2.7557316101617874e-06))
      p = .fused(p, z, V(repeating: -0.00019841269836756774))
      p = .fused(p, z, V(repeating: 0.008333333333330948))
      p = .fused(p, z, V(repeating: -0.16666666666666666))
      let sine = V.fused(r * z, p, r)
      var q = V(repeating: -1.1382623647474604e-11)
      q = .fused(q, z, V(repeating: 2.087614614655861e-09))
      q = .fused(q, z, V(repeating: -2.7557317271145144e-07))
      q = .fused(q, z, V(repeating: 2.480158729876456e-05))
      q = .fused(q, z, V(repeating: -0.0013888888888887398))
      q = .fused(q, z, V(repeating: 0.041666666666666664))
      let cosine = V.fused(z * z, q, V.fused(z, V(repeating: -0.5), V(repeating: 1)))
      let quadrant = bits(shifted)
      let swapped = signMask(quadrant &<< I(repeating: 63))
      let first = (bits(cosine) & swapped) | (bits(sine) & ~swapped)
      let second = (bits(sine) & swapped) | (bits(cosine) & ~swapped)
      let sineSign = (quadrant &<< I(repeating: 62)) & sign
      let cosineSign = ((quadrant &+ one) &<< I(repeating: 62)) & sign
      number(first ^ sineSign, V.self).store(at: sines + index)
      number(second ^ cosineSign, V.self).store(at: cosines + index)
      index += V.count
    }
  }
}

import CSystem
import KernelInterface
import Numerics
import TestSupport
import Testing

/// softplus(x) = ln(1 + e^x) and its derivative against the C library, in units of the result's last place.
///
/// Where |x| is at most `reach`, e^-|x| is a normal number and both functions are held to 4 ulps: the exponential's
/// reduced argument and polynomial, one division, one polynomial and one sum round some half an ulp each, and nothing
/// amplifies that (2.7 ulps are the most observed). The C library adds up to 1.5 where Double is tested, and nothing
/// where Float is. Beyond `reach`, e^-|x| stays at its value there, about 1e-38 or 1e-308.
@Suite struct SoftplusTests {
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func isAccurate(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.check(set.kernels.float, reach: 87)
    case .double: Self.check(set.kernels.double, reach: 708)
    }
  }

  private static func check<Number: KernelNumber>(_ kernels: any Kernels<Number>.Type, reach: Number) {
    let points = points(reach: reach)
    let (values, slopes) = evaluate(kernels, points)
    var worst = (value: 0.0, slope: 0.0)
    for (index, point) in points.enumerated() where abs(point) <= reach {
      let x = Double(point)
      let e = exp(-abs(x))
      let value = max(x, 0) + log1p(e)
      let slope = (x > 0 ? 1 : e) / (1 + e)
      worst.value = max(worst.value, abs(Double(values[index]) - value) / Double(Number(value).ulp))
      worst.slope = max(worst.slope, abs(Double(slopes[index]) - slope) / Double(Number(slope).ulp))
    }
    #expect(worst.value <= 4)
    #expect(worst.slope <= 4)
    for (index, point) in points.enumerated() where abs(point) > reach {
      let tiny = Number(exp(-Double(reach)))
      if point < 0 {
        #expect(values[index] > 0 && values[index] <= tiny * 1.0001)
        #expect(slopes[index] > 0 && slopes[index] <= tiny * 1.0001)
      } else {
        #expect(values[index] == point && slopes[index] == 1)
      }
    }
  }

  /// [-1000, 1000] evenly, every binade from the smallest subnormal on, the bounds of the exponential, and the largest
  /// numbers whose double is finite.
  private static func points<Number: KernelNumber>(reach: Number) -> [Number] {
    var points: [Number] = (-20_000...20_000).map { Number($0) / 20 }
    var binade = Number.leastNonzeroMagnitude
    while binade < 1000 {
      for significand in [1, 1.25, 1.6180339] as [Number] { points += [binade * significand, -binade * significand] }
      binade *= 2
    }
    let half = Number.greatestFiniteMagnitude / 2
    for special in [0, reach, reach.nextUp, reach.nextDown, 1e6, 1e30, half] as [Number] {
      points += [special, -special]
    }
    return points
  }

  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func whatIsNotFiniteBecomesNaN(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.checkNonfinite(set.kernels.float)
    case .double: Self.checkNonfinite(set.kernels.double)
    }
  }

  private static func checkNonfinite<Number: KernelNumber>(_ kernels: any Kernels<Number>.Type) {
    // Neighbours in the same vector do not change.
    let points: [Number] = [1, .nan, -.nan, 2, .infinity, -.infinity, 3, .signalingNaN]
    let (values, slopes) = evaluate(kernels, points)
    for (index, point) in points.enumerated() {
      #expect(values[index].isFinite == point.isFinite && values[index].isNaN == !point.isFinite)
      #expect(slopes[index].isFinite == point.isFinite && slopes[index].isNaN == !point.isFinite)
    }
  }

  /// Symmetry: softplus(x) - softplus(-x) = x, and the slopes sum to 1; at 0 they are ln 2 and 1/2, for both zeros.
  @Test(arguments: InstructionSet.available)
  func zeros(set: InstructionSet) {
    let (values, slopes) = Self.evaluate(set.kernels.double, [0, -0.0])
    for index in 0..<2 {
      #expect(abs(values[index] - log(2)) <= log(2).ulp)
      #expect(slopes[index] == 0.5)
    }
  }

  private static func evaluate<Number: KernelNumber>(
    _ kernels: any Kernels<Number>.Type, _ points: [Number]
  ) -> (values: [Number], slopes: [Number]) {
    let count = (points.count + 63) / 64 * 64
    let (input, values, slopes) = (
      AlignedBuffer<Number>(count: count), AlignedBuffer<Number>(count: count), AlignedBuffer<Number>(count: count)
    )
    input.zero()
    for (index, point) in points.enumerated() { input.base[index] = point }
    let bends = AlignedBuffer<Number>(count: count)
    kernels.activate(.softplus, count, input.base, values.base, slopes.base, bends.base)
    return (points.indices.map { values.base[$0] }, points.indices.map { slopes.base[$0] })
  }
}

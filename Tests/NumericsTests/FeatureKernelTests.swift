import CSystem
import KernelInterface
import Numerics
import TestSupport
import Testing

/// The hot loops of features on every instruction set that this processor has, against the C library.
@Suite struct FeatureKernelTests {
  /// 256 numbers in a row.
  private static func row(_ number: (Int) -> Double) -> AlignedBuffer<Double> { AlignedBuffer((0..<256).map(number)) }

  private static func error(_ found: AlignedBuffer<Double>, _ expected: (Int) -> Double) -> Double {
    largest((0..<256).map { (found.base[$0] - expected($0)) / max(1, abs(expected($0))) })
  }

  @Test(arguments: InstructionSet.available) func sinesAndCosines(set: InstructionSet) {
    let kernels = set.kernels.double
    let (sines, cosines) = (Self.row { _ in 0 }, Self.row { _ in 0 })
    for scale in [1e-9, 0.01, 0.5, 10, 1000] {
      let x = Self.row { Double($0 - 128) * scale }
      kernels.sineCosine(count: 256, x: x.base, sines: sines.base, cosines: cosines.base)
      #expect(Self.error(sines) { sin(x.base[$0]) } < 3e-16)
      #expect(Self.error(cosines) { cos(x.base[$0]) } < 3e-16)
    }
    // Where a number has no phase any more, sines and cosines are those of some angle.
    for scale in [1e13, 1e14, 3e15, 1e17, 1e30, 1e150, 1e305] {
      let x = Self.row { Double($0 - 128) * scale }
      kernels.sineCosine(count: 256, x: x.base, sines: sines.base, cosines: cosines.base)
      #expect((0..<256).allSatisfy { abs(sines.base[$0]) <= 1 && abs(cosines.base[$0]) <= 1 })
    }
    let bad = Self.row { $0 % 2 == 0 ? .infinity : .nan }
    kernels.sineCosine(count: 256, x: bad.base, sines: sines.base, cosines: cosines.base)
    #expect((0..<256).allSatisfy { sines.base[$0].isNaN && cosines.base[$0].isNaN })
  }

  /// Values, slopes 2 G' and curvatures 4 G'' for s between 1e-6 and 1e4. Divisions and roots are right to an ulp or
  /// two.
  @Test(arguments: InstructionSet.available, RadialProfile.allCases)
  func profiles(set: InstructionSet, profile: RadialProfile) {
    let s = Self.row { exp(Double($0) * 0.09 - 13.8) }
    let out = Self.row { _ in 0 }
    let formula: (Double) -> [Double] =
      switch profile {
      case .gaussian: { [exp(-$0), -2 * exp(-$0), 4 * exp(-$0)] }
      case .linear: { [sqrt($0), 1 / sqrt($0), -1 / ($0 * sqrt($0))] }
      case .thinPlate: { [$0 * log($0) / 2, log($0) + 1, 2 / $0] }
      case .cubic: { [$0 * sqrt($0), 3 * sqrt($0), 3 / sqrt($0)] }
      case .quintic: { [$0 * $0 * sqrt($0), 5 * $0 * sqrt($0), 15 * sqrt($0)] }
      case .multiquadric: { [sqrt(1 + $0), 1 / sqrt(1 + $0), -1 / ((1 + $0) * sqrt(1 + $0))] }
      case .inverseMultiquadric:
        { [1 / sqrt(1 + $0), -1 / ((1 + $0) * sqrt(1 + $0)), 3 / ((1 + $0) * (1 + $0) * sqrt(1 + $0))] }
      case .inverseQuadratic: { [1 / (1 + $0), -2 / ((1 + $0) * (1 + $0)), 8 / ((1 + $0) * (1 + $0) * (1 + $0))] }
      }
    for order in 0..<3 {
      set.kernels.double.radialProfile(profile, order: order, count: 256, s: s.base, out: out.base)
      #expect(Self.error(out) { formula(s.base[$0])[order] } < 2e-15)
    }
    // At the centre and very far away results are finite, and the Gaussian is exactly 0 far away.
    let ends = Self.row { $0 % 2 == 0 ? 0 : 1e5 }
    for order in 0..<3 {
      set.kernels.double.radialProfile(profile, order: order, count: 256, s: ends.base, out: out.base)
      #expect((0..<256).allSatisfy { out.base[$0].isFinite })
      if profile == .gaussian { #expect(out.base[1] == 0) }
    }
  }

  @Test(arguments: InstructionSet.available) func gaussianRows(set: InstructionSet) {
    let x = Self.row { Double($0) / 40 - 3 }
    let rows = (0..<3).map { _ in Self.row { _ in 0 } }
    let (center, width) = (0.3, 0.8)
    set.kernels.double.gaussianRows(
      orders: 3, count: 256, x: x.base, center: center, inverseWidth: 1 / width, e: rows[0].base, first: rows[1].base,
      second: rows[2].base)
    func z(_ index: Int) -> Double { (x.base[index] - center) / width }
    #expect(Self.error(rows[0]) { exp(-z($0) * z($0)) } < 2e-15)
    #expect(Self.error(rows[1]) { -2 * z($0) / width * exp(-z($0) * z($0)) } < 5e-15)
    #expect(Self.error(rows[2]) { (4 * z($0) * z($0) - 2) / (width * width) * exp(-z($0) * z($0)) } < 2e-14)
  }

  /// Operands are small integers, whose sums are exact on every instruction set.
  @Test(arguments: InstructionSet.available) func rows(set: InstructionSet) {
    let kernels = set.kernels.double
    let (a, b) = (Self.row { Double($0 % 7 - 3) }, Self.row { Double($0 % 5 - 1) })
    var out = Self.row { Double($0) }
    kernels.add(count: 256, weight: 2, a: a.base, out: out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == Double($0) + 2 * a.base[$0] })
    out = Self.row { Double($0) }
    kernels.addProduct(count: 256, weight: 2, a: a.base, b: b.base, out: out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == Double($0) + 2 * a.base[$0] * b.base[$0] })
    kernels.sumOfProducts(rows: 3, count: 64, a: a.base, aStride: 64, b: b.base, bStride: 32, out: out.base)
    #expect(
      (0..<64).allSatisfy { i in
        out.base[i] == (0..<3).reduce(0) { $0 + a.base[$1 * 64 + i] * b.base[$1 * 32 + i] }
      })
    out = Self.row { Double($0) }
    kernels.addDifference(count: 256, weight: 2, a: a.base, x: b.base, c: 3, out: out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == Double($0) + 2 * a.base[$0] * (b.base[$0] - 3) })
    kernels.difference(count: 256, weight: 2, a: a.base, x: b.base, c: 3, out: out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == 2 * a.base[$0] * (b.base[$0] - 3) })
    #expect(
      kernels.innerProduct(count: 256, a: a.base, b: b.base) == (0..<256).reduce(0) { $0 + a.base[$1] * b.base[$1] })
    #expect(
      kernels.differenceSum(count: 256, a: a.base, c: 3, x: b.base)
        == (0..<256).reduce(0) { $0 + a.base[$1] * (3 - b.base[$1]) })
  }

  @Test(arguments: InstructionSet.available, 1..<5) func layouts(set: InstructionSet, d: Int) {
    let kernels = set.kernels.double
    let rows = AlignedBuffer<Double>((0..<d * 64).map { Double($0 % 11) })
    let out = AlignedBuffer<Double>((0..<d * 64).map { _ in 0 }, room: 8)
    kernels.interleave(dimension: d, count: 64, a: rows.base, stride: 64, out: out.base)
    #expect((0..<64).allSatisfy { i in (0..<d).allSatisfy { out.base[i * d + $0] == rows.base[$0 * 64 + i] } })
    #expect(out.isUntouched(last: 8))
    kernels.outerRows(dimension: d, count: 13, a: rows.base, v: rows.base + 20, out: out.base)
    #expect(
      (0..<13).allSatisfy { i in (0..<d).allSatisfy { out.base[i * d + $0] == rows.base[i] * rows.base[20 + $0] } })
    let distances = AlignedBuffer<Double>((0..<64).map { _ in 0 })
    kernels.squaredDistances(
      dimension: d, count: 64, x: rows.base, stride: 64, center: rows.base + 3, scale: 0.5, out: distances.base)
    #expect(
      (0..<64).allSatisfy { i in
        distances.base[i]
          == (0..<d).reduce(0) {
            $0 + (rows.base[$1 * 64 + i] - rows.base[3 + $1]) * (rows.base[$1 * 64 + i] - rows.base[3 + $1])
          } / 2
      })
  }
}

import CSystem
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
    let kernels = FeatureKernels.variant(set)
    let (sines, cosines) = (Self.row { _ in 0 }, Self.row { _ in 0 })
    for scale in [1e-9, 0.01, 0.5, 10, 1000] {
      let x = Self.row { Double($0 - 128) * scale }
      kernels.sineCosine(256, x.base, sines.base, cosines.base)
      #expect(Self.error(sines) { sin(x.base[$0]) } < 3e-16)
      #expect(Self.error(cosines) { cos(x.base[$0]) } < 3e-16)
    }
    let bad = Self.row { $0 % 2 == 0 ? .infinity : .nan }
    kernels.sineCosine(256, bad.base, sines.base, cosines.base)
    #expect((0..<256).allSatisfy { sines.base[$0].isNaN && cosines.base[$0].isNaN })
  }

  /// Values, slopes 2 G' and curvatures 4 G'' for s between 1e-6 and 1e4. Divisions and roots are right to an ulp or
  /// two.
  @Test(arguments: InstructionSet.available, 0..<8) func profiles(set: InstructionSet, kind: Int) {
    let s = Self.row { exp(Double($0) * 0.09 - 13.8) }
    let out = Self.row { _ in 0 }
    let formulas: [(Double) -> [Double]] = [
      { [exp(-$0), -2 * exp(-$0), 4 * exp(-$0)] },
      { [sqrt($0), 1 / sqrt($0), -1 / ($0 * sqrt($0))] },
      { [$0 * log($0) / 2, log($0) + 1, 2 / $0] },
      { [$0 * sqrt($0), 3 * sqrt($0), 3 / sqrt($0)] },
      { [$0 * $0 * sqrt($0), 5 * $0 * sqrt($0), 15 * sqrt($0)] },
      { [sqrt(1 + $0), 1 / sqrt(1 + $0), -1 / ((1 + $0) * sqrt(1 + $0))] },
      { [1 / sqrt(1 + $0), -1 / ((1 + $0) * sqrt(1 + $0)), 3 / ((1 + $0) * (1 + $0) * sqrt(1 + $0))] },
      { [1 / (1 + $0), -2 / ((1 + $0) * (1 + $0)), 8 / ((1 + $0) * (1 + $0) * (1 + $0))] },
    ]
    for order in 0..<3 {
      FeatureKernels.variant(set).radialProfile(kind, order, 256, s.base, out.base)
      #expect(Self.error(out) { formulas[kind](s.base[$0])[order] } < 2e-15)
    }
    // At the centre and very far away results are finite, and the Gaussian is exactly 0 far away.
    let ends = Self.row { $0 % 2 == 0 ? 0 : 1e5 }
    for order in 0..<3 {
      FeatureKernels.variant(set).radialProfile(kind, order, 256, ends.base, out.base)
      #expect((0..<256).allSatisfy { out.base[$0].isFinite })
      if kind == 0 { #expect(out.base[1] == 0) }
    }
  }

  @Test(arguments: InstructionSet.available) func gaussianRows(set: InstructionSet) {
    let x = Self.row { Double($0) / 40 - 3 }
    let rows = (0..<3).map { _ in Self.row { _ in 0 } }
    let (center, width) = (0.3, 0.8)
    FeatureKernels.variant(set).gaussianRows(
      3, 256, x.base, center, 1 / width, rows[0].base, rows[1].base, rows[2].base)
    func z(_ index: Int) -> Double { (x.base[index] - center) / width }
    #expect(Self.error(rows[0]) { exp(-z($0) * z($0)) } < 2e-15)
    #expect(Self.error(rows[1]) { -2 * z($0) / width * exp(-z($0) * z($0)) } < 5e-15)
    #expect(Self.error(rows[2]) { (4 * z($0) * z($0) - 2) / (width * width) * exp(-z($0) * z($0)) } < 2e-14)
  }

  /// Operands are small integers, whose sums are exact on every instruction set.
  @Test(arguments: InstructionSet.available) func rows(set: InstructionSet) {
    let kernels = FeatureKernels.variant(set)
    let (a, b) = (Self.row { Double($0 % 7 - 3) }, Self.row { Double($0 % 5 - 1) })
    var out = Self.row { Double($0) }
    kernels.add(256, 2, a.base, out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == Double($0) + 2 * a.base[$0] })
    out = Self.row { Double($0) }
    kernels.addProduct(256, 2, a.base, b.base, out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == Double($0) + 2 * a.base[$0] * b.base[$0] })
    kernels.sumOfProducts(3, 64, a.base, 64, b.base, 32, out.base)
    #expect(
      (0..<64).allSatisfy { i in
        out.base[i] == (0..<3).reduce(0) { $0 + a.base[$1 * 64 + i] * b.base[$1 * 32 + i] }
      })
    out = Self.row { Double($0) }
    kernels.addDifference(256, 2, a.base, b.base, 3, out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == Double($0) + 2 * a.base[$0] * (b.base[$0] - 3) })
    kernels.difference(256, 2, a.base, b.base, 3, out.base)
    #expect((0..<256).allSatisfy { out.base[$0] == 2 * a.base[$0] * (b.base[$0] - 3) })
    #expect(kernels.product(256, a.base, b.base) == (0..<256).reduce(0) { $0 + a.base[$1] * b.base[$1] })
    #expect(
      kernels.differenceSum(256, a.base, 3, b.base) == (0..<256).reduce(0) { $0 + a.base[$1] * (3 - b.base[$1]) })
  }

  @Test(arguments: InstructionSet.available, 1..<5) func layouts(set: InstructionSet, d: Int) {
    let kernels = FeatureKernels.variant(set)
    let rows = AlignedBuffer<Double>((0..<d * 64).map { Double($0 % 11) })
    let out = AlignedBuffer<Double>((0..<d * 64).map { _ in 0 }, room: 8)
    kernels.interleave(d, 64, rows.base, 64, out.base)
    #expect((0..<64).allSatisfy { i in (0..<d).allSatisfy { out.base[i * d + $0] == rows.base[$0 * 64 + i] } })
    #expect(out.isUntouched(last: 8))
    kernels.outerRows(d, 13, rows.base, rows.base + 20, out.base)
    #expect(
      (0..<13).allSatisfy { i in (0..<d).allSatisfy { out.base[i * d + $0] == rows.base[i] * rows.base[20 + $0] } })
    let distances = AlignedBuffer<Double>((0..<64).map { _ in 0 })
    kernels.squaredDistances(d, 64, rows.base, 64, rows.base + 3, 0.5, distances.base)
    #expect(
      (0..<64).allSatisfy { i in
        distances.base[i]
          == (0..<d).reduce(0) {
            $0 + (rows.base[$1 * 64 + i] - rows.base[3 + $1]) * (rows.base[$1 * 64 + i] - rows.base[3 + $1])
          } / 2
      })
  }
}

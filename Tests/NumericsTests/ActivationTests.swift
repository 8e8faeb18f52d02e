import CSystem
import KernelInterface
import Numerics
import TestSupport
import Testing

/// silu(x) = x l(x) and tanh with two derivatives each against the C library; l is the logistic function. Softplus has
/// tests of its own.
@Suite struct ActivationTests {
  enum Kind: CaseIterable {
    case silu
    case tanh

    var activation: Activation { self == .silu ? .silu : .tanh }
  }

  @Test(arguments: InstructionSet.available, Kind.allCases)
  func doubles(set: InstructionSet, kind: Kind) { Self.check(set.kernels.double, kind) }

  @Test(arguments: InstructionSet.available, Kind.allCases)
  func floats(set: InstructionSet, kind: Kind) { Self.check(set.kernels.float, kind) }

  /// Values are right to 8 units in their last place. Derivatives, in which 1 less the logistic function occurs, are
  /// right to as many units of 1 + |x|.
  private static func check<Number: KernelNumber>(_ kernels: any Kernels<Number>.Type, _ kind: Kind) {
    var points = (-6400...6400).map { Number($0) / 320 }
    points += [1e-30, -1e-30, 1e-8, -1e-5, 80, -80, 1000, -1000, 0, -0.0]
    points += (0..<(64 - points.count % 64) % 64).map { Number($0) }
    let input = AlignedBuffer<Number>(points.map { Double($0) })
    let (h, s, c) = (
      AlignedBuffer<Number>(count: points.count), AlignedBuffer<Number>(count: points.count),
      AlignedBuffer<Number>(count: points.count)
    )
    kernels.activate(kind.activation, points.count, input.base, h.base, s.base, c.base)
    let (ones, u) = (AlignedBuffer<Number>(points.map { _ in 1 }), AlignedBuffer<Number>(count: points.count))
    kernels.layerTop(
      activation: kind.activation, lanes: 64, rows: points.count / 64, v: ones.base, h: h.base, s: s.base, c: c.base,
      u: u.base)
    #expect(points.indices.allSatisfy { u.base[$0] == s.base[$0] })
    var worst = (value: 0.0, slope: 0.0, bend: 0.0)
    for (index, point) in points.enumerated() {
      let x = Double(point)
      let (value, slope, bend): (Double, Double, Double)
      switch kind {
      case .silu:
        let (l, rest) = (1 / (1 + exp(-x)), 1 / (1 + exp(x)))
        (value, slope) = (x * l, l + x * l * rest)
        bend = l * rest * (2 + x * (rest - l))
      case .tanh:
        value = tanh(x)
        slope = 1 / (cosh(x) * cosh(x))
        bend = -2 * value * slope
      }
      // Beyond the range of the exponential, results below 1e-34 in place of smaller numbers are accepted.
      worst.value = max(worst.value, (abs(Double(h.base[index]) - value) - 1e-34) / max(abs(value), 1e-30))
      worst.slope = max(worst.slope, abs(Double(s.base[index]) - slope) / (1 + abs(x)))
      worst.bend = max(worst.bend, abs(Double(c.base[index]) - bend) / (1 + abs(x)))
    }
    let unit = Double(Number.ulpOfOne)
    #expect(worst.value <= 8 * unit)
    #expect(worst.slope <= 8 * unit)
    #expect(worst.bend <= 8 * unit)
  }

  @Test(arguments: InstructionSet.available, Kind.allCases)
  func whatIsNotFiniteBecomesNaN(set: InstructionSet, kind: Kind) {
    let input = AlignedBuffer<Float>((0..<64).map { Double($0) })
    (input.base[3], input.base[7], input.base[9]) = (.nan, .infinity, -.infinity)
    let outputs = (0..<3).map { _ in AlignedBuffer<Float>(count: 64) }
    set.kernels.float.activate(
      kind.activation, 64, input.base, outputs[0].base, outputs[1].base, outputs[2].base)
    for output in outputs.dropLast(kind == .silu ? 0 : 1) {
      #expect((0..<64).allSatisfy { output.base[$0].isNaN == [3, 7, 9].contains($0) })
    }
  }
}

import CSystem
import KernelInterface
import Numerics
import Testing

/// Sums of exponentials over pairs, for every instruction set, against loops in Double.
@Suite struct SoftMinimumTests {
  private static func numbers(_ count: Int, _ stream: UInt64) -> [Double] {
    var random = PhiloxSequence(seed: 12, stream: stream)
    // These numbers are exact in single precision.
    return (0..<count).map { _ in (256 * random.normal()).rounded() / 256 }
  }

  /// s_ij of 4 or 8 rows and 64 or 128 columns, with u and v that keep powers between 2^-90 and 2^20.
  private struct Pairs {
    let (rows, blocks, d): (Int, Int, Int)
    let (x, y, u, v, w): ([Double], [Double], [Double], [Double], [Double])

    init(rows: Int, blocks: Int, d: Int) {
      (self.rows, self.blocks, self.d) = (rows, blocks, d)
      (x, y) = (numbers(rows * d, 1), numbers(blocks * 64 * d, 2))
      (u, v) = (numbers(rows, 3), numbers(blocks * 64, 4))
      w = numbers(blocks * 64, 5)
    }

    func exponent(_ form: PairForm, _ i: Int, _ j: Int) -> Double {
      let (block, lane) = (j / 64, j % 64)
      var (product, square) = (0.0, 0.0)
      for k in 0..<d {
        let (a, b) = (x[i * d + k], y[(block * d + k) * 64 + lane])
        product += a * b
        square += (a - b) * (a - b)
      }
      switch form {
      case .product: return product
      case .squaredDistance: return -square
      case .distance: return -square.squareRoot()
      }
    }
  }

  private static func buffer<Number: KernelNumber>(_ values: [Double], _: Number.Type) -> AlignedBuffer<Number> {
    let buffer = AlignedBuffer<Number>(count: values.count)
    for (index, value) in values.enumerated() { buffer.base[index] = Number(value) }
    return buffer
  }

  /// Relative error of a term: that of 2^t, and ln 2 times the rounding of t, where t and the sums on the way to it
  /// have size |t|.
  private static func check<Number: KernelNumber>(
    _ kernels: any Kernels<Number>.Type, _ set: InstructionSet, _ form: PairForm, _ pairs: Pairs
  ) {
    let unit = Double(Number.ulpOfOne)
    let (x, y) = (buffer(pairs.x, Number.self), buffer(pairs.y, Number.self))
    let (u, v, w) = (buffer(pairs.u, Number.self), buffer(pairs.v, Number.self), buffer(pairs.w, Number.self))
    var sums = [Double](repeating: 0.25, count: pairs.rows)
    kernels.pairSums(
      form: form, rows: pairs.rows, blocks: pairs.blocks, dimension: pairs.d, x: x.base, u: u.base, y: y.base,
      v: v.base, w: w.base, sums: &sums)
    for i in 0..<pairs.rows {
      var (sum, bound) = (0.25, 0.0)
      for j in 0..<pairs.blocks * 64 {
        let exponent = pairs.exponent(form, i, j)
        let term = pairs.w[j] * exp2(pairs.u[i] + pairs.v[j] + exponent)
        sum += term
        let magnitude = 16 + Double(pairs.d) * 4 + abs(exponent) * Double(pairs.d + 2)
        bound += abs(term) * (2 + Double(pairs.blocks) * 4 + magnitude) * unit
      }
      // The sum begins at 0.25, and is added up in double.
      #expect(abs(sums[i] - sum) <= bound + 1e-14, "\(set) \(form) \(Number.self) \(pairs.d)")
    }
  }

  @Test(arguments: InstructionSet.available, PairForm.allCases) func sums(set: InstructionSet, form: PairForm) {
    for d in [1, 2, 3, 10] {
      for (rows, blocks) in [(4, 1), (8, 3), (4, 40)] {
        let pairs = Pairs(rows: rows, blocks: blocks, d: d)
        Self.check(set.kernels.float, set, form, pairs)
        Self.check(set.kernels.double, set, form, pairs)
      }
    }
  }

  @Test(arguments: InstructionSet.available, PairForm.allCases) func powersAndLargest(
    set: InstructionSet, form: PairForm
  ) {
    let pairs = Pairs(rows: 4, blocks: 1, d: 3)
    let (x, y) = (Self.buffer(pairs.x, Double.self), Self.buffer(pairs.y, Double.self))
    let (u, v) = (Self.buffer(pairs.u, Double.self), Self.buffer(pairs.v, Double.self))
    let w = Self.buffer(pairs.w, Double.self)
    let (powers, exponents) = (AlignedBuffer<Double>(count: 256), AlignedBuffer<Double>(count: 256))
    set.kernels.double.pairPowers(
      form: form, dimension: 3, x: x.base, u: u.base, y: y.base, v: v.base, w: w.base, powers: powers.base,
      exponents: exponents.base)
    var largest = [Double](repeating: -1e300, count: 4)
    set.kernels.double.largestExponents(
      form: form, rows: 4, blocks: 1, dimension: 3, x: x.base, y: y.base, v: v.base, largest: &largest)
    for i in 0..<4 {
      var expected = -Double.infinity
      for j in 0..<64 {
        let exponent = pairs.exponent(form, i, j)
        expected = max(expected, pairs.v[j] + exponent)
        let power = pairs.w[j] * exp2(pairs.u[i] + pairs.v[j] + exponent)
        #expect(abs(exponents.base[i * 64 + j] - exponent) <= 1e-14 * (1 + abs(exponent)))
        #expect(abs(powers.base[i * 64 + j] - power) <= 1e-13 * abs(power) * (1 + abs(exponent)))
      }
      #expect(abs(largest[i] - expected) <= 1e-14 * (1 + abs(expected)))
    }
  }

  /// Exponents beyond all bounds neither overflow nor give NaN.
  @Test(arguments: InstructionSet.available) func clamps(set: InstructionSet) {
    for shift in [-1e30, -1e4, 1e4, 1e30] {
      let w = Self.buffer([Double](repeating: 1, count: 64), Float.self)
      let (x, y) = (Self.buffer([0, 0, 0, 0], Float.self), Self.buffer([Double](repeating: 0, count: 64), Float.self))
      let (u, v) = (Self.buffer([shift, 0, 0, 0], Float.self), y)
      var sums = [Double](repeating: 0, count: 4)
      set.kernels.float.pairSums(
        form: .product, rows: 4, blocks: 1, dimension: 1, x: x.base, u: u.base, y: y.base, v: v.base, w: w.base,
        sums: &sums)
      #expect(shift < 0 ? sums[0] < 0x1p-100 && sums[0] > 0 : sums[0] > 0x1p90 && sums[0].isFinite)
      #expect(sums[1] == 64)
    }
  }
}

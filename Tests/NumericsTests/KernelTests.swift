import Numerics
import TestSupport
import Testing

/// Every kernel of every instruction set that this processor has, against loops in Double.
///
/// Operands are multiples of 1/1024 below 8 in size, exact in single precision too, so that only the kernel rounds. A sum
/// of n products computed in any order, fused or not, differs from the exact one by at most n u / (1 - n u) times the sum of
/// absolute values (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1), u = ulpOfOne / 2; the oracle's own sum
/// in Double errs by no more, so that (n + 1) ulpOfOne bounds the two together.
@Suite struct KernelTests {
  private static let room = 64

  private static func numbers(_ count: Int, _ stream: UInt64) -> [Double] {
    var random = PhiloxSequence(seed: 11, stream: stream)
    return (0..<count).map { _ in max(-8, min(8, (1024 * random.normal()).rounded() / 1024)) }
  }

  // MARK: C = A B + bias

  /// Rows around the tiles of 4, depths down to none; A by rows, transposed, and with gaps.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func panelProduct(set: InstructionSet, type: NumberType) {
    for m in [1, 2, 3, 4, 5, 7, 8, 13] {
      for k in [0, 1, 2, 3, 8, 65] {
        for n in [64, 192] {
          for (rowStride, columnStride) in [(k, 1), (1, m), (2 * k + 3, 2)] {
            for biased in [false, true] {
              switch type {
              case .float: Self.checkPanelProduct(Float.variant(set), m, n, k, rowStride, columnStride, biased)
              case .double: Self.checkPanelProduct(Double.variant(set), m, n, k, rowStride, columnStride, biased)
              }
            }
          }
        }
      }
    }
  }

  private static func checkPanelProduct<Number: KernelNumber>(
    _ kernels: KernelVariant<Number>, _ m: Int, _ n: Int, _ k: Int, _ rowStride: Int, _ columnStride: Int,
    _ biased: Bool
  ) {
    let a = numbers((m - 1) * rowStride + k * columnStride + 1, 1)
    let b = numbers(k * n, 2)
    let bias = numbers(m, 3)
    let (left, right) = (AlignedBuffer<Number>(a), AlignedBuffer<Number>(b))
    let (biases, product) = (AlignedBuffer<Number>(bias), AlignedBuffer<Number>(numbers(m * n, 4), room: room))
    kernels.panelProduct(
      m, n, k, left.base, rowStride, columnStride, right.base, product.base, biased ? UnsafePointer(biases.base) : nil)
    var worst = 0.0
    for row in 0..<m {
      for column in 0..<n {
        var sum = biased ? bias[row] : 0
        var magnitude = abs(sum)
        for step in 0..<k {
          let term = a[row * rowStride + step * columnStride] * b[step * n + column]
          sum += term
          magnitude += abs(term)
        }
        let error = abs(Double(product.base[row * n + column]) - sum)
        // Nothing at all was added: the bias, or zero, must be exact.
        worst = max(worst, magnitude == 0 || k == 0 ? (error == 0 ? 0 : .infinity) : error / magnitude)
      }
    }
    #expect(
      worst <= Double(k + 2) * Double(Number.ulpOfOne),
      "m = \(m), n = \(n), k = \(k), strides \(rowStride), \(columnStride)")
    #expect(product.isUntouched(last: room))
  }

  // MARK: C += A B^T

  /// Rows and columns around the tiles of 4 x 4; rows of C with and without a gap, which must stay as it was.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func outerProduct(set: InstructionSet, type: NumberType) {
    for m in [1, 3, 4, 5, 8, 11] {
      for n in [1, 2, 4, 7, 8, 9] {
        for lanes in [64, 128, 320] {
          for stride in [n, n + 3] {
            switch type {
            case .float: Self.checkOuterProduct(Float.variant(set), m, n, lanes, stride)
            case .double: Self.checkOuterProduct(Double.variant(set), m, n, lanes, stride)
            }
          }
        }
      }
    }
  }

  private static func checkOuterProduct<Number: KernelNumber>(
    _ kernels: KernelVariant<Number>, _ m: Int, _ n: Int, _ lanes: Int, _ stride: Int
  ) {
    let (a, b, before) = (numbers(m * lanes, 5), numbers(n * lanes, 6), numbers(m * stride, 7))
    let (left, right) = (AlignedBuffer<Number>(a), AlignedBuffer<Number>(b))
    let sums = AlignedBuffer<Number>(before, room: room)
    kernels.outerProduct(m, n, lanes, left.base, right.base, sums.base, stride)
    var worst = 0.0
    for row in 0..<m {
      for column in 0..<stride {
        var sum = before[row * stride + column]
        var magnitude = abs(sum)
        if column < n {
          for lane in 0..<lanes {
            let term = a[row * lanes + lane] * b[column * lanes + lane]
            sum += term
            magnitude += abs(term)
          }
        }
        let error = abs(Double(sums.base[row * stride + column]) - sum)
        worst = max(worst, column < n ? error / magnitude : (error == 0 ? 0 : .infinity))
      }
    }
    #expect(
      worst <= Double(lanes + 2) * Double(Number.ulpOfOne),
      "m = \(m), n = \(n), lanes = \(lanes), stride = \(stride)")
    #expect(sums.isUntouched(last: room))
  }

  // MARK: Elementwise

  /// One rounding of the product.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func hadamard(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.checkHadamard(Float.variant(set))
    case .double: Self.checkHadamard(Double.variant(set))
    }
  }

  private static func checkHadamard<Number: KernelNumber>(_ kernels: KernelVariant<Number>) {
    for count in [64, 320] {
      let (a, b) = (AlignedBuffer<Number>(numbers(count, 8)), AlignedBuffer<Number>(numbers(count, 9)))
      let out = AlignedBuffer<Number>(numbers(count, 10), room: room)
      kernels.hadamard(count, a.base, b.base, out.base)
      #expect((0..<count).allSatisfy { out.base[$0] == a.base[$0] * b.base[$0] })
      #expect(out.isUntouched(last: room))
    }
  }

  /// out = v s (1 - s) t + out s: five roundings of terms bounded by |v s (1 - s) t| + |out s|, and 1 - s with s within
  /// [0, 1] rounds once; six half ulps and one for the oracle.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func activationAdjoint(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.checkActivationAdjoint(Float.variant(set))
    case .double: Self.checkActivationAdjoint(Double.variant(set))
    }
  }

  private static func checkActivationAdjoint<Number: KernelNumber>(_ kernels: KernelVariant<Number>) {
    for count in [64, 320] {
      let slopes = numbers(count, 11).map { abs($0) / 8 }
      let (adjoints, tangents, before) = (numbers(count, 12), numbers(count, 13), numbers(count, 14))
      let (v, s, t) = (AlignedBuffer<Number>(adjoints), AlignedBuffer<Number>(slopes), AlignedBuffer<Number>(tangents))
      let out = AlignedBuffer<Number>(before, room: room)
      kernels.activationAdjoint(count, v.base, s.base, t.base, out.base)
      var worst = 0.0
      for index in 0..<count {
        let curved = adjoints[index] * slopes[index] * (1 - slopes[index]) * tangents[index]
        let passed = before[index] * slopes[index]
        let error = abs(Double(out.base[index]) - (curved + passed))
        let magnitude = abs(curved) + abs(passed)
        worst = max(worst, magnitude > 0 ? error / magnitude : (error == 0 ? 0 : .infinity))
      }
      #expect(worst <= 4 * Double(Number.ulpOfOne))
      #expect(out.isUntouched(last: room))
    }
  }

  // MARK: The table

  @Test func theBestVariantIsInUse() {
    #expect(InstructionSet.available.contains(.baseline))
    #expect(InstructionSet.available.contains(InstructionSet.current))
  }
}

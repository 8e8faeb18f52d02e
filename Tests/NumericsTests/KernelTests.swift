import KernelInterface
import Numerics
import TestSupport
import Testing

/// Every kernel of every instruction set that this processor has, against loops in Double.
///
/// Operands are multiples of 1/1024 below 8 in size, exact in single precision too, so that only the kernel rounds. A
/// sum of n products computed in any order, fused or not, differs from the exact one by at most n u / (1 - n u) times
/// the sum of absolute values (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1), u = ulpOfOne / 2;
/// the oracle's own sum in Double errs by no more, so that (n + 1) ulpOfOne bounds the two together.
@Suite struct KernelTests {
  private static let room = 64

  private static func numbers(_ count: Int, _ stream: UInt64) -> [Double] {
    var random = PhiloxSequence(seed: 11, stream: stream)
    return (0..<count).map { _ in max(-8, min(8, (1024 * random.normal()).rounded() / 1024)) }
  }

  // MARK: C = A B + bias

  /// Row counts around the tiles of 4, and depths down to none. A lies by rows, transposed, and with gaps.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func panelProduct(set: InstructionSet, type: NumberType) {
    for m in [1, 2, 3, 4, 5, 7, 8, 13] {
      for k in [0, 1, 2, 3, 8, 65] {
        for n in [64, 192] {
          for (rowStride, columnStride) in [(k, 1), (1, m), (2 * k + 3, 2)] {
            for biased in [false, true] {
              switch type {
              case .float: Self.checkPanelProduct(set.kernels.float, m, n, k, rowStride, columnStride, biased)
              case .double: Self.checkPanelProduct(set.kernels.double, m, n, k, rowStride, columnStride, biased)
              }
            }
          }
        }
      }
    }
  }

  private static func checkPanelProduct<Number: KernelNumber>(
    _ kernels: any Kernels<Number>.Type, _ m: Int, _ n: Int, _ k: Int, _ rowStride: Int, _ columnStride: Int,
    _ biased: Bool
  ) {
    let a = numbers((m - 1) * rowStride + k * columnStride + 1, 1)
    let b = numbers(k * n, 2)
    let bias = numbers(m, 3)
    let (left, right) = (AlignedBuffer<Number>(a), AlignedBuffer<Number>(b))
    let (biases, product) = (AlignedBuffer<Number>(bias), AlignedBuffer<Number>(numbers(m * n, 4), room: room))
    kernels.panelProduct(
      rows: m, columns: n, depth: k, a: left.base, rowStride: rowStride, columnStride: columnStride, b: right.base,
      bias: biased ? UnsafePointer(biases.base) : nil, c: product.base)
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
        // Nothing was added, so the bias, or zero, must be exact.
        worst = max(worst, magnitude == 0 || k == 0 ? (error == 0 ? 0 : .infinity) : error / magnitude)
      }
    }
    #expect(
      worst <= Double(k + 2) * Double(Number.ulpOfOne),
      "m = \(m), n = \(n), k = \(k), strides \(rowStride), \(columnStride)")
    #expect(product.isUntouched(last: room))
  }

  // MARK: C += A B^T

  /// Row and column counts around the tiles of 4 x 4. Rows of C lie with and without a gap, which must stay as it was.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func outerProduct(set: InstructionSet, type: NumberType) {
    for m in [1, 3, 4, 5, 8, 11] {
      for n in [1, 2, 4, 7, 8, 9] {
        for lanes in [64, 128, 320] {
          for stride in [n, n + 3] {
            switch type {
            case .float: Self.checkOuterProduct(set.kernels.float, m, n, lanes, stride)
            case .double: Self.checkOuterProduct(set.kernels.double, m, n, lanes, stride)
            }
          }
        }
      }
    }
  }

  private static func checkOuterProduct<Number: KernelNumber>(
    _ kernels: any Kernels<Number>.Type, _ m: Int, _ n: Int, _ lanes: Int, _ stride: Int
  ) {
    let (a, b, before) = (numbers(m * lanes, 5), numbers(n * lanes, 6), numbers(m * stride, 7))
    let (left, right) = (AlignedBuffer<Number>(a), AlignedBuffer<Number>(b))
    let sums = AlignedBuffer<Number>(before, room: room)
    kernels.outerProduct(rows: m, columns: n, lanes: lanes, a: left.base, b: right.base, c: sums.base, stride: stride)
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

  /// The product has one rounding.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func hadamard(set: InstructionSet, type: NumberType) {
    switch type {
    case .float: Self.checkHadamard(set.kernels.float)
    case .double: Self.checkHadamard(set.kernels.double)
    }
  }

  private static func checkHadamard<Number: KernelNumber>(_ kernels: any Kernels<Number>.Type) {
    for count in [64, 320] {
      let (a, b) = (AlignedBuffer<Number>(numbers(count, 8)), AlignedBuffer<Number>(numbers(count, 9)))
      let out = AlignedBuffer<Number>(numbers(count, 10), room: room)
      kernels.hadamard(count: count, a: a.base, b: b.base, out: out.base)
      #expect((0..<count).allSatisfy { out.base[$0] == a.base[$0] * b.base[$0] })
      #expect(out.isUntouched(last: room))
    }
  }

  // MARK: Layers

  /// Layers against the product by itself, whose numbers are the same to the last bit, and the activation of these. Row
  /// counts around the tiles of 4, depths down to one.
  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func layers(set: InstructionSet, type: NumberType) {
    for (m, k) in [(1, 1), (2, 7), (4, 3), (5, 8), (7, 1), (12, 65)] {
      for kind in Activation.allCases {
        switch type {
        case .float: Self.checkLayer(set.kernels.float, kind, m, k)
        case .double: Self.checkLayer(set.kernels.double, kind, m, k)
        }
      }
    }
  }

  private static func checkLayer<Number: KernelNumber>(
    _ kernels: any Kernels<Number>.Type, _ kind: Activation, _ m: Int, _ k: Int
  ) {
    let count = 64 * m
    let (w, bias) = (AlignedBuffer<Number>(numbers(m * k, 21)), AlignedBuffer<Number>(numbers(m, 22)))
    let (below, other) = (AlignedBuffer<Number>(numbers(64 * k, 23)), AlignedBuffer<Number>(numbers(count, 24)))
    let outputs = (0..<4).map { AlignedBuffer<Number>(numbers(count, 30 + UInt64($0)), room: room) }
    let (product, plain) = (AlignedBuffer<Number>(count: count), AlignedBuffer<Number>(numbers(count, 25)))
    let values = (0..<3).map { _ in AlignedBuffer<Number>(count: count) }
    func all(_ condition: (Int) -> Bool) -> Bool { (0..<count).allSatisfy(condition) }
    func refill() { for (place, value) in numbers(count, 30).enumerated() { outputs[0].base[place] = Number(value) } }
    withExtendedLifetime((w, bias, below, other, outputs, product, plain, values)) {
      // Forward.
      kernels.panelProduct(
        rows: m, columns: 64, depth: k, a: w.base, rowStride: k, columnStride: 1, b: below.base, bias: bias.base,
        c: product.base)
      kernels.activate(kind, count, product.base, values[0].base, values[1].base, values[2].base)
      kernels.layerForward(
        activation: kind, lanes: 64, rows: m, depth: k, w: w.base, bias: bias.base, below: below.base,
        h: outputs[0].base, s: outputs[1].base, c: outputs[2].base)
      #expect(all { outputs[0].base[$0] == values[0].base[$0] && outputs[1].base[$0] == values[1].base[$0] })
      #expect(all { kind != .silu || outputs[2].base[$0] == values[2].base[$0] })
      // For few particles results are the same, and no others are written.
      let lanes = 64 / MemoryLayout<Number>.stride * (kind == .softplus ? 1 : kind == .silu ? 2 : 3)
      let unused = numbers(count, 40).map { Number($0) }
      let few = (0..<3).map { _ in AlignedBuffer<Number>(numbers(count, 40)) }
      kernels.layerForward(
        activation: kind, lanes: lanes, rows: m, depth: k, w: w.base, bias: bias.base, below: below.base,
        h: few[0].base, s: few[1].base, c: few[2].base)
      #expect(
        all {
          few[0].base[$0] == ($0 % 64 < lanes ? values[0].base[$0] : unused[$0])
            && few[1].base[$0] == ($0 % 64 < lanes ? values[1].base[$0] : unused[$0])
        })
      // Backward: W is stored k x m.
      kernels.panelProduct(
        rows: m, columns: 64, depth: k, a: w.base, rowStride: 1, columnStride: m, b: below.base, bias: nil,
        c: product.base)
      func bend(_ index: Int) -> Number {
        let slope = plain.base[index]
        switch kind {
        case .silu: return Number(numbers(count, 30)[index])
        case .tanh: return -2 * other.base[index] * slope
        // Operands are multiples of 1/1024 below 8, whose products are exact.
        case .softplus: return slope - slope * slope
        }
      }
      let bends = (0..<count).map(bend)
      func isBent(_ index: Int, _ v: Number) -> Bool {
        abs(outputs[0].base[index] - v * bends[index]) <= 4 * Number.ulpOfOne * abs(v * bends[index])
      }
      refill()
      kernels.layerBackward(
        activation: kind, lanes: 64, rows: m, depth: k, w: w.base, above: below.base, h: other.base, s: plain.base,
        c: outputs[0].base, u: outputs[1].base)
      #expect(all { outputs[1].base[$0] == product.base[$0] * plain.base[$0] && isBent($0, product.base[$0]) })
      refill()
      kernels.layerTop(
        activation: kind, lanes: 64, rows: m, v: bias.base, h: other.base, s: plain.base, c: outputs[0].base,
        u: outputs[1].base)
      #expect(all { outputs[1].base[$0] == bias.base[$0 / 64] * plain.base[$0] && isBent($0, bias.base[$0 / 64]) })
      // Tangent.
      kernels.panelProduct(
        rows: m, columns: 64, depth: k, a: w.base, rowStride: k, columnStride: 1, b: below.base, bias: nil,
        c: product.base)
      kernels.layerTangent(
        lanes: 64, rows: m, depth: k, w: w.base, below: below.base, s: plain.base, c: other.base, k: outputs[0].base,
        q: outputs[1].base)
      #expect(all { outputs[0].base[$0] == product.base[$0] * plain.base[$0] })
      #expect(all { outputs[1].base[$0] == product.base[$0] * other.base[$0] })
      kernels.layerShared(
        rows: m, e: bias.base, f: w.base, a: below.base, b: below.base, s: plain.base, c: other.base,
        k: outputs[0].base, q: outputs[1].base)
      #expect(
        all {
          let (share, terms) = (below.base[$0 % 64], (bias.base[$0 / 64], w.base[$0 / 64]))
          let (t, size) = (terms.0 * share + terms.1 * share, (abs(terms.0) + abs(terms.1)) * abs(share))
          let bound = 4 * Number.ulpOfOne * size
          return abs(outputs[0].base[$0] - t * plain.base[$0]) <= bound * abs(plain.base[$0])
            && abs(outputs[1].base[$0] - t * other.base[$0]) <= bound * abs(other.base[$0])
        })
      // Adjoint.
      kernels.panelProduct(
        rows: m, columns: 64, depth: k, a: w.base, rowStride: 1, columnStride: m, b: below.base, bias: nil,
        c: product.base)
      let before = numbers(count, 33)
      for (place, value) in before.enumerated() { outputs[3].base[place] = Number(value) }
      kernels.layerAdjoint(
        lanes: 64, rows: m, depth: k, w: w.base, above: below.base, s: plain.base, q: outputs[3].base)
      #expect(
        all {
          let term = Double(product.base[$0]) * Double(plain.base[$0])
          let bound = 2 * Double(Number.ulpOfOne) * (abs(before[$0]) + abs(term))
          return abs(Double(outputs[3].base[$0]) - before[$0] - term) <= bound
        })
    }
    #expect(outputs.allSatisfy { $0.isUntouched(last: room) })
  }

  // MARK: Sums over blocks of 64 particles

  @Test(arguments: InstructionSet.available, NumberType.allCases)
  func blocks(set: InstructionSet, type: NumberType) {
    for (m, n) in [(1, 1), (3, 2), (4, 1), (5, 9), (8, 4), (5, 6), (4, 7), (13, 38), (6, 64), (9, 83), (4, 129)] {
      for blocks in 1...3 {
        switch type {
        case .float: Self.checkBlocks(set.kernels.float, m, n, blocks)
        case .double: Self.checkBlocks(set.kernels.double, m, n, blocks)
        }
      }
    }
  }

  private static func checkBlocks<Number: KernelNumber>(
    _ kernels: any Kernels<Number>.Type, _ m: Int, _ n: Int, _ blocks: Int
  ) {
    let lanes = 64 * blocks
    let (u, q) = (numbers(m * lanes, 5), numbers(m * lanes, 6))
    let (k, h) = (numbers(n * lanes, 7), numbers(n * lanes, 8))
    let stride = n + 2
    let before = numbers(m * stride, 9)
    let sums = AlignedBuffer<Number>(before, room: room)
    let panels = [u, k, q, h].map { AlignedBuffer<Number>($0) }
    let transposed = AlignedBuffer<Number>(numbers(128 * ((n + 63) / 64 * 64), 12), room: room)
    // Both products at once, and one after the other.
    let apart = AlignedBuffer<Number>(before, room: room)
    withExtendedLifetime(panels) {
      kernels.twoOuterProducts(
        rows: m, columns: n, blocks: blocks, u: panels[0].base, k: panels[1].base, q: panels[2].base, h: panels[3].base,
        c: sums.base, stride: stride, room: transposed.base)
      for first in [0, 2] {
        kernels.twoOuterProducts(
          rows: m, columns: n, blocks: blocks, u: panels[first].base, k: panels[first + 1].base, q: nil, h: nil,
          c: apart.base, stride: stride, room: transposed.base)
      }
    }
    var worst = 0.0
    func place(_ row: Int, _ rows: Int, _ lane: Int) -> Int { (lane / 64 * rows + row) * 64 + lane % 64 }
    for row in 0..<m {
      for column in 0..<stride {
        var sum = before[row * stride + column]
        var magnitude = abs(sum)
        if column < n {
          for lane in 0..<lanes {
            let (left, right) = (place(row, m, lane), place(column, n, lane))
            sum += u[left] * k[right] + q[left] * h[right]
            magnitude += abs(u[left] * k[right]) + abs(q[left] * h[right])
          }
        }
        for result in [sums, apart] {
          worst = max(worst, abs(Double(result.base[row * stride + column]) - sum) / magnitude)
        }
      }
    }
    #expect(worst <= Double(2 * lanes + 3) * Double(Number.ulpOfOne))
    let shares = (AlignedBuffer<Number>(numbers(lanes, 13)), AlignedBuffer<Number>(numbers(lanes, 14)))
    let shared = (AlignedBuffer<Number>(numbers(m, 10), room: room), AlignedBuffer<Number>(numbers(m, 10), room: room))
    withExtendedLifetime((panels, shares)) {
      kernels.sharedSums(
        rows: m, blocks: blocks, u: panels[0].base, a: shares.0.base, b: shares.1.base, sumsA: shared.0.base,
        sumsB: shared.1.base)
    }
    for (share, result) in [(numbers(lanes, 13), shared.0), (numbers(lanes, 14), shared.1)] {
      for row in 0..<m {
        let terms = (0..<lanes).map { share[$0] * u[place(row, m, $0)] } + [numbers(m, 10)[row]]
        let error = abs(Double(result.base[row]) - terms.reduce(0, +))
        #expect(error <= Double(lanes + 2) * Double(Number.ulpOfOne) * terms.reduce(0) { $0 + abs($1) })
      }
      #expect(result.isUntouched(last: room))
    }
    let totals = AlignedBuffer<Number>(numbers(m, 10), room: room)
    withExtendedLifetime(panels) { kernels.rowSums(rows: m, blocks: blocks, a: panels[0].base, sums: totals.base) }
    for row in 0..<m {
      let terms = (0..<lanes).map { u[place(row, m, $0)] } + [numbers(m, 10)[row]]
      let error = abs(Double(totals.base[row]) - terms.reduce(0, +))
      #expect(error <= Double(lanes + 2) * Double(Number.ulpOfOne) * terms.reduce(0) { $0 + abs($1) })
    }
    #expect([sums, apart, totals, transposed].allSatisfy { $0.isUntouched(last: room) })
  }

  // MARK: The table

  @Test func theBestVariantIsInUse() {
    #expect(InstructionSet.available.contains(.baseline))
    #expect(InstructionSet.available.contains(InstructionSet.current))
  }
}

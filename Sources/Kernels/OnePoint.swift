import KernelInterface

// A layer of a network for one particle, with vectors along its outputs instead of along particles: 64 outputs take 8
// vectors, where a block with one particle takes 64 that are mostly empty. Every number is summed in the order of
// `product`, so that a particle has the same bits alone and among others.

extension DoubleVariant {
  static func onePointForward(
    activation: Activation, width n: Int, depth k: Int, a: Input, bias: Input, x: Input, h: Output, s: Output
  ) {
    switch activation {
    case .silu: columns(n, k, a, x, bias, OnePointActivated<SiLU>(h: h, s: s))
    case .tanh: columns(n, k, a, x, bias, OnePointActivated<HyperbolicTangent>(h: h, s: s))
    case .softplus: columns(n, k, a, x, bias, OnePointActivated<Softplus>(h: h, s: s))
    }
  }

  static func onePointBackward(width n: Int, depth k: Int, a: Input, x: Input, s: Input?, u: Output) {
    if let s {
      columns(n, k, a, x, nil, OnePointReturned(s: s, u: u))
    } else {
      columns(n, k, a, x, nil, Stored<V>(u))
    }
  }

  static func onePointProduct(count: Int, a: Input, b: Input, out: Output) {
    var index = 0
    while index < count {
      (V(at: a + index) * V(at: b + index)).store(at: out + index)
      index += V.count
    }
  }

  static func onePointSum(count: Int, a: Input, b: Input, start: Double) -> Double {
    // One lane of a vector, because a fused operation on a number alone would call the C library where the processor
    // has none.
    var sum = V(repeating: start)
    for index in 0..<count { sum.add(V(repeating: a[index]), times: V(repeating: b[index])) }
    return sum[0]
  }

  /// c_j = start_j + sum_i a_ij x_i for n columns, given to `end`: eight vectors at a time, so that additions need not
  /// wait for each other.
  @inline(__always)
  private static func columns<End: ProductEnd>(
    _ n: Int, _ k: Int, _ a: Input, _ x: Input, _ start: Input?, _ end: End
  ) where End.V == V {
    let size = V.count
    var column = 0
    @inline(__always) func begin(_ vector: Int) -> V {
      start.map { V(at: $0 + column + vector * size) } ?? V(repeating: 0)
    }
    while column + 8 * size <= n {
      var (c0, c1, c2, c3) = (begin(0), begin(1), begin(2), begin(3))
      var (c4, c5, c6, c7) = (begin(4), begin(5), begin(6), begin(7))
      var row = a + column
      for step in 0..<k {
        let factor = V(repeating: x[step])
        c0.add(V(at: row), times: factor)
        c1.add(V(at: row + size), times: factor)
        c2.add(V(at: row + 2 * size), times: factor)
        c3.add(V(at: row + 3 * size), times: factor)
        c4.add(V(at: row + 4 * size), times: factor)
        c5.add(V(at: row + 5 * size), times: factor)
        c6.add(V(at: row + 6 * size), times: factor)
        c7.add(V(at: row + 7 * size), times: factor)
        row += n
      }
      end.take(c0, at: column)
      end.take(c1, at: column + size)
      end.take(c2, at: column + 2 * size)
      end.take(c3, at: column + 3 * size)
      end.take(c4, at: column + 4 * size)
      end.take(c5, at: column + 5 * size)
      end.take(c6, at: column + 6 * size)
      end.take(c7, at: column + 7 * size)
      column += 8 * size
    }
    while column < n {
      var sum = begin(0)
      for step in 0..<k { sum.add(V(at: a + (step * n + column)), times: V(repeating: x[step])) }
      end.take(sum, at: column)
      column += size
    }
  }
}

/// Sets h and s.
private struct OnePointActivated<F: ActivationFunction>: ProductEnd {
  typealias V = DoubleLanes
  let h: UnsafeMutablePointer<Double>
  let s: UnsafeMutablePointer<Double>

  @inline(__always) func take(_ a: V, at place: Int) {
    let values = F.evaluate(a)
    values.h.store(at: h + place)
    values.s.store(at: s + place)
  }
}

/// Sets u = v s.
private struct OnePointReturned: ProductEnd {
  typealias V = DoubleLanes
  let s: UnsafePointer<Double>
  let u: UnsafeMutablePointer<Double>

  @inline(__always) func take(_ v: V, at place: Int) { (v * V(at: s + place)).store(at: u + place) }
}

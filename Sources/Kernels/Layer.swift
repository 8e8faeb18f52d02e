import KernelInterface

// A layer of a network on the first `lanes` particles of a block of 64, a multiple of 64 bytes: a product, and the
// activation, which is applied to each of its numbers while they are in registers. Formulas and names are those of
// Sources/Energies/Network/NetworkPass.swift.

/// Sets h, s and, where it is kept, c from a = product.
private struct Activated<V: Lanes, F: ActivationFunction>: ProductEnd {
  let h: UnsafeMutablePointer<V.Scalar>
  let s: UnsafeMutablePointer<V.Scalar>
  let c: UnsafeMutablePointer<V.Scalar>

  @inline(__always) func take(_ a: V, at place: Int) {
    let values = F.evaluate(a)
    values.h.store(at: h + place)
    values.s.store(at: s + place)
    if F.keepsBend { values.c.store(at: c + place) }
  }
}

/// Sets u = v s, and c to v times the second derivative, from v = product.
private struct Returned<V: Lanes, F: ActivationFunction>: ProductEnd {
  let h: UnsafePointer<V.Scalar>
  let s: UnsafePointer<V.Scalar>
  let c: UnsafeMutablePointer<V.Scalar>
  let u: UnsafeMutablePointer<V.Scalar>

  @inline(__always) func take(_ v: V, at place: Int) {
    let slope = V(at: s + place)
    (v * F.bend(h + place, slope, c + place)).store(at: c + place)
    (v * slope).store(at: u + place)
  }
}

/// Sets k = s t and q = c t from t = product.
private struct Along<V: Lanes>: ProductEnd {
  let s: UnsafePointer<V.Scalar>
  let c: UnsafePointer<V.Scalar>
  let k: UnsafeMutablePointer<V.Scalar>
  let q: UnsafeMutablePointer<V.Scalar>

  @inline(__always) func take(_ t: V, at place: Int) {
    (t * V(at: s + place)).store(at: k + place)
    (t * V(at: c + place)).store(at: q + place)
  }
}

/// Adds r s to q, from r = product.
private struct Gathered<V: Lanes>: ProductEnd {
  let s: UnsafePointer<V.Scalar>
  let q: UnsafeMutablePointer<V.Scalar>

  @inline(__always) func take(_ r: V, at place: Int) {
    V.fused(r, V(at: s + place), V(at: q + place)).store(at: q + place)
  }
}

extension LaneKernels {
  @inline(__always)
  static func layerForward(
    activation: Activation, lanes: Int, rows m: Int, depth k: Int, w: Input, bias: Input, below: Input, h: Output,
    s: Output,
    c: Output
  ) {
    // Each activation has a loop of its own, into which it is inlined.
    switch activation {
    case .silu: product(V.self, m, 64, lanes, k, w, k, 1, below, bias, Activated<V, SiLU>(h: h, s: s, c: c))
    case .tanh:
      product(V.self, m, 64, lanes, k, w, k, 1, below, bias, Activated<V, HyperbolicTangent>(h: h, s: s, c: c))
    case .softplus: product(V.self, m, 64, lanes, k, w, k, 1, below, bias, Activated<V, Softplus>(h: h, s: s, c: c))
    }
  }

  @inline(__always)
  static func layerBackward(
    activation: Activation, lanes: Int, rows m: Int, depth k: Int, w: Input, above: Input, h: Input, s: Input,
    c: Output,
    u: Output
  ) {
    switch activation {
    case .silu: product(V.self, m, 64, lanes, k, w, 1, m, above, nil, Returned<V, SiLU>(h: h, s: s, c: c, u: u))
    case .tanh:
      product(V.self, m, 64, lanes, k, w, 1, m, above, nil, Returned<V, HyperbolicTangent>(h: h, s: s, c: c, u: u))
    case .softplus: product(V.self, m, 64, lanes, k, w, 1, m, above, nil, Returned<V, Softplus>(h: h, s: s, c: c, u: u))
    }
  }

  @inline(__always)
  static func layerTop(
    activation: Activation, lanes: Int, rows: Int, v: Input, h: Input, s: Input, c: Output, u: Output
  ) {
    switch activation {
    case .silu: top(lanes, rows, v, Returned<V, SiLU>(h: h, s: s, c: c, u: u))
    case .tanh: top(lanes, rows, v, Returned<V, HyperbolicTangent>(h: h, s: s, c: c, u: u))
    case .softplus: top(lanes, rows, v, Returned<V, Softplus>(h: h, s: s, c: c, u: u))
    }
  }
}

/// The last layer in the backward sweep, where v is one number per row.
@inline(__always)
private func top<V: Lanes, F: ActivationFunction>(
  _ lanes: Int, _ rows: Int, _ v: UnsafePointer<V.Scalar>, _ end: Returned<V, F>
) {
  for row in 0..<rows {
    let adjoint = V(repeating: v[row])
    var index = 64 * row
    while index < 64 * row + lanes {
      end.take(adjoint, at: index)
      index += V.count
    }
  }
}

extension LaneKernels {
  @inline(__always)
  static func layerTangent(
    lanes: Int, rows m: Int, depth: Int, w: Input, below: Input, s: Input, c: Input, k: Output, q: Output
  ) { product(V.self, m, 64, lanes, depth, w, depth, 1, below, nil, Along<V>(s: s, c: c, k: k, q: q)) }

  @inline(__always)
  static func layerAdjoint(lanes: Int, rows m: Int, depth k: Int, w: Input, above: Input, s: Input, q: Output) {
    product(V.self, m, 64, lanes, k, w, 1, m, above, nil, Gathered<V>(s: s, q: q))
  }

  /// The tangent of the first layer where all particles have directions share_a A + share_b B with common A and B. The
  /// columns are e = W A and f = W B, and the rows a and b hold the shares.
  @inline(__always)
  static func layerShared(
    rows: Int, e: Input, f: Input, a: Input, b: Input, s: Input, c: Input, k: Output, q: Output
  ) {
    let end = Along<V>(s: s, c: c, k: k, q: q)
    for row in 0..<rows {
      let (left, right) = (V(repeating: e[row]), V(repeating: f[row]))
      var lane = 0
      while lane < 64 {
        end.take(V.fused(left, V(at: a + lane), right * V(at: b + lane)), at: 64 * row + lane)
        lane += V.count
      }
    }
  }

  /// Both sums of a row in one pass over it.
  @inline(__always)
  static func sharedSums(rows: Int, blocks: Int, u: Input, a: Input, b: Input, sumsA: Output, sumsB: Output) {
    for row in 0..<rows {
      // Each sum has two chains of additions.
      var (x0, x1, y0, y1) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
      for block in 0..<blocks {
        let values = u + (block * rows + row) * 64
        let (left, right) = (a + block * 64, b + block * 64)
        var lane = 0
        while lane < 64 {
          let (v0, v1) = (V(at: values + lane), V(at: values + lane + V.count))
          x0.add(v0, times: V(at: left + lane))
          x1.add(v1, times: V(at: left + lane + V.count))
          y0.add(v0, times: V(at: right + lane))
          y1.add(v1, times: V(at: right + lane + V.count))
          lane += 2 * V.count
        }
      }
      let totals = V.totals(x0, x1, y0, y1)
      sumsA[row] += totals[0] + totals[1]
      sumsB[row] += totals[2] + totals[3]
    }
  }
}

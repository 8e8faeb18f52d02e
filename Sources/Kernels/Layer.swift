// A layer of a network on the first `lanes` particles of a block of 64, a multiple of 64 bytes: a product, and the
// activation, which is applied to each of its numbers while they are in registers. Formulas and names are those of
// Sources/Energies/Network/NetworkPass.swift. kind: 0 softplus, 1 silu, 2 tanh.

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

@inline(__always)
private func layerForward<V: Lanes>(
  _: V.Type, _ kind: Int, _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<V.Scalar>,
  _ bias: UnsafePointer<V.Scalar>,
  _ below: UnsafePointer<V.Scalar>, _ h: UnsafeMutablePointer<V.Scalar>, _ s: UnsafeMutablePointer<V.Scalar>,
  _ c: UnsafeMutablePointer<V.Scalar>
) {
  // Each kind has a loop of its own, into which its activation is inlined.
  switch kind {
  case 1: panelProduct(V.self, m, 64, lanes, k, w, k, 1, below, bias, Activated<V, SiLU>(h: h, s: s, c: c))
  case 2: panelProduct(V.self, m, 64, lanes, k, w, k, 1, below, bias, Activated<V, HyperbolicTangent>(h: h, s: s, c: c))
  default: panelProduct(V.self, m, 64, lanes, k, w, k, 1, below, bias, Activated<V, Softplus>(h: h, s: s, c: c))
  }
}

@inline(__always)
private func layerBackward<V: Lanes>(
  _: V.Type, _ kind: Int, _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<V.Scalar>,
  _ above: UnsafePointer<V.Scalar>,
  _ h: UnsafePointer<V.Scalar>, _ s: UnsafePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>,
  _ u: UnsafeMutablePointer<V.Scalar>
) {
  switch kind {
  case 1: panelProduct(V.self, m, 64, lanes, k, w, 1, m, above, nil, Returned<V, SiLU>(h: h, s: s, c: c, u: u))
  case 2:
    panelProduct(V.self, m, 64, lanes, k, w, 1, m, above, nil, Returned<V, HyperbolicTangent>(h: h, s: s, c: c, u: u))
  default: panelProduct(V.self, m, 64, lanes, k, w, 1, m, above, nil, Returned<V, Softplus>(h: h, s: s, c: c, u: u))
  }
}

@inline(__always)
private func layerTop<V: Lanes>(
  _: V.Type, _ kind: Int, _ lanes: Int, _ rows: Int, _ v: UnsafePointer<V.Scalar>, _ h: UnsafePointer<V.Scalar>,
  _ s: UnsafePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>, _ u: UnsafeMutablePointer<V.Scalar>
) {
  switch kind {
  case 1: layerTop(lanes, rows, v, Returned<V, SiLU>(h: h, s: s, c: c, u: u))
  case 2: layerTop(lanes, rows, v, Returned<V, HyperbolicTangent>(h: h, s: s, c: c, u: u))
  default: layerTop(lanes, rows, v, Returned<V, Softplus>(h: h, s: s, c: c, u: u))
  }
}

/// The last layer in the backward sweep, where v is one number per row.
@inline(__always)
private func layerTop<V: Lanes, F: ActivationFunction>(
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

/// The tangent of the first layer where all particles have directions share_a a + share_b b with common a and b: t = (W
/// a) share_a + (W b) share_b. e = W a and f = W b are given.
@inline(__always)
private func layerShared<V: Lanes>(
  _: V.Type, _ rows: Int, _ e: UnsafePointer<V.Scalar>, _ f: UnsafePointer<V.Scalar>,
  _ shares: (UnsafePointer<V.Scalar>, UnsafePointer<V.Scalar>), _ s: UnsafePointer<V.Scalar>,
  _ c: UnsafePointer<V.Scalar>, _ k: UnsafeMutablePointer<V.Scalar>, _ q: UnsafeMutablePointer<V.Scalar>
) {
  let end = Along<V>(s: s, c: c, k: k, q: q)
  for row in 0..<rows {
    let (left, right) = (V(repeating: e[row]), V(repeating: f[row]))
    var lane = 0
    while lane < 64 {
      end.take(V.fused(left, V(at: shares.0 + lane), right * V(at: shares.1 + lane)), at: 64 * row + lane)
      lane += V.count
    }
  }
}

/// first_r += the sum of row r of a panel in blocks, times one row of shares per block; second_r likewise, with
/// another.
@inline(__always)
private func sharedSums<V: Lanes>(
  _: V.Type, _ rows: Int, _ blocks: Int, _ a: UnsafePointer<V.Scalar>, _ one: UnsafePointer<V.Scalar>,
  _ other: UnsafePointer<V.Scalar>, _ first: UnsafeMutablePointer<V.Scalar>, _ second: UnsafeMutablePointer<V.Scalar>
) {
  for row in 0..<rows {
    // Each sum has two chains of additions.
    var (x0, x1, y0, y1) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    for block in 0..<blocks {
      let values = a + (block * rows + row) * 64
      let (left, right) = (one + block * 64, other + block * 64)
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
    first[row] += totals[0] + totals[1]
    second[row] += totals[2] + totals[3]
  }
}

// The entry points: one per type.

public func layerForwardFloat(
  _ kind: Int, _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
  _ below: UnsafePointer<Float>, _ h: UnsafeMutablePointer<Float>, _ s: UnsafeMutablePointer<Float>,
  _ c: UnsafeMutablePointer<Float>
) { layerForward(FloatLanes.self, kind, lanes, m, k, w, bias, below, h, s, c) }

public func layerForwardDouble(
  _ kind: Int, _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Double>, _ bias: UnsafePointer<Double>,
  _ below: UnsafePointer<Double>, _ h: UnsafeMutablePointer<Double>, _ s: UnsafeMutablePointer<Double>,
  _ c: UnsafeMutablePointer<Double>
) { layerForward(DoubleLanes.self, kind, lanes, m, k, w, bias, below, h, s, c) }

public func layerBackwardFloat(
  _ kind: Int, _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Float>, _ above: UnsafePointer<Float>,
  _ h: UnsafePointer<Float>,
  _ s: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, _ u: UnsafeMutablePointer<Float>
) { layerBackward(FloatLanes.self, kind, lanes, m, k, w, above, h, s, c, u) }

public func layerBackwardDouble(
  _ kind: Int, _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Double>, _ above: UnsafePointer<Double>,
  _ h: UnsafePointer<Double>, _ s: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>,
  _ u: UnsafeMutablePointer<Double>
) { layerBackward(DoubleLanes.self, kind, lanes, m, k, w, above, h, s, c, u) }

public func layerTangentFloat(
  _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Float>, _ below: UnsafePointer<Float>, _ s: UnsafePointer<Float>,
  _ c: UnsafePointer<Float>, _ tangent: UnsafeMutablePointer<Float>, _ q: UnsafeMutablePointer<Float>
) {
  panelProduct(FloatLanes.self, m, 64, lanes, k, w, k, 1, below, nil, Along<FloatLanes>(s: s, c: c, k: tangent, q: q))
}

public func layerTangentDouble(
  _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Double>, _ below: UnsafePointer<Double>,
  _ s: UnsafePointer<Double>,
  _ c: UnsafePointer<Double>, _ tangent: UnsafeMutablePointer<Double>, _ q: UnsafeMutablePointer<Double>
) {
  panelProduct(DoubleLanes.self, m, 64, lanes, k, w, k, 1, below, nil, Along<DoubleLanes>(s: s, c: c, k: tangent, q: q))
}

public func layerAdjointFloat(
  _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Float>, _ above: UnsafePointer<Float>, _ s: UnsafePointer<Float>,
  _ q: UnsafeMutablePointer<Float>
) { panelProduct(FloatLanes.self, m, 64, lanes, k, w, 1, m, above, nil, Gathered<FloatLanes>(s: s, q: q)) }

public func layerAdjointDouble(
  _ lanes: Int, _ m: Int, _ k: Int, _ w: UnsafePointer<Double>, _ above: UnsafePointer<Double>,
  _ s: UnsafePointer<Double>,
  _ q: UnsafeMutablePointer<Double>
) { panelProduct(DoubleLanes.self, m, 64, lanes, k, w, 1, m, above, nil, Gathered<DoubleLanes>(s: s, q: q)) }

public func layerTopFloat(
  _ kind: Int, _ lanes: Int, _ rows: Int, _ v: UnsafePointer<Float>, _ h: UnsafePointer<Float>,
  _ s: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, _ u: UnsafeMutablePointer<Float>
) { layerTop(FloatLanes.self, kind, lanes, rows, v, h, s, c, u) }

public func layerTopDouble(
  _ kind: Int, _ lanes: Int, _ rows: Int, _ v: UnsafePointer<Double>, _ h: UnsafePointer<Double>,
  _ s: UnsafePointer<Double>,
  _ c: UnsafeMutablePointer<Double>, _ u: UnsafeMutablePointer<Double>
) { layerTop(DoubleLanes.self, kind, lanes, rows, v, h, s, c, u) }

public func layerSharedFloat(
  _ rows: Int, _ e: UnsafePointer<Float>, _ f: UnsafePointer<Float>, _ one: UnsafePointer<Float>,
  _ other: UnsafePointer<Float>, _ s: UnsafePointer<Float>, _ c: UnsafePointer<Float>, _ k: UnsafeMutablePointer<Float>,
  _ q: UnsafeMutablePointer<Float>
) { layerShared(FloatLanes.self, rows, e, f, (one, other), s, c, k, q) }

public func layerSharedDouble(
  _ rows: Int, _ e: UnsafePointer<Double>, _ f: UnsafePointer<Double>, _ one: UnsafePointer<Double>,
  _ other: UnsafePointer<Double>, _ s: UnsafePointer<Double>, _ c: UnsafePointer<Double>,
  _ k: UnsafeMutablePointer<Double>, _ q: UnsafeMutablePointer<Double>
) { layerShared(DoubleLanes.self, rows, e, f, (one, other), s, c, k, q) }

public func sharedSumsFloat(
  _ rows: Int, _ blocks: Int, _ a: UnsafePointer<Float>, _ one: UnsafePointer<Float>, _ other: UnsafePointer<Float>,
  _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>
) { sharedSums(FloatLanes.self, rows, blocks, a, one, other, first, second) }

public func sharedSumsDouble(
  _ rows: Int, _ blocks: Int, _ a: UnsafePointer<Double>, _ one: UnsafePointer<Double>, _ other: UnsafePointer<Double>,
  _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>
) { sharedSums(DoubleLanes.self, rows, blocks, a, one, other, first, second) }

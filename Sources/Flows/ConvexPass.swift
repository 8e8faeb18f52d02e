import CSystem
import Numerics

/// A convex network at a block of points z, with derivatives along directions.
///
/// With directions v_k, and numbers m and a vector a of each point,
///
///     S = a . grad phi + sum_k m v_k . (Hess phi) v_k
///
/// is carried forward in one column p = D_a a_l + sum_k m (second derivative along v_k), beside the first derivatives
/// q_k, because second derivatives enter linearly. The reverse sweep gives the gradient of S in the parameters and in
/// z. With s, c, t the derivatives of softplus,
///
///     p = W R + B a + 2 sum_r u (D a) + 2 sum_kr m (D v_k)^2,   u = D z,   R = s p + c E,   E = sum_k m q_k^2
///     q_k = W (s q_k) + B v_k + 2 sum_r u (D v_k)
final class ConvexPass {
  let shape: ConvexShape
  let points, directions: Int
  private let layers: [Panels]
  private let memory: AlignedBuffer<Double>
  /// z, a (points x d), v (directions x points x d), and m (points).
  let z, a, v, m: UnsafeMutablePointer<Double>
  /// M z, M a, M v.
  private let quadratic: UnsafeMutablePointer<Double>
  /// Room for as many numbers as the largest panel has.
  private let room, second: UnsafeMutablePointer<Double>

  private struct Panels {
    /// points x width
    let h, s, c, t, p, e, r, pBar, aBar, y, hBar: UnsafeMutablePointer<Double>
    /// directions x points x width
    let q, sq, qBar, x: UnsafeMutablePointer<Double>
    /// points x (width rank), and for the directions
    let u, ua, uv: UnsafeMutablePointer<Double>
  }

  init(_ shape: ConvexShape, points n: Int, directions k: Int) {
    (self.shape, points, directions) = (shape, n, k)
    let (d, widest) = (shape.dimension, shape.hidden.max() ?? 1)
    let each = shape.hidden.reduce(0) { $0 + n * $1 * (11 + 4 * k + shape.rank * (2 + k)) }
    let largest = n * k * max(widest * shape.rank, d)
    memory = AlignedBuffer(count: each + n * (2 * d + k * d + 1) + n * d * (2 + k) + 2 * largest)
    memory.zero()
    var next = memory.base
    func take(_ count: Int) -> UnsafeMutablePointer<Double> {
      defer { next += count }
      return next
    }
    layers = shape.hidden.map { width in
      let (one, many, squares) = (n * width, k * n * width, n * width * shape.rank)
      return Panels(
        h: take(one), s: take(one), c: take(one), t: take(one), p: take(one), e: take(one), r: take(one),
        pBar: take(one), aBar: take(one), y: take(one), hBar: take(one), q: take(many), sq: take(many),
        qBar: take(many), x: take(many), u: take(squares), ua: take(squares), uv: take(k * squares))
    }
    (z, a, v, m) = (take(n * d), take(n * d), take(k * n * d), take(n))
    quadratic = take(n * d * (2 + k))
    (room, second) = (take(largest), take(largest))
  }

  // MARK: Forward

  func forward(_ parameters: UnsafePointer<Double>) {
    let (n, d, k, rank) = (points, shape.dimension, directions, shape.rank)
    for (index, layer) in shape.layers.enumerated() {
      let (panel, width) = (layers[index], layer.width)
      let (b, squares) = (parameters + layer.inputs, parameters + layer.squares)
      multiply(z, squares, transposingRight: true, into: panel.u, n, width * rank, d)
      multiply(a, squares, transposingRight: true, into: panel.ua, n, width * rank, d)
      multiply(v, squares, transposingRight: true, into: panel.uv, k * n, width * rank, d)
      multiply(z, b, transposingRight: true, into: panel.h, n, width, d)
      multiply(a, b, transposingRight: true, into: panel.p, n, width, d)
      multiply(v, b, transposingRight: true, into: panel.q, k * n, width, d)
      if index > 0 {
        let (below, w) = (layers[index - 1], parameters + layer.weights)
        multiply(below.h, w, transposingRight: true, into: panel.h, n, width, layer.below, keeping: 1)
        multiply(below.r, w, transposingRight: true, into: panel.p, n, width, layer.below, keeping: 1)
        multiply(below.sq, w, transposingRight: true, into: panel.q, k * n, width, layer.below, keeping: 1)
      }
      let bias = parameters + layer.biases
      for i in 0..<n {
        for o in 0..<width {
          let place = i * width + o
          var (value, along) = (panel.h[place] + bias[o], panel.p[place])
          for square in place * rank..<(place + 1) * rank {
            value += panel.u[square] * panel.u[square]
            along += 2 * panel.u[square] * panel.ua[square]
          }
          var e = 0.0
          for direction in 0..<k {
            let row = (direction * n + i) * width + o
            var (slope, bend) = (panel.q[row], 0.0)
            for r in 0..<rank {
              let uv = panel.uv[row * rank + r]
              slope += 2 * panel.u[place * rank + r] * uv
              bend += uv * uv
            }
            panel.q[row] = slope
            along += 2 * m[i] * bend
            e += m[i] * slope * slope
          }
          let small = exp(-abs(value))
          let s = (value < 0 ? small : 1) / (1 + small)
          let c = s * (1 - s)
          panel.h[place] = max(0, value) + log1p(small)
          (panel.s[place], panel.c[place], panel.t[place]) = (s, c, c * (1 - 2 * s))
          (panel.p[place], panel.e[place], panel.r[place]) = (along, e, s * along + c * e)
          for direction in 0..<k {
            let row = (direction * n + i) * width + o
            panel.sq[row] = s * panel.q[row]
          }
        }
      }
    }
  }

  /// grad phi and Hess phi, after `forward` along the unit vectors.
  func derivatives(
    _ parameters: UnsafePointer<Double>, gradients: UnsafeMutablePointer<Double>,
    hessians: UnsafeMutablePointer<Double>?
  ) {
    let (n, d, rank) = (points, shape.dimension, shape.rank)
    // M^T M z + c
    multiply(z, parameters, transposingRight: true, into: quadratic, n, d, d)
    multiply(quadratic, parameters, into: gradients, n, d, d)
    for i in 0..<n { for j in 0..<d { gradients[i * d + j] += parameters[shape.slope + j] } }
    if let hessians {
      multiply(parameters, transposingLeft: true, parameters, into: hessians, d, d, d)
      for i in 1..<max(1, n) { (hessians + i * d * d).update(from: hessians, count: d * d) }
    }
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let (panel, layer) = (layers[index], shape.layers[index])
      let width = layer.width
      for i in 0..<n {
        for o in 0..<width {
          let place = i * width + o
          let adjoint = index == layers.count - 1 ? parameters[shape.top + o] : panel.y[place]
          let lambda = adjoint * panel.s[place]
          panel.aBar[place] = lambda
          for r in 0..<rank { room[place * rank + r] = 2 * lambda * panel.u[place * rank + r] }
          guard let hessians else { continue }
          let (bend, own) = (adjoint * panel.c[place], hessians + i * d * d)
          let squares = parameters + layer.squares + o * rank * d
          for p in 0..<d {
            let along = panel.q[(p * n + i) * width + o]
            for q in 0..<d {
              var sum = bend * along * panel.q[(q * n + i) * width + o]
              for r in 0..<rank { sum += 2 * lambda * squares[r * d + p] * squares[r * d + q] }
              own[p * d + q] += sum
            }
          }
        }
      }
      multiply(panel.aBar, parameters + layer.inputs, into: gradients, n, d, width, keeping: 1)
      multiply(room, parameters + layer.squares, into: gradients, n, d, width * rank, keeping: 1)
      if index > 0 {
        multiply(panel.aBar, parameters + layer.weights, into: layers[index - 1].y, n, layer.below, width)
      }
    }
  }

  // MARK: Reverse

  /// Adds the gradient of S in the parameters to `gradient`, and sets that in z, after `forward`.
  func reverse(
    _ parameters: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>?,
    pointGradients: UnsafeMutablePointer<Double>?
  ) {
    let (n, d, k) = (points, shape.dimension, directions)
    pointGradients?.update(repeating: 0, count: n * d)
    if let gradient { addQuadratic(parameters, gradient) }
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let (panel, layer, isTop) = (layers[index], shape.layers[index], index == layers.count - 1)
      let width = layer.width
      for i in 0..<n {
        for o in 0..<width {
          let place = i * width + o
          let (s, c) = (panel.s[place], panel.c[place])
          let y = isTop ? parameters[shape.top + o] : panel.y[place]
          panel.pBar[place] = y * s
          var aBar = y * (c * panel.p[place] + panel.t[place] * panel.e[place])
          if !isTop { aBar += panel.hBar[place] * s }
          for direction in 0..<k {
            let row = (direction * n + i) * width + o
            var bar = 2 * m[i] * y * c * panel.q[row]
            if !isTop {
              bar += panel.x[row] * s
              aBar += panel.x[row] * panel.q[row] * c
            }
            panel.qBar[row] = bar
          }
          panel.aBar[place] = aBar
          if isTop, let gradient { gradient[shape.top + o] += panel.r[place] }
        }
      }
      reverseInputs(parameters, index, gradient, pointGradients)
      guard index > 0 else { continue }
      let (below, w) = (layers[index - 1], parameters + layer.weights)
      if let gradient {
        let out = gradient + layer.weights
        multiply(panel.pBar, transposingLeft: true, below.r, into: out, width, layer.below, n, keeping: 1)
        multiply(panel.qBar, transposingLeft: true, below.sq, into: out, width, layer.below, k * n, keeping: 1)
        multiply(panel.aBar, transposingLeft: true, below.h, into: out, width, layer.below, n, keeping: 1)
      }
      multiply(panel.pBar, w, into: below.y, n, layer.below, width)
      multiply(panel.qBar, w, into: below.x, k * n, layer.below, width)
      multiply(panel.aBar, w, into: below.hBar, n, layer.below, width)
    }
  }

  /// The parameters B, b and D of a layer, and z.
  private func reverseInputs(
    _ parameters: UnsafePointer<Double>, _ index: Int, _ gradient: UnsafeMutablePointer<Double>?,
    _ pointGradients: UnsafeMutablePointer<Double>?
  ) {
    let (n, d, k, rank, panel, layer) = (
      points, shape.dimension, directions, shape.rank, layers[index], shape.layers[index]
    )
    let (width, squares) = (layer.width, layer.width * shape.rank)
    // The factor of z in dD, which is that of D in dz.
    for i in 0..<n {
      for o in 0..<width {
        let place = i * width + o
        for r in 0..<rank {
          let square = place * rank + r
          var factor = 2 * (panel.pBar[place] * panel.ua[square] + panel.aBar[place] * panel.u[square])
          for direction in 0..<k {
            let row = (direction * n + i) * width + o
            factor += 2 * panel.qBar[row] * panel.uv[row * rank + r]
          }
          room[square] = factor
        }
      }
    }
    if let pointGradients {
      multiply(panel.aBar, parameters + layer.inputs, into: pointGradients, n, d, width, keeping: 1)
      multiply(room, parameters + layer.squares, into: pointGradients, n, d, squares, keeping: 1)
    }
    guard let gradient else { return }
    let (b, out) = (gradient + layer.inputs, gradient + layer.squares)
    multiply(panel.pBar, transposingLeft: true, a, into: b, width, d, n, keeping: 1)
    multiply(panel.qBar, transposingLeft: true, v, into: b, width, d, k * n, keeping: 1)
    multiply(panel.aBar, transposingLeft: true, z, into: b, width, d, n, keeping: 1)
    for i in 0..<n { for o in 0..<width { gradient[layer.biases + o] += panel.aBar[i * width + o] } }
    multiply(room, transposingLeft: true, z, into: out, squares, d, n, keeping: 1)
    for i in 0..<n {
      for o in 0..<width {
        let place = i * width + o
        for r in 0..<rank { room[place * rank + r] = 2 * panel.pBar[place] * panel.u[place * rank + r] }
        for direction in 0..<k {
          let row = (direction * n + i) * width + o
          for r in 0..<rank {
            second[row * rank + r] =
              4 * panel.pBar[place] * m[i] * panel.uv[row * rank + r] + 2 * panel.qBar[row] * panel.u[place * rank + r]
          }
        }
      }
    }
    multiply(room, transposingLeft: true, a, into: out, squares, d, n, keeping: 1)
    multiply(second, transposingLeft: true, v, into: out, squares, d, k * n, keeping: 1)
  }

  /// |M z|^2 / 2 + c . z: dM = (M a) z^T + (M z) a^T + 2 sum_k m (M v_k) v_k^T.
  private func addQuadratic(_ parameters: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>) {
    let (n, d, k) = (points, shape.dimension, directions)
    let (mz, ma, mv) = (quadratic, quadratic + n * d, quadratic + 2 * n * d)
    multiply(z, parameters, transposingRight: true, into: mz, n, d, d)
    multiply(a, parameters, transposingRight: true, into: ma, n, d, d)
    multiply(v, parameters, transposingRight: true, into: mv, k * n, d, d)
    for direction in 0..<k {
      for i in 0..<n {
        for j in 0..<d { mv[(direction * n + i) * d + j] *= 2 * m[i] }
      }
    }
    multiply(ma, transposingLeft: true, z, into: gradient, d, d, n, keeping: 1)
    multiply(mz, transposingLeft: true, a, into: gradient, d, d, n, keeping: 1)
    multiply(mv, transposingLeft: true, v, into: gradient, d, d, k * n, keeping: 1)
    for i in 0..<n { for j in 0..<d { gradient[shape.slope + j] += a[i * d + j] } }
  }
}

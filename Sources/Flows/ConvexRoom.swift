import CSystem
import Numerics

/// Second derivatives of a convex network along a metric, and their gradient.
///
/// With a vector a and a symmetric matrix P of each point, the number
///
///     S = a . grad phi + <P, Hess phi>
///
/// is carried forward beside the slopes q of `ConvexPass`, because second derivatives enter linearly,
///
///     p = W R + 2 sum_r <D_r D_r^T, P> + a . (B + 2 sum_r u_r D_r),   R = s p + c E,   E = q . P q
///
/// and a reverse sweep gives its gradient in the parameters and in z. The part of p that is linear in a is a . q, so
/// that only the rest needs a sweep.
///
/// Blocks that are worked on one after the other share a room.
final class ConvexRoom {
  let shape: ConvexShape
  let lanes: Int
  /// a, d rows, and the lower triangle of P, of which what is off the diagonal counts twice; 0 where there is no point.
  let along, metric: UnsafeMutablePointer<Double>
  /// s q of a layer, and what returns to it.
  let scaled, x: UnsafeMutablePointer<Double>
  let uBar, direction: UnsafeMutablePointer<Double>
  /// d x d
  private let square: UnsafeMutablePointer<Double>
  let layers: [Panels]
  private let memory: AlignedBuffer<Double>

  struct Panels {
    let p, e, r, rest, y, hBar, pBar, aBar: UnsafeMutablePointer<Double>
    /// P q, then the adjoint of q.
    let bent: UnsafeMutablePointer<Double>
    /// The sum of pBar P over points for each unit, as the metric has P.
    let bends: UnsafeMutablePointer<Double>
  }

  /// - Parameter reverses: without, there is room for what `ConvexPass` needs only
  init(_ shape: ConvexShape, lanes: Int, slopes hasSlopes: Bool, reverses: Bool) {
    (self.shape, self.lanes) = (shape, lanes)
    let (d, rank, pairs) = (shape.dimension, shape.rank, shape.pairCount)
    let (units, widest) = (shape.hidden.reduce(0, +), shape.hidden.max() ?? 0)
    let (slopes, sweeps) = (hasSlopes ? widest * max(d, 8) : 0, reverses ? 1 : 0)
    let rows = units * (3 + sweeps * (5 + d)) + slopes + widest * rank + d + sweeps * (d + pairs + widest * d)
    memory = AlignedBuffer(count: rows * lanes + sweeps * (units * pairs + d * d))
    memory.zero()
    var panel = PanelRows(memory, lanes)
    (along, metric) = (panel.take(sweeps * d), panel.take(sweeps * pairs))
    (scaled, x) = (panel.take(slopes), panel.take(sweeps * widest * d))
    (uBar, direction) = (panel.take(widest * rank), panel.take(d))
    let columns = shape.hidden.map { width in
      (0..<8).map { panel.take($0 < 3 ? width : sweeps * width) } + [panel.take(sweeps * width * d)]
    }
    layers = zip(shape.hidden, columns).map { width, rows in
      Panels(
        p: rows[3], e: rows[4], r: rows[5], rest: rows[6], y: rows[0], hBar: rows[7], pBar: rows[1], aBar: rows[2],
        bent: rows[8], bends: panel.take(sweeps * width, of: pairs))
    }
    square = panel.take(sweeps * d, of: d)
  }

  /// Sets y of the last layer to w.
  func startAtTop(_ network: ConvexParameters) {
    guard let top = layers.last else { return }
    for unit in 0..<shape.topWidth {
      (top.y + unit * lanes).update(repeating: network.values[shape.top + unit], count: lanes)
    }
  }

  /// Sets P of a point from its entries (j, k) with k <= j.
  func setMetric(lane: Int, _ entry: (Int, Int) -> Double) {
    var place = lane
    for j in 0..<shape.dimension {
      for k in 0...j {
        metric[place] = (j == k ? 1 : 2) * entry(j, k)
        place += lanes
      }
    }
  }

  // MARK: Gradient

  /// Adds the gradient of S in the parameters to `gradient`, but for what `finish` adds, and sets that in z, d rows,
  /// after `forward` and with a and P.
  func sweep(
    _ pass: ConvexPass, _ network: ConvexParameters, gradient: UnsafeMutablePointer<Double>?,
    pointGradients: UnsafeMutablePointer<Double>?
  ) {
    let d = shape.dimension
    bend(pass, network)
    pointGradients?.update(repeating: 0, count: d * lanes)
    if let gradient { addQuadratic(pass, network, gradient) }
    startAtTop(network)
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let (panel, layer, own, isTop) = (
        pass.layers[index], shape.layers[index], layers[index], index == layers.count - 1
      )
      Double.kernels.convexReturn(
        units: layer.width, dimension: d, lanes: lanes, y: own.y, hBar: isTop ? nil : own.hBar, x: isTop ? nil : x,
        q: panel.q, s: panel.s, p: own.p, e: own.e, bent: own.bent, pBar: own.pBar, aBar: own.aBar)
      if isTop, let gradient { addRowSums(own.r, layer.width, to: gradient + shape.top) }
      reverseInputs(pass, network, index, gradient, pointGradients)
      if index > 0 { reverseWeights(pass, network, index, gradient) }
    }
  }

  private func bend(_ pass: ConvexPass, _ network: ConvexParameters) {
    let d = shape.dimension
    for (index, layer) in shape.layers.enumerated() {
      let (own, panel) = (layers[index], pass.layers[index])
      multiply(network.curvatures[index], metric, into: own.p, layer.width, lanes, shape.pairCount)
      if index > 0 {
        multiply(
          network.values + layer.weights, layers[index - 1].rest, into: own.p, layer.width, lanes, layer.below,
          keeping: 1)
      }
      Double.kernels.convexBend(
        units: layer.width, dimension: d, lanes: lanes, metric: metric, along: along, q: panel.q, s: panel.s, p: own.p,
        e: own.e, r: own.r, rest: own.rest, bent: own.bent)
    }
  }

  /// The parameters B, b and D of a layer, and z.
  private func reverseInputs(
    _ pass: ConvexPass, _ network: ConvexParameters, _ index: Int, _ gradient: UnsafeMutablePointer<Double>?,
    _ pointGradients: UnsafeMutablePointer<Double>?
  ) {
    let (d, rank, layer, own) = (shape.dimension, shape.rank, shape.layers[index], layers[index])
    let (width, squares) = (layer.width, network.values + layer.squares)
    Double.kernels.convexGradient(
      units: width, dimension: d, rank: rank, lanes: lanes, parameters: squares, along: along,
      u: pass.layers[index].u, pBar: own.pBar, aBar: own.aBar, qBar: own.bent, scratch: direction, uBar: uBar,
      inputs: gradient.map { $0 + layer.inputs }, squares: gradient.map { $0 + layer.squares })
    if let pointGradients {
      multiply(
        network.values + layer.inputs, transposingLeft: true, own.aBar, into: pointGradients, d, lanes, width,
        keeping: 1)
      multiply(squares, transposingLeft: true, uBar, into: pointGradients, d, lanes, width * rank, keeping: 1)
    }
    guard let gradient else { return }
    addRowSums(own.aBar, width, to: gradient + layer.biases)
    multiply(own.aBar, pass.z, transposingRight: true, into: gradient + layer.inputs, width, d, lanes, keeping: 1)
    multiply(uBar, pass.z, transposingRight: true, into: gradient + layer.squares, width * rank, d, lanes, keeping: 1)
    multiply(
      own.pBar, metric, transposingRight: true, into: own.bends, width, shape.pairCount, lanes,
      keeping: 1)
  }

  /// W of a layer, and what returns to the layer below.
  private func reverseWeights(
    _ pass: ConvexPass, _ network: ConvexParameters, _ index: Int, _ gradient: UnsafeMutablePointer<Double>?
  ) {
    let (d, layer, own, under) = (shape.dimension, shape.layers[index], layers[index], layers[index - 1])
    let (below, width, w) = (pass.layers[index - 1], layer.width, network.values + layer.weights)
    if let gradient {
      let out = gradient + layer.weights
      Double.kernels.scaledRows(units: layer.below, each: d, lanes: lanes, s: below.s, q: below.q, out: scaled)
      multiply(own.pBar, under.r, transposingRight: true, into: out, width, layer.below, lanes, keeping: 1)
      multiply(own.aBar, below.h, transposingRight: true, into: out, width, layer.below, lanes, keeping: 1)
      multiply(own.bent, scaled, transposingRight: true, into: out, width, layer.below, d * lanes, keeping: 1)
    }
    multiply(w, transposingLeft: true, own.pBar, into: under.y, layer.below, lanes, width)
    multiply(w, transposingLeft: true, own.aBar, into: under.hBar, layer.below, lanes, width)
    multiply(w, transposingLeft: true, own.bent, into: x, layer.below, d * lanes, width)
  }

  /// |M z|^2 / 2 + c . z: dM = (M a) z^T + (M z) a^T + 2 M P.
  private func addQuadratic(_ pass: ConvexPass, _ network: ConvexParameters, _ gradient: UnsafeMutablePointer<Double>) {
    let (d, m) = (shape.dimension, network.values)
    multiply(m, along, into: direction, d, lanes, d)
    multiply(direction, pass.z, transposingRight: true, into: gradient, d, d, lanes, keeping: 1)
    multiply(m, pass.z, into: direction, d, lanes, d)
    multiply(direction, along, transposingRight: true, into: gradient, d, d, lanes, keeping: 1)
    var sums = [Double](repeating: 0, count: shape.pairCount)
    sums.withUnsafeMutableBufferPointer { if let out = $0.baseAddress { addRowSums(metric, $0.count, to: out) } }
    expand(sums, times: 2)
    multiply(m, square, into: gradient, d, d, d, keeping: 1)
    addRowSums(along, d, to: gradient + shape.slope)
  }

  /// Adds what the metric contributes to the gradient in D, summed over all blocks of this room.
  func finish(_ network: ConvexParameters, gradient: UnsafeMutablePointer<Double>) {
    let (d, rank) = (shape.dimension, shape.rank)
    for (layer, own) in zip(shape.layers, layers) {
      for unit in 0..<layer.width {
        let bends = own.bends + unit * shape.pairCount
        expand(bends, times: 4)
        bends.update(repeating: 0, count: shape.pairCount)
        let rows = layer.squares + unit * rank * d
        multiply(network.values + rows, square, into: gradient + rows, rank, d, d, keeping: 1)
      }
    }
  }

  /// Sets `square` to a whole matrix from its triangle, of which what is off the diagonal counts twice.
  private func expand(_ triangle: UnsafePointer<Double>, times factor: Double) {
    let d = shape.dimension
    for j in 0..<d {
      for k in 0...j {
        let entry = triangle[j * (j + 1) / 2 + k] * (j == k ? factor : factor / 2)
        (square[j * d + k], square[k * d + j]) = (entry, entry)
      }
    }
  }

  private func addRowSums(
    _ panel: UnsafePointer<Double>, _ rows: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<rows {
      var sum = 0.0
      for lane in row * lanes..<(row + 1) * lanes { sum += panel[lane] }
      sums[row] += sum
    }
  }
}

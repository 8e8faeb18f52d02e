import Numerics

/// Second derivatives along a metric, and their gradient.
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
/// that only the rest needs a sweep. At fixed P = (DT)^-1 the gradient of <P, Hess phi> in the parameters is that of
/// log det DT.
extension ConvexRoom {
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

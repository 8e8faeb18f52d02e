import CSystem
import Numerics

/// A convex network at a block of points z, with its gradients and Hessians.
///
/// Points are the lanes of panels with a row per unit. With s, c, t the derivatives of softplus, the slopes of a unit
/// are carried forward along the axes,
///
///     q_l = W s q_{l-1} + B + 2 sum_r u_r D_r,   u_r = D_r z
///
/// and with y_L = w, y_{l-1} = W^T (y s)_l, the gradient and the Hessian of phi are
///
///     M^T M z + c + sum_l y s (B + 2 sum_r u_r D_r)
///     M^T M + sum_l (y c q q^T + 2 y s sum_r D_r D_r^T)
final class ConvexPass {
  let shape: ConvexShape
  /// Points, a multiple of 8. Those that are not in use must hold finite numbers.
  let lanes: Int
  let hasSlopes: Bool
  /// z and grad phi, d rows; the lower triangle of Hess phi, d (d + 1) / 2 rows.
  let z, gradients, hessians: UnsafeMutablePointer<Double>
  let layers: [Panels]
  private let memory: AlignedBuffer<Double>

  struct Panels {
    /// Softplus of the unit and its first derivative.
    let h, s: UnsafeMutablePointer<Double>
    /// `rank` rows per unit.
    let u: UnsafeMutablePointer<Double>
    /// d rows per unit, where there are slopes.
    let q: UnsafeMutablePointer<Double>
  }

  /// As many points as keep the Hessians of a block in the first cache, at most 64.
  static func lanes(_ d: Int, for points: Int) -> Int {
    min(max(8, min(64, 4096 / (d * d) / 8 * 8)), (points + 7) / 8 * 8)
  }

  init(_ shape: ConvexShape, lanes: Int, slopes hasSlopes: Bool) {
    (self.shape, self.lanes, self.hasSlopes) = (shape, lanes, hasSlopes)
    let (d, units) = (shape.dimension, shape.hidden.reduce(0, +))
    let matrices = hasSlopes ? shape.pairCount : 0
    memory = AlignedBuffer(count: lanes * (2 * d + matrices + units * (2 + shape.rank + (hasSlopes ? d : 0))))
    var rows = PanelRows(memory, lanes)
    (z, gradients, hessians) = (rows.take(d), rows.take(d), rows.take(matrices))
    layers = shape.hidden.map { width in
      Panels(
        h: rows.take(width), s: rows.take(width), u: rows.take(width * shape.rank),
        q: rows.take(hasSlopes ? width * d : 0))
    }
    z.update(repeating: 0, count: d * lanes)
  }

  func forward(_ network: ConvexParameters, _ room: ConvexRoom) {
    let (d, kernels) = (shape.dimension, Double.kernels)
    for (index, layer) in shape.layers.enumerated() {
      let (panel, width, values) = (layers[index], layer.width, network.values)
      kernels.convexLayer(
        units: width, dimension: d, rank: shape.rank, lanes: lanes, inputs: values + layer.inputs,
        biases: values + layer.biases, squares: values + layer.squares, z: z, values: panel.h, u: panel.u,
        slopes: hasSlopes ? panel.q : nil)
      if index > 0 {
        let (below, w) = (layers[index - 1], values + layer.weights)
        multiply(w, below.h, into: panel.h, width, lanes, layer.below, keeping: 1)
        if hasSlopes { multiply(w, room.scaled, into: panel.q, width, d * lanes, layer.below, keeping: 1) }
      }
      kernels.softplus(count: width * lanes, values: panel.h, s: panel.s)
      if hasSlopes, index < layers.count - 1 {
        kernels.scaledRows(units: width, each: d, lanes: lanes, s: panel.s, q: panel.q, out: room.scaled)
      }
    }
  }

  /// Sets the gradients, and the Hessians where there are slopes, after `forward`.
  func derive(_ network: ConvexParameters, _ room: ConvexRoom) {
    let (d, rank, values, kernels) = (shape.dimension, shape.rank, network.values, Double.kernels)
    multiply(values, z, into: room.direction, d, lanes, d)
    multiply(values, transposingLeft: true, room.direction, into: gradients, d, lanes, d)
    for j in 0..<d { for lane in 0..<lanes { gradients[j * lanes + lane] += values[shape.slope + j] } }
    if hasSlopes {
      for entry in 0..<shape.pairCount {
        (hessians + entry * lanes).update(repeating: network.square[entry], count: lanes)
      }
    }
    for index in stride(from: layers.count - 1, through: 0, by: -1) {
      let (panel, layer, own) = (layers[index], shape.layers[index], room.layers[index])
      let count = layer.width * lanes
      if index == layers.count - 1 { room.startAtTop(network) }
      // pBar is y s here too.
      kernels.scaledRows(units: layer.width, each: 1, lanes: lanes, s: panel.s, q: own.y, out: own.pBar)
      multiply(
        values + layer.inputs, transposingLeft: true, own.pBar, into: gradients, d, lanes, layer.width, keeping: 1)
      for unit in 0..<layer.width {
        for r in unit * rank..<(unit + 1) * rank {
          for lane in 0..<lanes {
            room.uBar[r * lanes + lane] = 2 * own.pBar[unit * lanes + lane] * panel.u[r * lanes + lane]
          }
        }
      }
      multiply(
        values + layer.squares, transposingLeft: true, room.uBar, into: gradients, d, lanes, layer.width * rank,
        keeping: 1)
      if hasSlopes {
        for index in 0..<count { own.aBar[index] = own.pBar[index] * (1 - panel.s[index]) }
        kernels.convexHessian(
          units: layer.width, dimension: d, lanes: lanes, bends: own.aBar, q: panel.q, scratch: room.scaled,
          hessians: hessians)
        multiply(
          network.curvatures[index], transposingLeft: true, own.pBar, into: hessians, shape.pairCount, lanes,
          layer.width,
          keeping: 1)
      }
      if index > 0 {
        multiply(
          values + layer.weights, transposingLeft: true, own.pBar, into: room.layers[index - 1].y, layer.below, lanes,
          layer.width)
      }
    }
  }
}

extension ConvexPass {
  /// The whole Hessian of a point, d x d.
  func copyHessian(lane: Int, to matrix: UnsafeMutableBufferPointer<Double>) {
    let d = shape.dimension
    var place = lane
    for j in 0..<d {
      for k in 0...j {
        (matrix[j * d + k], matrix[k * d + j]) = (hessians[place], hessians[place])
        place += lanes
      }
    }
  }
}

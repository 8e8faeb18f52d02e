import CSystem
import Numerics

/// Memory that blocks of a convex network share where they are worked on one after the other: what the sweeps of
/// `ConvexPass` need beside the block's own numbers, and the second derivatives of ConvexRoom+Gradient.swift, which has
/// their names.
final class ConvexRoom {
  let shape: ConvexShape
  let lanes: Int
  /// a, d rows, and the lower triangle of P, of which what is off the diagonal counts twice; 0 where there is no point.
  let along, metric: UnsafeMutablePointer<Double>
  /// s q of a layer, and what returns to it.
  let scaled, x: UnsafeMutablePointer<Double>
  let uBar, direction: UnsafeMutablePointer<Double>
  /// d x d
  let square: UnsafeMutablePointer<Double>
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
}

/// Hands out the rows of a buffer.
struct PanelRows {
  private var next: UnsafeMutablePointer<Double>
  private let lanes: Int

  init(_ memory: AlignedBuffer<Double>, _ lanes: Int) { (next, self.lanes) = (memory.base, lanes) }

  /// - Parameter length: numbers in a row; one for each lane if nil
  mutating func take(_ rows: Int, of length: Int? = nil) -> UnsafeMutablePointer<Double> {
    defer { next += rows * (length ?? lanes) }
    return next
  }
}

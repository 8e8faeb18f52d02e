import Numerics

/// Points as the loops over pairs read them: in blocks, relative to their mean, with the box around each block.
package final class ColumnBlocks<Number: KernelNumber>: @unchecked Sendable {
  let points: PointSet
  let blocks: PointBlocks<Number>
  /// Squared distances from the mean.
  let squares: [Double]
  let boxes: Boxes

  package init(_ points: PointSet) {
    let (d, mean) = (points.dimension, points.mean)
    func offset(_ index: Int, _ k: Int) -> Double { points.rows[index * d + k] - mean[k] }
    self.points = points
    blocks = PointBlocks(points: points.count, dimension: d) { Number(offset($0, $1)) }
    squares = (0..<points.count).map { index in (0..<d).reduce(0) { $0 + offset(index, $1) * offset(index, $1) } }
    boxes = Boxes(points, center: mean, size: PointBlocks<Number>.width)
  }
}

/// Boxes around runs of consecutive points, relative to a centre.
struct Boxes: Sendable {
  let size: Int
  let count: Int
  private let dimension: Int
  /// Per box and coordinate: low, high.
  private let bounds: [Double]

  init(_ points: PointSet, center: [Double], size: Int) {
    self.size = size
    dimension = points.dimension
    count = (points.count + size - 1) / size
    var bounds: [Double] = []
    bounds.reserveCapacity(2 * count * dimension)
    for first in stride(from: 0, to: points.count, by: size) {
      for k in 0..<dimension {
        var low = points.rows[first * dimension + k]
        var high = low
        for index in first..<min(first + size, points.count) {
          low = min(low, points.rows[index * dimension + k])
          high = max(high, points.rows[index * dimension + k])
        }
        // Differences are rounded. The box is widened for that, because one that is too small would hide a near point.
        bounds.append((low - center[k]).nextDown)
        bounds.append((high - center[k]).nextUp)
      }
    }
    self.bounds = bounds
  }

  /// Calls `body(other, bound)` with a lower bound of the squared distances between points of box `index` and of each
  /// of `others`.
  @inline(__always)
  func forEachSquaredDistance(_ index: Int, _ others: Boxes, _ body: (Int, Double) -> Void) {
    bounds.withUnsafeBufferPointer { mine in
      others.bounds.withUnsafeBufferPointer { theirs in
        guard var box = theirs.baseAddress, let own = mine.baseAddress else { return }
        let (low, high) = (own + 2 * index * dimension, own + 2 * index * dimension + 1)
        let rounding = Double(dimension + 8) * 0x1p-52
        for other in 0..<others.count {
          var sum = 0.0
          for k in 0..<dimension {
            let gap = max(0, max(box[2 * k] - high[2 * k], low[2 * k] - box[2 * k + 1]))
            sum += gap * gap
          }
          // Rounding may have made the sum too large for a lower bound.
          body(other, sum * (1 - rounding))
          box += 2 * dimension
        }
      }
    }
  }

  /// The largest of the values of each box's points.
  func largest(_ values: [Double]) -> [Double] {
    stride(from: 0, to: values.count, by: size).map { first in
      values[first..<min(first + size, values.count)].max() ?? -.infinity
    }
  }
}

import Numerics

/// Parameters of a convex network, and what all points need of them.
final class ConvexParameters: @unchecked Sendable {
  let values: UnsafePointer<Double>
  /// The lower triangle of M^T M.
  let square: [Double]
  /// 2 sum_r D_r D_r^T of each unit of each layer, the lower triangles; none without Hessians.
  let curvatures: [UnsafePointer<Double>]
  private let memory: AlignedBuffer<Double>

  init(_ shape: ConvexShape, _ parameters: [Double], curvatures needed: Bool) {
    let (d, rank) = (shape.dimension, shape.rank)
    let units = needed ? shape.hidden.reduce(0, +) : 0
    let memory = AlignedBuffer<Double>(count: shape.parameterCount + units * shape.pairCount)
    memory.base.update(from: parameters, count: shape.parameterCount)
    var (next, curvatures) = (memory.base + shape.parameterCount, [UnsafePointer<Double>]())
    if needed {
      for layer in shape.layers {
        curvatures.append(UnsafePointer(next))
        for unit in 0..<layer.width {
          let rows = memory.base + layer.squares + unit * rank * d
          for j in 0..<d {
            for k in 0...j {
              var sum = 0.0
              for r in 0..<rank { sum += rows[r * d + j] * rows[r * d + k] }
              next[k] = 2 * sum
            }
            next += j + 1
          }
        }
      }
    }
    var square: [Double] = []
    for j in 0..<d {
      for k in 0...j { square.append((0..<d).reduce(0) { $0 + parameters[$1 * d + j] * parameters[$1 * d + k] }) }
    }
    (self.memory, self.square, self.curvatures) = (memory, square, curvatures)
    values = UnsafePointer(memory.base)
  }
}

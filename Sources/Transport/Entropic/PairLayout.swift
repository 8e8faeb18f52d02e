import CSystem
import Numerics

/// Points as the kernels of Sources/Kernels/SoftMinimum.swift read them: by row, and in blocks.
final class PairLayout<Number: KernelNumber>: @unchecked Sendable {
  let count: Int
  let dimension: Int
  /// Rows padded with zeros to a multiple of 4.
  let rows: AlignedBuffer<Number>
  let blocks: PointBlocks<Number>

  /// The points of `coordinates` (row-major) at `indices`, times `scale`.
  init(_ coordinates: [Double], dimension: Int, indices: [Int], scale: Double) {
    count = indices.count
    self.dimension = dimension
    func scaled(_ row: Int, _ k: Int) -> Number { Number(coordinates[indices[row] * dimension + k] * scale) }
    blocks = PointBlocks(points: indices.count, dimension: dimension, scaled)
    rows = AlignedBuffer(count: (indices.count + 3) / 4 * 4 * dimension)
    rows.zero()
    for row in indices.indices {
      for k in 0..<dimension { rows.base[row * dimension + k] = scaled(row, k) }
    }
  }
}

/// Potentials of the columns, v + log2(w).
///
/// v is rounded from an anchor and w makes up for the rest. While the anchor stays, every exponent of single precision
/// is rounded alike in every iteration, so that the error of the sums is nearly constant and can be corrected.
final class PairShifts<Number: KernelNumber>: @unchecked Sendable {
  let v: AlignedBuffer<Number>
  let w: AlignedBuffer<Number>

  /// - Parameter potentials, anchors: base-2 logarithms
  init(_ potentials: [Double], anchors: [Double]) {
    let padded = PointBlocks<Number>.padded(potentials.count)
    v = AlignedBuffer(count: padded)
    w = AlignedBuffer(count: padded)
    for index in potentials.indices {
      let rounded = Number(anchors[index])
      v.base[index] = rounded
      w.base[index] = Number(exp2(potentials[index] - Double(rounded)))
    }
    for index in potentials.count..<padded {
      v.base[index] = -1e30
      w.base[index] = 0
    }
  }
}

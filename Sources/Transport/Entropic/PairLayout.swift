import CSystem
import Numerics

/// Points as the kernels of Sources/Kernels/SoftMinimum.swift read them: by row, and in blocks of 64 columns.
final class PairLayout<Number: PairNumber>: @unchecked Sendable {
  let count: Int
  let dimension: Int
  /// Rows padded with zeros to a multiple of 4.
  let rows: AlignedBuffer<Number>
  /// blockCount x dimension x 64, padded with zeros.
  let blocks: AlignedBuffer<Number>
  let blockCount: Int

  /// The points of `coordinates` (row-major) at `indices`, times `scale`.
  init(_ coordinates: [Double], dimension: Int, indices: [Int], scale: Double) {
    count = indices.count
    self.dimension = dimension
    blockCount = (indices.count + 63) / 64
    rows = AlignedBuffer(count: (indices.count + 3) / 4 * 4 * dimension)
    blocks = AlignedBuffer(count: blockCount * 64 * dimension)
    rows.zero()
    blocks.zero()
    for (row, index) in indices.enumerated() {
      let (block, lane) = row.quotientAndRemainder(dividingBy: 64)
      for k in 0..<dimension {
        let value = Number(coordinates[index * dimension + k] * scale)
        rows.base[row * dimension + k] = value
        blocks.base[(block * dimension + k) * 64 + lane] = value
      }
    }
  }
}

/// Potentials of the columns, v + log2(w).
///
/// v is rounded from an anchor and w makes up for the rest. While the anchor stays, every exponent of single precision is rounded alike in
/// every iteration, so that what rounding does to the sums is nearly constant and can be corrected.
final class PairShifts<Number: PairNumber>: @unchecked Sendable {
  let v: AlignedBuffer<Number>
  let w: AlignedBuffer<Number>

  /// - Parameter potentials, anchors: base-2 logarithms
  init(_ potentials: [Double], anchors: [Double]) {
    let padded = (potentials.count + 63) / 64 * 64
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

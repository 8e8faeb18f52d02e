import Numerics

/// The loop over all pairs: which points of a set are nearer to a given point than their own bounds say?
///
/// Both the search for candidate pairs and the pricing of all pairs ask for the j with
///
///     c(point, y_j) < limit + weight_j
///
/// and few pairs answer; so the loop compares eight squared distances at a time with squared bounds, without square
/// roots, and leaves the rest to `body`. Cost: 3 d flops per pair.
struct PairScan {
  let set: PointSet
  let metric: GroundCost
  /// One vector of weights per block of the set.
  let weights: UnsafePointer<Lanes>

  /// Calls `body(j, squared distance, &limit)` for every pair that may satisfy the bound; it may lower the limit.
  ///
  /// - Returns: the largest squared distance met.
  @inline(__always)
  func run(
    from point: UnsafePointer<Double>, limit: Double, _ body: (Int, Double, inout Double) -> Void
  ) -> Double {
    var limit = limit
    var largest = Lanes()
    for block in 0..<set.blockCount {
      let squared = set.squaredDistances(from: point, toBlock: block)
      largest.replace(with: squared, where: squared .> largest)
      var bound = weights[block] + limit
      if metric == .euclidean {
        bound.replace(with: 0, where: bound .< 0)
        bound *= bound
      }
      let near = squared .< bound
      if Self.any(near) {
        let first = block * Lanes.scalarCount
        for lane in 0..<min(Lanes.scalarCount, set.count - first) where near[lane] {
          body(first + lane, squared[lane], &limit)
        }
      }
    }
    return largest.max()
  }

  @inline(__always)
  private static func any(_ mask: SIMDMask<Lanes.MaskStorage>) -> Bool {
    var bits = SIMD8<Int64>()
    bits.replace(with: -1, where: mask)
    let four = bits.lowHalf | bits.highHalf
    let two = four.lowHalf | four.highHalf
    return two[0] | two[1] != 0
  }

  /// `values` in blocks, the last one filled up with the last value.
  static func blocked(_ values: [Double]) -> [Lanes] {
    stride(from: 0, to: values.count, by: Lanes.scalarCount).map { first in
      var lanes = Lanes()
      for lane in 0..<Lanes.scalarCount { lanes[lane] = values[min(first + lane, values.count - 1)] }
      return lanes
    }
  }
}

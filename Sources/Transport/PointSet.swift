import Numerics

/// Lanes of one block of points in the loops over all pairs.
typealias Lanes = SIMD8<Double>

/// Points laid out for the hot loops: by row, and by blocks of eight rows with one vector per coordinate.
final class PointSet: @unchecked Sendable {
  let count: Int
  let dimension: Int
  /// count x dimension, row-major.
  let rows: UnsafeMutablePointer<Double>
  /// blockCount x dimension vectors; the last block repeats the last point.
  let blocks: UnsafeMutablePointer<Lanes>
  let blockCount: Int

  /// The points of `coordinates` (row-major, `dimension` columns) at `indices`, of which there is at least one.
  init(_ coordinates: [Double], dimension: Int, indices: [Int]) {
    count = indices.count
    self.dimension = dimension
    blockCount = (indices.count + Lanes.scalarCount - 1) / Lanes.scalarCount
    rows = .allocate(capacity: count * dimension)
    blocks = .allocate(capacity: blockCount * dimension)
    for (row, index) in indices.enumerated() {
      for k in 0..<dimension { rows[row * dimension + k] = coordinates[index * dimension + k] }
    }
    for block in 0..<blockCount {
      for k in 0..<dimension {
        var lanes = Lanes()
        for lane in 0..<Lanes.scalarCount {
          let row = min(block * Lanes.scalarCount + lane, count - 1)
          lanes[lane] = rows[row * dimension + k]
        }
        blocks[block * dimension + k] = lanes
      }
    }
  }

  deinit {
    rows.deallocate()
    blocks.deallocate()
  }

  /// Squared distances from `point` to the eight points of a block.
  @inline(__always)
  func squaredDistances(from point: UnsafePointer<Double>, toBlock block: Int) -> Lanes {
    let block = blocks + block * dimension
    var sum = Lanes()
    for k in 0..<dimension {
      let difference = block[k] - point[k]
      sum += difference * difference
    }
    return sum
  }
}

/// The points that carry mass, and the cost between them.
///
/// Coordinates are multiplied by a power of two that brings the widest one to order 1, which is exact and keeps
/// squares from overflowing. Costs are computed from differences of coordinates, never from expanded squares, so that
/// they are exact to a few units in the last place however far from the origin the points lie.
struct Geometry: Sendable {
  let x: PointSet
  let y: PointSet
  let metric: GroundCost

  /// c(x_i, y_j), always with this rounding: to the solver these numbers are the problem.
  @inline(__always)
  func cost(_ i: Int, _ j: Int) -> Double {
    cost(squared: squaredDistance(i, j))
  }

  @inline(__always)
  func squaredDistance(_ i: Int, _ j: Int) -> Double {
    let point = x.rows + i * x.dimension
    let other = y.rows + j * x.dimension
    var sum = 0.0
    for k in 0..<x.dimension {
      let difference = other[k] - point[k]
      sum += difference * difference
    }
    return sum
  }

  @inline(__always)
  func cost(squared: Double) -> Double {
    switch metric {
    case .squaredEuclidean: squared
    case .euclidean: squared.squareRoot()
    }
  }
}

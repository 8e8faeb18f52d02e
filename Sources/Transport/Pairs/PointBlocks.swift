import Numerics

/// Points as the kernels read them: blocks of 64 with one row of numbers per coordinate. The last block is padded with
/// zeros.
struct PointBlocks<Number: KernelNumber> {
  static var width: Int { 64 }

  let count: Int
  /// count x dimension x 64
  let numbers: AlignedBuffer<Number>

  /// - Parameter coordinate: the k-th coordinate of a point
  @inline(__always)
  init(points: Int, dimension: Int, _ coordinate: (_ point: Int, _ k: Int) -> Number) {
    count = Self.padded(points) / Self.width
    numbers = AlignedBuffer(count: Self.padded(points) * dimension)
    numbers.zero()
    for point in 0..<points {
      let (block, lane) = point.quotientAndRemainder(dividingBy: Self.width)
      let first = numbers.base + block * Self.width * dimension + lane
      for k in 0..<dimension { first[k * Self.width] = coordinate(point, k) }
    }
  }

  /// The number of points in the whole blocks that `points` need.
  static func padded(_ points: Int) -> Int { (points + width - 1) / width * width }
}

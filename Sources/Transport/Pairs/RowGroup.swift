import Numerics

/// Up to 32 neighbouring rows of a search, prepared for the loop over pairs, which takes four rows at a time and a
/// limit for each.
///
/// Limits, keys and bounds are values of c(x_i, y_j) - v_j less `search.rowTerm(i)`.
final class RowGroup<Number: KernelNumber> {
  let range: Range<Int>
  let search: PairSearch<Number>
  /// -2 x' of each four rows, with the four numbers of a coordinate together.
  private let coordinates: AlignedBuffer<Number>
  /// ||x'||^2
  private let squares: AlignedBuffer<Double>
  private let limits: AlignedBuffer<Number>
  private let loweredSquares: AlignedBuffer<Number>
  private let hits: UnsafeMutablePointer<Int>
  private let keys: AlignedBuffer<Number>
  private static var capacity: Int { 1024 }
  private static var lanes: Int { 4 }

  init(_ search: PairSearch<Number>, _ range: Range<Int>) {
    self.range = range
    self.search = search
    let (d, lanes) = (search.rows.dimension, Self.lanes)
    let padded = (range.count + lanes - 1) / lanes * lanes
    coordinates = AlignedBuffer(count: padded * d)
    squares = AlignedBuffer(count: padded)
    limits = AlignedBuffer(count: padded)
    loweredSquares = AlignedBuffer(count: padded)
    hits = .allocate(capacity: Self.capacity)
    keys = AlignedBuffer(count: Self.capacity)
    coordinates.zero()
    squares.zero()
    loweredSquares.zero()
    for offset in 0..<range.count {
      let point = search.rows.rows + (range.lowerBound + offset) * d
      let first = coordinates.base + offset / lanes * lanes * d + offset % lanes
      var square = 0.0
      for k in 0..<d {
        let value = point[k] - search.rowCenter[k]
        square += value * value
        first[k * lanes] = Number(-2 * value)
      }
      squares.base[offset] = square
      loweredSquares.base[offset] = Number(square - 4 * search.rounding * square)
    }
    // Padding rows get a limit that no pair meets.
    for offset in 0..<padded { limits.base[offset] = search.never }
  }

  deinit { hits.deallocate() }

  var isSquared: Bool { search.metric == .squaredEuclidean }

  /// Makes pairs with a key below `limit` answer. The limit is raised by as much as rounding may have added to keys.
  func setLimit(_ offset: Int, _ limit: Double) {
    let (square, rounding) = (squares.base[offset], search.rounding)
    let raised =
      isSquared
      ? limit - square + rounding * (abs(limit) + 2 * square) + search.underflow
      : limit + 4 * rounding * abs(limit) + search.underflow.squareRoot()
    // At most 1e29, which every number type holds and no key exceeds.
    limits.base[offset] = Number(min(raised, 1e29))
  }

  /// A lower bound of c(x_i, y_j) - v_j for pairs whose key was found to be at least `key`.
  func lowerBound(_ offset: Int, key: Double) -> Double {
    let row = range.lowerBound + offset
    // Distances come from squares that were already lowered for rounding, except for underflow.
    let rounding =
      isSquared
      ? search.rounding * (abs(key) + 2 * squares.base[offset]) + search.underflow
      : 4 * search.rounding * abs(key) + search.underflow.squareRoot()
    let exact = key + search.rowTerm(row)
    return exact - rounding - search.rowRounding(row, limit: exact)
  }

  /// Calls `body(offset of the row, column, key)` for the pairs that answer, of the four rows from `first` on and the
  /// columns of `blocks`.
  @inline(__always)
  func run(_ first: Int, _ blocks: UnsafeBufferPointer<Int32>, _ body: (Int, Int, Double) -> Void) {
    guard var next = blocks.baseAddress else { return }
    let (d, kernels) = (search.rows.dimension, Number.kernels)
    var left = blocks.count
    while left > 0 {
      var done = 0
      let found = kernels.pairScan(
        dimension: d, rows: coordinates.base + first * d, limits: limits.base + first,
        squares: isSquared ? nil : UnsafePointer(loweredSquares.base + first),
        columns: search.columns.blocks.numbers.base, weights: search.weights.base,
        columnSquares: search.columnSquares.base, blocks: next, blockCount: left, hits: hits, keys: keys.base,
        capacity: Self.capacity, done: &done)
      for index in 0..<found {
        let (offset, column) = (first + (hits[index] & 3), hits[index] >> 2)
        let key = Double(keys.base[index])
        body(
          offset, column,
          isSquared ? key + squares.base[offset] : max(0, key).squareRoot() - Double(search.weights.base[column]))
      }
      next += done
      left -= done
    }
  }

  /// The first rows of the groups of four that `run` takes.
  var firsts: StrideTo<Int> { stride(from: 0, to: range.count, by: Self.lanes) }
}

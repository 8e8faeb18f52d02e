import KernelInterface

/// The inner loop of Sinkhorn's algorithm. Nothing of size n m is kept: a tile of 4 rows and 2 vectors of columns goes
/// from coordinates to exponentials in registers, d multiply-adds and about 14 operations per vector.
///
/// Exponents are clamped to the range of normal numbers. A sum outside 2^-60 .. 2^60 shows that u_i was wrong;
/// `largestExponents` then gives a better one.
@inline(__always)
private func addSums<V: Lanes, S: PairExponent>(
  _: V.Type, _: S.Type, _ rowCount: Int, _ blocks: Int, _ dimension: Int, _ rows: UnsafePointer<V.Scalar>,
  _ u: UnsafePointer<V.Scalar>, _ columns: UnsafePointer<V.Scalar>, _ v: UnsafePointer<V.Scalar>,
  _ w: UnsafePointer<V.Scalar>, _ sums: UnsafeMutablePointer<Double>
) where V.Scalar: PowerScalar {
  // A group of blocks that stays in the first cache while rows pass, small enough for sums of its powers in single
  // precision.
  let group = max(1, min(16, (1 << 15) / (dimension * 64 * MemoryLayout<V.Scalar>.size)))
  var first = 0
  while first < blocks {
    let end = min(blocks, first + group)
    var row = 0
    while row < rowCount {
      let zero = V(repeating: 0)
      var (sum0, sum1, sum2, sum3) = (zero, zero, zero, zero)
      let (u0, u1) = (V(repeating: u[row]), V(repeating: u[row + 1]))
      let (u2, u3) = (V(repeating: u[row + 2]), V(repeating: u[row + 3]))
      for block in first..<end {
        var lane = 0
        while lane < 64 {
          let place = block * 64 + lane
          let (v0, v1) = (V(at: v + place), V(at: v + place + V.count))
          var tile = PairTile<V, S>(
            shifts: (u0 + v0, u0 + v1, u1 + v0, u1 + v1, u2 + v0, u2 + v1, u3 + v0, u3 + v1))
          tile.run(dimension, rows + row * dimension, columns + block * dimension * 64 + lane)
          let (w0, w1) = (V(at: w + place), V(at: w + place + V.count))
          sum0.add(powerOfTwo(S.end(tile.s00, u0 + v0)), times: w0)
          sum1.add(powerOfTwo(S.end(tile.s10, u1 + v0)), times: w0)
          sum2.add(powerOfTwo(S.end(tile.s20, u2 + v0)), times: w0)
          sum3.add(powerOfTwo(S.end(tile.s30, u3 + v0)), times: w0)
          sum0.add(powerOfTwo(S.end(tile.s01, u0 + v1)), times: w1)
          sum1.add(powerOfTwo(S.end(tile.s11, u1 + v1)), times: w1)
          sum2.add(powerOfTwo(S.end(tile.s21, u2 + v1)), times: w1)
          sum3.add(powerOfTwo(S.end(tile.s31, u3 + v1)), times: w1)
          lane += 2 * V.count
        }
      }
      sums[row] += Double(sum0.total)
      sums[row + 1] += Double(sum1.total)
      sums[row + 2] += Double(sum2.total)
      sums[row + 3] += Double(sum3.total)
      row += 4
    }
    first = end
  }
}

/// Powers and exponents of 4 rows and one block of columns.
@inline(__always)
private func setPowers<V: Lanes, S: PairExponent>(
  _: V.Type, _: S.Type, _ dimension: Int, _ rows: UnsafePointer<V.Scalar>, _ u: UnsafePointer<V.Scalar>,
  _ columns: UnsafePointer<V.Scalar>, _ v: UnsafePointer<V.Scalar>, _ w: UnsafePointer<V.Scalar>,
  _ powers: UnsafeMutablePointer<V.Scalar>, _ exponents: UnsafeMutablePointer<V.Scalar>
) where V.Scalar: PowerScalar {
  let zero = V(repeating: 0)
  var lane = 0
  while lane < 64 {
    var tile = PairTile<V, S>(shifts: (zero, zero, zero, zero, zero, zero, zero, zero))
    tile.run(dimension, rows, columns + lane)
    let (v0, v1) = (V(at: v + lane), V(at: v + lane + V.count))
    let (w0, w1) = (V(at: w + lane), V(at: w + lane + V.count))
    for row in 0..<4 {
      let (a, b) =
        row == 0
        ? (tile.s00, tile.s01)
        : row == 1 ? (tile.s10, tile.s11) : row == 2 ? (tile.s20, tile.s21) : (tile.s30, tile.s31)
      let shift = V(repeating: u[row])
      let (s0, s1) = (S.end(a, zero), S.end(b, zero))
      let place = row * 64 + lane
      s0.store(at: exponents + place)
      s1.store(at: exponents + place + V.count)
      (powerOfTwo(s0 + (shift + v0)) * w0).store(at: powers + place)
      (powerOfTwo(s1 + (shift + v1)) * w1).store(at: powers + place + V.count)
    }
    lane += 2 * V.count
  }
}

/// The largest exponents, compared along the lanes; lanes are compared in the end.
@inline(__always)
private func raiseLargest<V: Lanes, S: PairExponent>(
  _: V.Type, _: S.Type, _ rowCount: Int, _ blocks: Int, _ dimension: Int, _ rows: UnsafePointer<V.Scalar>,
  _ columns: UnsafePointer<V.Scalar>, _ v: UnsafePointer<V.Scalar>, _ largest: UnsafeMutablePointer<V.Scalar>
) where V.Scalar: PowerScalar {
  var row = 0
  while row < rowCount {
    var best0 = V(repeating: largest[row])
    var best1 = V(repeating: largest[row + 1])
    var best2 = V(repeating: largest[row + 2])
    var best3 = V(repeating: largest[row + 3])
    for block in 0..<blocks {
      var lane = 0
      while lane < 64 {
        let place = block * 64 + lane
        let (v0, v1) = (V(at: v + place), V(at: v + place + V.count))
        var tile = PairTile<V, S>(shifts: (v0, v1, v0, v1, v0, v1, v0, v1))
        tile.run(dimension, rows + row * dimension, columns + block * dimension * 64 + lane)
        best0 = V.Scalar.larger(best0, V.Scalar.larger(S.end(tile.s00, v0), S.end(tile.s01, v1)))
        best1 = V.Scalar.larger(best1, V.Scalar.larger(S.end(tile.s10, v0), S.end(tile.s11, v1)))
        best2 = V.Scalar.larger(best2, V.Scalar.larger(S.end(tile.s20, v0), S.end(tile.s21, v1)))
        best3 = V.Scalar.larger(best3, V.Scalar.larger(S.end(tile.s30, v0), S.end(tile.s31, v1)))
        lane += 2 * V.count
      }
    }
    for lane in 0..<V.count {
      largest[row] = max(largest[row], best0[lane])
      largest[row + 1] = max(largest[row + 1], best1[lane])
      largest[row + 2] = max(largest[row + 2], best2[lane])
      largest[row + 3] = max(largest[row + 3], best3[lane])
    }
    row += 4
  }
}

/// How s_ij is computed from coordinates, one at a time. `end` adds the shift of the pair, u_i + v_j.
private protocol PairExponent {
  /// Whether the sum over coordinates starts at the shift, which saves adding it in the end.
  static var startsAtShift: Bool { get }
  static func add<V: Lanes>(_ sum: inout V, _ x: V, _ y: V)
  static func end<V: Lanes>(_ sum: V, _ shift: V) -> V where V.Scalar: PowerScalar
}

/// x . y
private enum InnerProduct: PairExponent {
  @inline(__always) static var startsAtShift: Bool { true }
  @inline(__always) static func add<V: Lanes>(_ sum: inout V, _ x: V, _ y: V) { sum.add(x, times: y) }
  @inline(__always) static func end<V: Lanes>(_ sum: V, _ shift: V) -> V where V.Scalar: PowerScalar { sum }
}

/// -||x - y||^2
private enum SquaredDistance: PairExponent {
  @inline(__always) static var startsAtShift: Bool { false }
  @inline(__always) static func add<V: Lanes>(_ sum: inout V, _ x: V, _ y: V) {
    let difference = y - x
    sum.add(difference, times: difference)
  }
  @inline(__always) static func end<V: Lanes>(_ sum: V, _ shift: V) -> V where V.Scalar: PowerScalar { shift - sum }
}

/// -||x - y||
private enum Distance: PairExponent {
  @inline(__always) static var startsAtShift: Bool { false }
  @inline(__always) static func add<V: Lanes>(_ sum: inout V, _ x: V, _ y: V) { SquaredDistance.add(&sum, x, y) }
  @inline(__always) static func end<V: Lanes>(_ sum: V, _ shift: V) -> V where V.Scalar: PowerScalar {
    shift - root(sum)
  }
}

/// Sums over coordinates for 4 rows and 2 vectors of columns.
private struct PairTile<V: Lanes, S: PairExponent> where V.Scalar: PowerScalar {
  var (s00, s01, s10, s11): (V, V, V, V)
  var (s20, s21, s30, s31): (V, V, V, V)

  @inline(__always) init(shifts: (V, V, V, V, V, V, V, V)) {
    if S.startsAtShift {
      (s00, s01, s10, s11) = (shifts.0, shifts.1, shifts.2, shifts.3)
      (s20, s21, s30, s31) = (shifts.4, shifts.5, shifts.6, shifts.7)
    } else {
      let zero = V(repeating: 0)
      (s00, s01, s10, s11) = (zero, zero, zero, zero)
      (s20, s21, s30, s31) = (zero, zero, zero, zero)
    }
  }

  @inline(__always) mutating func run(
    _ dimension: Int, _ rows: UnsafePointer<V.Scalar>, _ columns: UnsafePointer<V.Scalar>
  ) {
    var row = rows
    var column = columns
    for _ in 0..<dimension {
      let (y0, y1) = (V(at: column), V(at: column + V.count))
      let x0 = V(repeating: row[0])
      S.add(&s00, x0, y0)
      S.add(&s01, x0, y1)
      let x1 = V(repeating: row[dimension])
      S.add(&s10, x1, y0)
      S.add(&s11, x1, y1)
      let x2 = V(repeating: row[2 * dimension])
      S.add(&s20, x2, y0)
      S.add(&s21, x2, y1)
      let x3 = V(repeating: row[3 * dimension])
      S.add(&s30, x3, y0)
      S.add(&s31, x3, y1)
      row += 1
      column += 64
    }
  }
}

extension LaneKernels {
  @inline(__always)
  static func pairSums(
    form: PairForm, rows: Int, blocks: Int, dimension: Int, x: Input, u: Input, y: Input, v: Input, w: Input,
    sums: UnsafeMutablePointer<Double>
  ) {
    switch form {
    case .product: addSums(V.self, InnerProduct.self, rows, blocks, dimension, x, u, y, v, w, sums)
    case .squaredDistance: addSums(V.self, SquaredDistance.self, rows, blocks, dimension, x, u, y, v, w, sums)
    case .distance: addSums(V.self, Distance.self, rows, blocks, dimension, x, u, y, v, w, sums)
    }
  }
}

extension DoubleVariant {
  static func pairPowers(
    form: PairForm, dimension: Int, x: UnsafePointer<Double>, u: UnsafePointer<Double>, y: UnsafePointer<Double>,
    v: UnsafePointer<Double>, w: UnsafePointer<Double>, powers: UnsafeMutablePointer<Double>,
    exponents: UnsafeMutablePointer<Double>
  ) {
    switch form {
    case .product: setPowers(V.self, InnerProduct.self, dimension, x, u, y, v, w, powers, exponents)
    case .squaredDistance: setPowers(V.self, SquaredDistance.self, dimension, x, u, y, v, w, powers, exponents)
    case .distance: setPowers(V.self, Distance.self, dimension, x, u, y, v, w, powers, exponents)
    }
  }

  static func largestExponents(
    form: PairForm, rows: Int, blocks: Int, dimension: Int, x: UnsafePointer<Double>, y: UnsafePointer<Double>,
    v: UnsafePointer<Double>, largest: UnsafeMutablePointer<Double>
  ) {
    switch form {
    case .product: raiseLargest(V.self, InnerProduct.self, rows, blocks, dimension, x, y, v, largest)
    case .squaredDistance: raiseLargest(V.self, SquaredDistance.self, rows, blocks, dimension, x, y, v, largest)
    case .distance: raiseLargest(V.self, Distance.self, rows, blocks, dimension, x, y, v, largest)
    }
  }
}

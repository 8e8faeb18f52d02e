extension LaneKernels {
  /// The sum over particles of outer products, such as the gradient of a weight matrix.
  ///
  /// Tiles of 4 x 4 dot products: 8 vector loads feed 16 multiply-adds; lanes are summed once per tile.
  @inline(__always)
  static func outerProduct(rows m: Int, columns n: Int, lanes: Int, a: Input, b: Input, c: Output, stride: Int) {
    var row = 0
    while row + 4 <= m {
      var column = 0
      while column + 4 <= n {
        var tile = Tile4x4<V>()
        tile.accumulate(lanes, a + row * lanes, b + column * lanes)
        tile.add(to: c + row * stride + column, stride)
        column += 4
      }
      while column < n {
        var tile = Tile4x1<V>()
        tile.accumulate(lanes, a + row * lanes, b + column * lanes)
        let totals = V.totals(tile.c0, tile.c1, tile.c2, tile.c3)
        for offset in 0..<4 { c[(row + offset) * stride + column] += totals[offset] }
        column += 1
      }
      row += 4
    }
    while row < m {
      for column in 0..<n {
        c[row * stride + column] += dot(V.self, lanes, a + row * lanes, b + column * lanes)
      }
      row += 1
    }
  }
}

@inline(__always)
private func dot<V: Lanes>(
  _: V.Type, _ lanes: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>
) -> V.Scalar {
  var even = V(repeating: 0)
  var odd = even
  var index = 0
  while index < lanes {
    even.add(V(at: a + index), times: V(at: b + index))
    odd.add(V(at: a + index + V.count), times: V(at: b + index + V.count))
    index += 2 * V.count
  }
  return (even + odd).total
}

private struct Tile4x1<V: Lanes> {
  var c0 = V(repeating: 0)
  var c1 = V(repeating: 0)
  var c2 = V(repeating: 0)
  var c3 = V(repeating: 0)

  @inline(__always) init() {}

  @inline(__always)
  mutating func accumulate(_ lanes: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>) {
    var (left, right) = (a, b)
    let end = left + lanes
    while left < end {
      let b0 = V(at: right)
      c0.add(V(at: left), times: b0)
      c1.add(V(at: left + lanes), times: b0)
      c2.add(V(at: left + 2 * lanes), times: b0)
      c3.add(V(at: left + 3 * lanes), times: b0)
      left += V.count
      right += V.count
    }
  }
}

private struct Tile4x4<V: Lanes> {
  var (c00, c01, c02, c03) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
  var (c10, c11, c12, c13) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
  var (c20, c21, c22, c23) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
  var (c30, c31, c32, c33) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))

  @inline(__always) init() {}

  @inline(__always)
  mutating func accumulate(_ lanes: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>) {
    var (left, right) = (a, b)
    let end = left + lanes
    while left < end {
      let (b0, b1) = (V(at: right), V(at: right + lanes))
      let (b2, b3) = (V(at: right + 2 * lanes), V(at: right + 3 * lanes))
      let a0 = V(at: left)
      c00.add(a0, times: b0)
      c01.add(a0, times: b1)
      c02.add(a0, times: b2)
      c03.add(a0, times: b3)
      let a1 = V(at: left + lanes)
      c10.add(a1, times: b0)
      c11.add(a1, times: b1)
      c12.add(a1, times: b2)
      c13.add(a1, times: b3)
      let a2 = V(at: left + 2 * lanes)
      c20.add(a2, times: b0)
      c21.add(a2, times: b1)
      c22.add(a2, times: b2)
      c23.add(a2, times: b3)
      let a3 = V(at: left + 3 * lanes)
      c30.add(a3, times: b0)
      c31.add(a3, times: b1)
      c32.add(a3, times: b2)
      c33.add(a3, times: b3)
      left += V.count
      right += V.count
    }
  }

  @inline(__always)
  func add(to c: UnsafeMutablePointer<V.Scalar>, _ stride: Int) {
    Self.add(V.totals(c00, c01, c02, c03), to: c)
    Self.add(V.totals(c10, c11, c12, c13), to: c + stride)
    Self.add(V.totals(c20, c21, c22, c23), to: c + 2 * stride)
    Self.add(V.totals(c30, c31, c32, c33), to: c + 3 * stride)
  }

  @inline(__always)
  private static func add(_ totals: SIMD4<V.Scalar>, to c: UnsafeMutablePointer<V.Scalar>) {
    (SIMD4(unaligned: c) + totals).store(unaligned: c)
  }
}

extension LaneKernels {
  /// sums_r += the sum of row r of a panel in blocks of 64 lanes.
  @inline(__always)
  static func rowSums(rows: Int, blocks: Int, a: Input, sums: Output) {
    for row in 0..<rows {
      var sum = V(repeating: 0)
      for block in 0..<blocks {
        let base = a + (block * rows + row) * 64
        var index = 0
        while index < 64 {
          sum += V(at: base + index)
          index += V.count
        }
      }
      sums[row] += sum.total
    }
  }
}

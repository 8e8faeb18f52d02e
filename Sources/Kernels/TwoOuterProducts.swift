extension LaneKernels {
  /// The gradient of a weight matrix of a network.
  ///
  /// K and H are transposed block by block, so that both products run like `panelProduct`, without sums over lanes: 16
  /// multiply-adds per 4 vector loads and 4 broadcasts. Columns are padded with zeros to whole tiles. Up to 6 columns
  /// are computed as dot products instead.
  @inline(__always)
  static func twoOuterProducts(
    rows m: Int, columns n: Int, blocks: Int, u: Input, k: Input, q: Input?, h: Input?, c: Output, stride: Int,
    room: Output
  ) {
    if n <= 6 {
      dotProducts(V.self, m, n, blocks, u, k, c, stride)
      if let q, let h { dotProducts(V.self, m, n, blocks, q, h, c, stride) }
      return
    }
    let padded = (n + Pair<V>.width - 1) / Pair<V>.width * Pair<V>.width
    let second = room + 64 * padded
    for block in 0..<blocks {
      let (u, k) = (u + block * m * 64, k + block * n * 64)
      let (q, h) = (q.map { $0 + block * m * 64 }, h.map { $0 + block * n * 64 })
      transpose(V.self, k, n, room, padded)
      if let h { transpose(V.self, h, n, second, padded) }
      var column = 0
      #if KERNELS_V4
        while column + Wide<V>.width <= padded {
          tiles(Wide<V>.self, m, n, u, room, q, second, c, stride, padded, column)
          column += Wide<V>.width
        }
      #endif
      while column < padded {
        tiles(Pair<V>.self, m, n, u, room, q, second, c, stride, padded, column)
        column += Pair<V>.width
      }
    }
  }
}

/// Computes the columns from `column` on, as many as a tile is wide.
@inline(__always)
private func tiles<T: Tile>(
  _: T.Type, _ m: Int, _ n: Int, _ u: UnsafePointer<T.V.Scalar>, _ first: UnsafePointer<T.V.Scalar>,
  _ q: UnsafePointer<T.V.Scalar>?, _ second: UnsafePointer<T.V.Scalar>, _ c: UnsafeMutablePointer<T.V.Scalar>,
  _ stride: Int, _ padded: Int, _ column: Int
) {
  var row = 0
  while row + 4 <= m {
    var tile = T()
    tile.accumulate(u + row * 64, first + column, padded)
    if let q { tile.accumulate(q + row * 64, second + column, padded) }
    tile.add(to: c + row * stride + column, stride, columns: n - column)
    row += 4
  }
  while row < m {
    var tile = T.Row()
    tile.accumulate(u + row * 64, first + column, padded)
    if let q { tile.accumulate(q + row * 64, second + column, padded) }
    tile.add(to: c + row * stride + column, columns: n - column)
    row += 1
  }
}

/// C += A B^T, four rows and one column at a time. Sums over lanes are taken in the end.
@inline(__always)
private func dotProducts<V: Lanes>(
  _: V.Type, _ m: Int, _ n: Int, _ blocks: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>,
  _ c: UnsafeMutablePointer<V.Scalar>, _ stride: Int
) {
  for column in 0..<n {
    var row = 0
    while row + 4 <= m {
      var (c0, c1, c2, c3) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
      for block in 0..<blocks {
        let (left, right) = (a + (block * m + row) * 64, b + (block * n + column) * 64)
        var lane = 0
        while lane < 64 {
          let other = V(at: right + lane)
          c0.add(V(at: left + lane), times: other)
          c1.add(V(at: left + 64 + lane), times: other)
          c2.add(V(at: left + 128 + lane), times: other)
          c3.add(V(at: left + 192 + lane), times: other)
          lane += V.count
        }
      }
      let totals = V.totals(c0, c1, c2, c3)
      for offset in 0..<4 { c[(row + offset) * stride + column] += totals[offset] }
      row += 4
    }
    while row < m {
      var sum = V(repeating: 0)
      for block in 0..<blocks {
        let (left, right) = (a + (block * m + row) * 64, b + (block * n + column) * 64)
        var lane = 0
        while lane < 64 {
          sum.add(V(at: left + lane), times: V(at: right + lane))
          lane += V.count
        }
      }
      c[row * stride + column] += sum.total
      row += 1
    }
  }
}

/// 64 columns of `rows` rows become 64 rows of `padded` columns, of which those beyond `rows` are zero.
@inline(__always)
private func transpose<V: Lanes>(
  _: V.Type, _ source: UnsafePointer<V.Scalar>, _ rows: Int, _ out: UnsafeMutablePointer<V.Scalar>, _ padded: Int
) {
  let whole = rows / V.count * V.count
  for row in Swift.stride(from: 0, to: whole, by: V.count) {
    for lane in Swift.stride(from: 0, to: 64, by: V.count) {
      V.transpose(source + (row * 64 + lane), 64, out + (lane * padded + row), padded)
    }
  }
  guard whole < padded else { return }
  for lane in 0..<64 {
    for column in Swift.stride(from: whole, to: padded, by: V.count) {
      V(repeating: 0).store(at: out + (lane * padded + column))
    }
    for row in whole..<rows { out[lane * padded + row] = source[row * 64 + lane] }
  }
}

/// Part of C in registers.
private protocol Tile {
  associatedtype V: Lanes
  /// The same for one row.
  associatedtype Row: TileRow where Row.V == V
  static var width: Int { get }
  init()
  /// Four rows of 64 numbers of A times 64 rows of B, `padded` apart.
  mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ padded: Int)
  /// - Parameter columns: how many columns C has from here on, at least one
  func add(to c: UnsafeMutablePointer<V.Scalar>, _ stride: Int, columns: Int)
}

private protocol TileRow {
  associatedtype V: Lanes
  init()
  mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ padded: Int)
  func add(to c: UnsafeMutablePointer<V.Scalar>, columns: Int)
}

/// c += sum, as far as C has columns.
@inline(__always)
private func addUp<V: Lanes>(
  _ sum: V, to c: UnsafeMutablePointer<V.Scalar>, at place: Int, columns: Int
) {
  if place + V.count <= columns {
    (V(unaligned: c + place) + sum).store(unaligned: c + place)
  } else if place < columns {
    for lane in 0..<columns - place { c[place + lane] += sum[lane] }
  }
}

/// 4 rows and 2 vectors.
private struct Pair<V: Lanes>: Tile {
  var (c00, c01, c10, c11) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
  var (c20, c21, c30, c31) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))

  @inline(__always) static var width: Int { 2 * V.count }

  @inline(__always) init() {}

  @inline(__always)
  mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ padded: Int) {
    var (left, right) = (a, b)
    for _ in 0..<64 {
      let (b0, b1) = (V(at: right), V(at: right + V.count))
      let a0 = V(repeating: left[0])
      c00.add(a0, times: b0)
      c01.add(a0, times: b1)
      let a1 = V(repeating: left[64])
      c10.add(a1, times: b0)
      c11.add(a1, times: b1)
      let a2 = V(repeating: left[128])
      c20.add(a2, times: b0)
      c21.add(a2, times: b1)
      let a3 = V(repeating: left[192])
      c30.add(a3, times: b0)
      c31.add(a3, times: b1)
      left += 1
      right += padded
    }
  }

  @inline(__always)
  func add(to c: UnsafeMutablePointer<V.Scalar>, _ stride: Int, columns: Int) {
    Row(c0: c00, c1: c01).add(to: c, columns: columns)
    Row(c0: c10, c1: c11).add(to: c + stride, columns: columns)
    Row(c0: c20, c1: c21).add(to: c + 2 * stride, columns: columns)
    Row(c0: c30, c1: c31).add(to: c + 3 * stride, columns: columns)
  }

  struct Row: TileRow {
    var c0 = V(repeating: 0)
    var c1 = V(repeating: 0)

    @inline(__always) init() {}

    @inline(__always) init(c0: V, c1: V) { (self.c0, self.c1) = (c0, c1) }

    @inline(__always)
    mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ padded: Int) {
      for lane in 0..<64 {
        let factor = V(repeating: a[lane])
        c0.add(factor, times: V(at: b + lane * padded))
        c1.add(factor, times: V(at: b + lane * padded + V.count))
      }
    }

    @inline(__always)
    func add(to c: UnsafeMutablePointer<V.Scalar>, columns: Int) {
      addUp(c0, to: c, at: 0, columns: columns)
      addUp(c1, to: c, at: V.count, columns: columns)
    }
  }
}

#if KERNELS_V4
  /// 4 rows and 4 vectors, for which the 32 registers of AVX-512 are enough.
  private struct Wide<V: Lanes>: Tile {
    var (c00, c01, c02, c03) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c10, c11, c12, c13) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c20, c21, c22, c23) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c30, c31, c32, c33) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))

    @inline(__always) static var width: Int { 4 * V.count }

    @inline(__always) init() {}

    @inline(__always)
    mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ padded: Int) {
      let w = V.count
      var (left, right) = (a, b)
      for _ in 0..<64 {
        let (b0, b1, b2, b3) = (V(at: right), V(at: right + w), V(at: right + 2 * w), V(at: right + 3 * w))
        let a0 = V(repeating: left[0])
        c00.add(a0, times: b0)
        c01.add(a0, times: b1)
        c02.add(a0, times: b2)
        c03.add(a0, times: b3)
        let a1 = V(repeating: left[64])
        c10.add(a1, times: b0)
        c11.add(a1, times: b1)
        c12.add(a1, times: b2)
        c13.add(a1, times: b3)
        let a2 = V(repeating: left[128])
        c20.add(a2, times: b0)
        c21.add(a2, times: b1)
        c22.add(a2, times: b2)
        c23.add(a2, times: b3)
        let a3 = V(repeating: left[192])
        c30.add(a3, times: b0)
        c31.add(a3, times: b1)
        c32.add(a3, times: b2)
        c33.add(a3, times: b3)
        left += 1
        right += padded
      }
    }

    @inline(__always)
    func add(to c: UnsafeMutablePointer<V.Scalar>, _ stride: Int, columns: Int) {
      Row(c0: c00, c1: c01, c2: c02, c3: c03).add(to: c, columns: columns)
      Row(c0: c10, c1: c11, c2: c12, c3: c13).add(to: c + stride, columns: columns)
      Row(c0: c20, c1: c21, c2: c22, c3: c23).add(to: c + 2 * stride, columns: columns)
      Row(c0: c30, c1: c31, c2: c32, c3: c33).add(to: c + 3 * stride, columns: columns)
    }

    struct Row: TileRow {
      var (c0, c1, c2, c3) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))

      @inline(__always) init() {}

      @inline(__always) init(c0: V, c1: V, c2: V, c3: V) {
        (self.c0, self.c1, self.c2, self.c3) = (c0, c1, c2, c3)
      }

      @inline(__always)
      mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ padded: Int) {
        let w = V.count
        for lane in 0..<64 {
          let (factor, right) = (V(repeating: a[lane]), b + lane * padded)
          c0.add(factor, times: V(at: right))
          c1.add(factor, times: V(at: right + w))
          c2.add(factor, times: V(at: right + 2 * w))
          c3.add(factor, times: V(at: right + 3 * w))
        }
      }

      @inline(__always)
      func add(to c: UnsafeMutablePointer<V.Scalar>, columns: Int) {
        addUp(c0, to: c, at: 0, columns: columns)
        addUp(c1, to: c, at: V.count, columns: columns)
        addUp(c2, to: c, at: 2 * V.count, columns: columns)
        addUp(c3, to: c, at: 3 * V.count, columns: columns)
      }
    }
  }
#endif

/// What is done with the numbers of a product while they are in registers.
protocol ProductEnd {
  associatedtype V: Lanes
  /// - Parameter place: index in C, whose rows are n long
  func take(_ value: V, at place: Int)
}

/// The numbers are stored in C.
struct Stored<V: Lanes>: ProductEnd {
  let c: UnsafeMutablePointer<V.Scalar>

  @inline(__always) init(_ c: UnsafeMutablePointer<V.Scalar>) { self.c = c }

  @inline(__always) func take(_ value: V, at place: Int) { value.store(at: c + place) }
}

extension LaneKernels {
  @inline(__always)
  static func panelProduct(
    rows m: Int, columns n: Int, depth k: Int, a: Input, rowStride: Int, columnStride: Int, b: Input, bias: Input?,
    c: Output
  ) { product(V.self, m, n, n, k, a, rowStride, columnStride, b, bias, Stored(c)) }
}

/// The numbers of C = A B + bias, for a small matrix A (m x k: a weight matrix or its transpose) and panels B (k x n)
/// and C (m x n), given to `end`.
///
/// Register tiles of 4 rows and 4 vectors: per step of k, 4 vector loads and 4 broadcasts feed 16 multiply-adds. Of
/// each row only the first `used` columns are computed, a multiple of 64 bytes. Every number is computed by the same
/// operations, whatever its tile.
@inline(__always)
func product<V: Lanes, End: ProductEnd>(
  _: V.Type, _ m: Int, _ n: Int, _ used: Int, _ k: Int, _ a: UnsafePointer<V.Scalar>, _ rowStride: Int,
  _ columnStride: Int,
  _ b: UnsafePointer<V.Scalar>, _ bias: UnsafePointer<V.Scalar>?, _ end: End
) where End.V == V {
  #if KERNELS_V4
    let width = 4 * V.count
  #else
    let width = 2 * V.count
  #endif
  var column = 0
  while column + width <= used {
    var row = 0
    while row + 4 <= m {
      #if KERNELS_V4
        tile4x4(
          V.self, n, k, a + row * rowStride, rowStride, columnStride, b + column,
          bias.map { $0 + row }, row * n + column, end)
      #else
        tile4x2(
          V.self, n, k, a + row * rowStride, rowStride, columnStride, b + column,
          bias.map { $0 + row }, row * n + column, end)
      #endif
      row += 4
    }
    while row < m {
      #if KERNELS_V4
        tile1x4(V.self, n, k, a + row * rowStride, columnStride, b + column, bias?[row] ?? 0, row * n + column, end)
      #else
        tile1x2(V.self, n, k, a + row * rowStride, columnStride, b + column, bias?[row] ?? 0, row * n + column, end)
      #endif
      row += 1
    }
    column += width
  }
  while column < used {
    var row = 0
    while row + 4 <= m {
      tile4x1(
        V.self, n, k, a + row * rowStride, rowStride, columnStride, b + column, bias.map { $0 + row }, row * n + column,
        end)
      row += 4
    }
    while row < m {
      var sum = V(repeating: bias?[row] ?? 0)
      for step in 0..<k {
        sum.add(V(repeating: a[row * rowStride + step * columnStride]), times: V(at: b + (step * n + column)))
      }
      end.take(sum, at: row * n + column)
      row += 1
    }
    column += V.count
  }
}

/// One vector per row, for the columns that are left and for few particles.
@inline(__always)
private func tile4x1<V: Lanes, End: ProductEnd>(
  _: V.Type, _ n: Int, _ k: Int, _ a: UnsafePointer<V.Scalar>, _ rowStride: Int, _ columnStride: Int,
  _ b: UnsafePointer<V.Scalar>, _ bias: UnsafePointer<V.Scalar>?, _ place: Int, _ end: End
) where End.V == V {
  var c0 = V(repeating: bias?[0] ?? 0)
  var c1 = V(repeating: bias?[1] ?? 0)
  var c2 = V(repeating: bias?[2] ?? 0)
  var c3 = V(repeating: bias?[3] ?? 0)
  var (left, right) = (a, b)
  for _ in 0..<k {
    let vector = V(at: right)
    c0.add(V(repeating: left[0]), times: vector)
    c1.add(V(repeating: left[rowStride]), times: vector)
    c2.add(V(repeating: left[2 * rowStride]), times: vector)
    c3.add(V(repeating: left[3 * rowStride]), times: vector)
    left += columnStride
    right += n
  }
  end.take(c0, at: place)
  end.take(c1, at: place + n)
  end.take(c2, at: place + 2 * n)
  end.take(c3, at: place + 3 * n)
}

#if KERNELS_V4
  @inline(__always)
  private func tile4x4<V: Lanes, End: ProductEnd>(
    _: V.Type, _ n: Int, _ k: Int, _ a: UnsafePointer<V.Scalar>, _ rowStride: Int, _ columnStride: Int,
    _ b: UnsafePointer<V.Scalar>, _ bias: UnsafePointer<V.Scalar>?, _ place: Int, _ end: End
  ) where End.V == V {
    let w = V.count
    var c00 = V(repeating: bias?[0] ?? 0)
    var c10 = V(repeating: bias?[1] ?? 0)
    var c20 = V(repeating: bias?[2] ?? 0)
    var c30 = V(repeating: bias?[3] ?? 0)
    var (c01, c02, c03) = (c00, c00, c00)
    var (c11, c12, c13) = (c10, c10, c10)
    var (c21, c22, c23) = (c20, c20, c20)
    var (c31, c32, c33) = (c30, c30, c30)
    var left = a
    var right = b
    for _ in 0..<k {
      let (b0, b1, b2, b3) = (V(at: right), V(at: right + w), V(at: right + 2 * w), V(at: right + 3 * w))
      let a0 = V(repeating: left[0])
      c00.add(a0, times: b0)
      c01.add(a0, times: b1)
      c02.add(a0, times: b2)
      c03.add(a0, times: b3)
      let a1 = V(repeating: left[rowStride])
      c10.add(a1, times: b0)
      c11.add(a1, times: b1)
      c12.add(a1, times: b2)
      c13.add(a1, times: b3)
      let a2 = V(repeating: left[2 * rowStride])
      c20.add(a2, times: b0)
      c21.add(a2, times: b1)
      c22.add(a2, times: b2)
      c23.add(a2, times: b3)
      let a3 = V(repeating: left[3 * rowStride])
      c30.add(a3, times: b0)
      c31.add(a3, times: b1)
      c32.add(a3, times: b2)
      c33.add(a3, times: b3)
      left += columnStride
      right += n
    }
    finish(end, place, c00, c01, c02, c03)
    finish(end, place + n, c10, c11, c12, c13)
    finish(end, place + 2 * n, c20, c21, c22, c23)
    finish(end, place + 3 * n, c30, c31, c32, c33)
  }

  @inline(__always)
  private func tile1x4<V: Lanes, End: ProductEnd>(
    _: V.Type, _ n: Int, _ k: Int, _ a: UnsafePointer<V.Scalar>, _ columnStride: Int, _ b: UnsafePointer<V.Scalar>,
    _ bias: V.Scalar, _ place: Int, _ end: End
  ) where End.V == V {
    let w = V.count
    var c0 = V(repeating: bias)
    var (c1, c2, c3) = (c0, c0, c0)
    for step in 0..<k {
      let left = V(repeating: a[step * columnStride])
      let right = b + step * n
      c0.add(left, times: V(at: right))
      c1.add(left, times: V(at: right + w))
      c2.add(left, times: V(at: right + 2 * w))
      c3.add(left, times: V(at: right + 3 * w))
    }
    finish(end, place, c0, c1, c2, c3)
  }

  @inline(__always)
  private func finish<End: ProductEnd>(_ end: End, _ place: Int, _ v0: End.V, _ v1: End.V, _ v2: End.V, _ v3: End.V) {
    end.take(v0, at: place)
    end.take(v1, at: place + End.V.count)
    end.take(v2, at: place + 2 * End.V.count)
    end.take(v3, at: place + 3 * End.V.count)
  }
#else
  /// Two vectors per row, because there are 16 registers only.
  @inline(__always)
  private func tile4x2<V: Lanes, End: ProductEnd>(
    _: V.Type, _ n: Int, _ k: Int, _ a: UnsafePointer<V.Scalar>, _ rowStride: Int, _ columnStride: Int,
    _ b: UnsafePointer<V.Scalar>, _ bias: UnsafePointer<V.Scalar>?, _ place: Int, _ end: End
  ) where End.V == V {
    let w = V.count
    var c00 = V(repeating: bias?[0] ?? 0)
    var c10 = V(repeating: bias?[1] ?? 0)
    var c20 = V(repeating: bias?[2] ?? 0)
    var c30 = V(repeating: bias?[3] ?? 0)
    var (c01, c11, c21, c31) = (c00, c10, c20, c30)
    var left = a
    var right = b
    for _ in 0..<k {
      let (b0, b1) = (V(at: right), V(at: right + w))
      let a0 = V(repeating: left[0])
      c00.add(a0, times: b0)
      c01.add(a0, times: b1)
      let a1 = V(repeating: left[rowStride])
      c10.add(a1, times: b0)
      c11.add(a1, times: b1)
      let a2 = V(repeating: left[2 * rowStride])
      c20.add(a2, times: b0)
      c21.add(a2, times: b1)
      let a3 = V(repeating: left[3 * rowStride])
      c30.add(a3, times: b0)
      c31.add(a3, times: b1)
      left += columnStride
      right += n
    }
    finish(end, place, c00, c01)
    finish(end, place + n, c10, c11)
    finish(end, place + 2 * n, c20, c21)
    finish(end, place + 3 * n, c30, c31)
  }

  @inline(__always)
  private func tile1x2<V: Lanes, End: ProductEnd>(
    _: V.Type, _ n: Int, _ k: Int, _ a: UnsafePointer<V.Scalar>, _ columnStride: Int, _ b: UnsafePointer<V.Scalar>,
    _ bias: V.Scalar, _ place: Int, _ end: End
  ) where End.V == V {
    let w = V.count
    var c0 = V(repeating: bias)
    var c1 = c0
    for step in 0..<k {
      let left = V(repeating: a[step * columnStride])
      let right = b + step * n
      c0.add(left, times: V(at: right))
      c1.add(left, times: V(at: right + w))
    }
    finish(end, place, c0, c1)
  }

  @inline(__always)
  private func finish<End: ProductEnd>(_ end: End, _ place: Int, _ v0: End.V, _ v1: End.V) {
    end.take(v0, at: place)
    end.take(v1, at: place + End.V.count)
  }
#endif

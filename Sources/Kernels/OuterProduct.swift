/// C += A B^T for panels A (m x lanes) and B (n x lanes) whose columns are particles, lanes a multiple of 64: the sum
/// over particles of outer products, such as the gradient of a weight matrix. C (m x n) is row-major with rows `stride` apart.
///
/// Tiles of 4 x 4 dot products: 8 vector loads feed 16 multiply-adds; lanes are summed once per tile.
@inline(__always)
private func outerProduct<V: Lanes>(
  _: V.Type, _ m: Int, _ n: Int, _ lanes: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>,
  _ c: UnsafeMutablePointer<V.Scalar>, _ stride: Int
) {
  var row = 0
  while row < m {
    var column = 0
    if row + 4 <= m {
      while column + 4 <= n {
        dots4x4(V.self, lanes, a + row * lanes, b + column * lanes, c + row * stride + column, stride)
        column += 4
      }
    }
    let rows = min(4, m - row)
    while column < n {
      for offset in 0..<rows {
        c[(row + offset) * stride + column] += dot(V.self, lanes, a + (row + offset) * lanes, b + column * lanes)
      }
      column += 1
    }
    row += 4
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

@inline(__always)
private func dots4x4<V: Lanes>(
  _: V.Type, _ lanes: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>,
  _ c: UnsafeMutablePointer<V.Scalar>, _ stride: Int
) {
  let zero = V(repeating: 0)
  var (c00, c01, c02, c03) = (zero, zero, zero, zero)
  var (c10, c11, c12, c13) = (zero, zero, zero, zero)
  var (c20, c21, c22, c23) = (zero, zero, zero, zero)
  var (c30, c31, c32, c33) = (zero, zero, zero, zero)
  var left = a
  var right = b
  let end = a + lanes
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
  add(c, c00, c01, c02, c03)
  add(c + stride, c10, c11, c12, c13)
  add(c + 2 * stride, c20, c21, c22, c23)
  add(c + 3 * stride, c30, c31, c32, c33)
}

@inline(__always)
private func add<V: Lanes>(_ c: UnsafeMutablePointer<V.Scalar>, _ v0: V, _ v1: V, _ v2: V, _ v3: V) {
  c[0] += v0.total
  c[1] += v1.total
  c[2] += v2.total
  c[3] += v3.total
}

public func outerProductFloat(
  _ m: Int, _ n: Int, _ lanes: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>, _ stride: Int
) { outerProduct(FloatLanes.self, m, n, lanes, a, b, c, stride) }

public func outerProductDouble(
  _ m: Int, _ n: Int, _ lanes: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
  _ c: UnsafeMutablePointer<Double>, _ stride: Int
) { outerProduct(DoubleLanes.self, m, n, lanes, a, b, c, stride) }

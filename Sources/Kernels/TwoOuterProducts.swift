/// C += U K^T + Q H^T on panels in blocks of 64 particles, each block's rows together: the gradient of a weight matrix (m x n, rows
/// `stride` apart) of a network.
///
/// K and H are transposed block by block, so that both products run like `panelProduct`, without sums over lanes: 16 multiply-adds
/// per 4 vector loads and 4 broadcasts. `room` holds 2 x 64 x n numbers.
@inline(__always)
private func twoOuterProducts<V: Lanes>(
  _: V.Type, _ m: Int, _ n: Int, _ blocks: Int, _ u: UnsafePointer<V.Scalar>, _ k: UnsafePointer<V.Scalar>,
  _ q: UnsafePointer<V.Scalar>, _ h: UnsafePointer<V.Scalar>, _ c: UnsafeMutablePointer<V.Scalar>, _ stride: Int,
  _ room: UnsafeMutablePointer<V.Scalar>
) {
  let whole = n / V.count * V.count
  let (first, second) = (room, room + 64 * whole)
  for block in 0..<blocks {
    let (u, q) = (u + block * m * 64, q + block * m * 64)
    let (k, h) = (k + block * n * 64, h + block * n * 64)
    transpose(V.self, k, whole, first)
    transpose(V.self, h, whole, second)
    var column = 0
    while column < whole {
      var row = 0
      while row < m {
        let place = c + row * stride + column
        if row + 4 <= m, column + Wide<V>.width <= whole {
          var tile = Wide<V>()
          tile.accumulate(u + row * 64, first + column, whole)
          tile.accumulate(q + row * 64, second + column, whole)
          tile.add(to: place, stride)
          row += 4
        } else {
          let width = column + Wide<V>.width <= whole ? Wide<V>.width : V.count
          for offset in Swift.stride(from: 0, to: width, by: V.count) {
            var sum = V(repeating: 0)
            for lane in 0..<64 {
              sum.add(V(repeating: u[row * 64 + lane]), times: V(at: first + (lane * whole + column + offset)))
              sum.add(V(repeating: q[row * 64 + lane]), times: V(at: second + (lane * whole + column + offset)))
            }
            accumulateVector(sum, to: place + offset)
          }
          row += 1
        }
      }
      column += column + Wide<V>.width <= whole ? Wide<V>.width : V.count
    }
    // Columns that fill no vector.
    for row in 0..<m {
      for column in whole..<n {
        let (left, right) = (row * 64, column * 64)
        var sum = V(repeating: 0)
        for lane in Swift.stride(from: 0, to: 64, by: V.count) {
          sum.add(V(at: u + left + lane), times: V(at: k + right + lane))
          sum.add(V(at: q + left + lane), times: V(at: h + right + lane))
        }
        c[row * stride + column] += sum.total
      }
    }
  }
}

@inline(__always)
private func transpose<V: Lanes>(
  _: V.Type, _ source: UnsafePointer<V.Scalar>, _ rows: Int, _ out: UnsafeMutablePointer<V.Scalar>
) {
  for row in Swift.stride(from: 0, to: rows, by: V.count) {
    for lane in Swift.stride(from: 0, to: 64, by: V.count) {
      V.transpose(source + (row * 64 + lane), 64, out + (lane * rows + row), rows)
    }
  }
}

@inline(__always)
private func accumulateVector<V: Lanes>(_ sum: V, to address: UnsafeMutablePointer<V.Scalar>) {
  let raw = UnsafeMutableRawPointer(address)
  raw.storeBytes(of: raw.loadUnaligned(as: V.self) + sum, as: V.self)
}

#if KERNELS_V4
  /// 4 rows and 4 vectors.
  private struct Wide<V: Lanes> {
    var (c00, c01, c02, c03) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c10, c11, c12, c13) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c20, c21, c22, c23) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c30, c31, c32, c33) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))

    @inline(__always) static var width: Int { 4 * V.count }

    @inline(__always) init() {}

    @inline(__always)
    mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ n: Int) {
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
        right += n
      }
    }

    @inline(__always)
    func add(to c: UnsafeMutablePointer<V.Scalar>, _ stride: Int) {
      Self.add(c, c00, c01, c02, c03)
      Self.add(c + stride, c10, c11, c12, c13)
      Self.add(c + 2 * stride, c20, c21, c22, c23)
      Self.add(c + 3 * stride, c30, c31, c32, c33)
    }

    @inline(__always)
    private static func add(_ c: UnsafeMutablePointer<V.Scalar>, _ v0: V, _ v1: V, _ v2: V, _ v3: V) {
      accumulateVector(v0, to: c)
      accumulateVector(v1, to: c + V.count)
      accumulateVector(v2, to: c + 2 * V.count)
      accumulateVector(v3, to: c + 3 * V.count)
    }
  }
#else
  /// 4 rows and 2 vectors: there are 16 registers only.
  private struct Wide<V: Lanes> {
    var (c00, c01, c10, c11) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))
    var (c20, c21, c30, c31) = (V(repeating: 0), V(repeating: 0), V(repeating: 0), V(repeating: 0))

    @inline(__always) static var width: Int { 2 * V.count }

    @inline(__always) init() {}

    @inline(__always)
    mutating func accumulate(_ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>, _ n: Int) {
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
        right += n
      }
    }

    @inline(__always)
    func add(to c: UnsafeMutablePointer<V.Scalar>, _ stride: Int) {
      accumulateVector(c00, to: c)
      accumulateVector(c01, to: c + V.count)
      accumulateVector(c10, to: c + stride)
      accumulateVector(c11, to: c + stride + V.count)
      accumulateVector(c20, to: c + 2 * stride)
      accumulateVector(c21, to: c + 2 * stride + V.count)
      accumulateVector(c30, to: c + 3 * stride)
      accumulateVector(c31, to: c + 3 * stride + V.count)
    }
  }
#endif

public func twoOuterProductsFloat(
  _ m: Int, _ n: Int, _ blocks: Int, _ u: UnsafePointer<Float>, _ k: UnsafePointer<Float>, _ q: UnsafePointer<Float>,
  _ h: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, _ stride: Int, _ room: UnsafeMutablePointer<Float>
) { twoOuterProducts(FloatLanes.self, m, n, blocks, u, k, q, h, c, stride, room) }

public func twoOuterProductsDouble(
  _ m: Int, _ n: Int, _ blocks: Int, _ u: UnsafePointer<Double>, _ k: UnsafePointer<Double>,
  _ q: UnsafePointer<Double>, _ h: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>, _ stride: Int,
  _ room: UnsafeMutablePointer<Double>
) { twoOuterProducts(DoubleLanes.self, m, n, blocks, u, k, q, h, c, stride, room) }

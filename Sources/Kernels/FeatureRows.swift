/// Operations on rows with one number per particle, from which features are computed. `count` is a multiple of 64 and
/// rows are aligned, unless stated otherwise. Each costs one pass through the first cache and the few operations of its
/// formula.

/// out = scale sum_k (x_k - c_k)^2, for rows x_k that are `stride` apart.
public func squaredDistances(
  _ dimension: Int, _ count: Int, _ x: UnsafePointer<Double>, _ stride: Int, _ center: UnsafePointer<Double>,
  _ scale: Double, _ out: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  let factor = V(repeating: scale)
  var index = 0
  while index < count {
    var sum0 = V(repeating: 0)
    var sum1 = sum0
    for k in 0..<dimension {
      let row = x + (k * stride + index)
      let c = V(repeating: center[k])
      let (d0, d1) = (V(at: row) - c, V(at: row + V.count) - c)
      sum0.add(d0, times: d0)
      sum1.add(d1, times: d1)
    }
    (sum0 * factor).store(at: out + index)
    (sum1 * factor).store(at: out + index + V.count)
    index += 2 * V.count
  }
}

/// Up to three rows: e = exp(-z^2), its derivative -2 z e / w and second derivative (4 z^2 - 2) e / w^2, with z = (x -
/// c) / w.
public func gaussianRows(
  _ orders: Int, _ count: Int, _ x: UnsafePointer<Double>, _ center: Double, _ inverseWidth: Double,
  _ e: UnsafeMutablePointer<Double>, _ first: UnsafeMutablePointer<Double>, _ second: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  let (c, inverse) = (V(repeating: center), V(repeating: inverseWidth))
  let slope = V(repeating: -2 * inverseWidth)
  let (bend, flat) = (V(repeating: 4 * inverseWidth * inverseWidth), V(repeating: -2 * inverseWidth * inverseWidth))
  var index = 0
  while index < count {
    let z = (V(at: x + index) - c) * inverse
    let squared = z * z
    let value = vanishingExponential(squared)
    value.store(at: e + index)
    if orders > 1 { (slope * z * value).store(at: first + index) }
    if orders > 2 { (V.fused(bend, squared, flat) * value).store(at: second + index) }
    index += V.count
  }
}

/// out += weight a
public func addRow(
  _ count: Int, _ weight: Double, _ a: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  let w = V(repeating: weight)
  var index = 0
  while index < count {
    var sum = V(at: out + index)
    sum.add(w, times: V(at: a + index))
    sum.store(at: out + index)
    index += V.count
  }
}

/// out += weight a b
public func addProductRow(
  _ count: Int, _ weight: Double, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
  _ out: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  let w = V(repeating: weight)
  var index = 0
  while index < count {
    var sum = V(at: out + index)
    sum.add(w * V(at: a + index), times: V(at: b + index))
    sum.store(at: out + index)
    index += V.count
  }
}

/// out = sum_m a_m b_m, over rows that are `aStride` and `bStride` apart.
public func sumOfProducts(
  _ rows: Int, _ count: Int, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>, _ bStride: Int,
  _ out: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  var index = 0
  // Four sums at a time are kept in registers.
  while index < count {
    var sum0 = V(repeating: 0)
    var (sum1, sum2, sum3) = (sum0, sum0, sum0)
    var (left, right) = (a + index, b + index)
    for _ in 0..<rows {
      sum0.add(V(at: left), times: V(at: right))
      sum1.add(V(at: left + V.count), times: V(at: right + V.count))
      sum2.add(V(at: left + 2 * V.count), times: V(at: right + 2 * V.count))
      sum3.add(V(at: left + 3 * V.count), times: V(at: right + 3 * V.count))
      left += aStride
      right += bStride
    }
    sum0.store(at: out + index)
    sum1.store(at: out + index + V.count)
    sum2.store(at: out + index + 2 * V.count)
    sum3.store(at: out + index + 3 * V.count)
    index += 4 * V.count
  }
}

/// out += weight a (x - c)
public func addDifferenceRow(
  _ count: Int, _ weight: Double, _ a: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ center: Double,
  _ out: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  let (w, c) = (V(repeating: weight), V(repeating: center))
  var index = 0
  while index < count {
    var sum = V(at: out + index)
    sum.add(w * V(at: a + index), times: V(at: x + index) - c)
    sum.store(at: out + index)
    index += V.count
  }
}

/// out = weight a (x - c)
public func differenceRow(
  _ count: Int, _ weight: Double, _ a: UnsafePointer<Double>, _ x: UnsafePointer<Double>, _ center: Double,
  _ out: UnsafeMutablePointer<Double>
) {
  typealias V = DoubleLanes
  let (w, c) = (V(repeating: weight), V(repeating: center))
  var index = 0
  while index < count {
    (w * V(at: a + index) * (V(at: x + index) - c)).store(at: out + index)
    index += V.count
  }
}

/// sum_i a_i b_i
public func rowProduct(_ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
  typealias V = DoubleLanes
  var even = V(repeating: 0)
  var odd = even
  var index = 0
  while index < count {
    even.add(V(at: a + index), times: V(at: b + index))
    odd.add(V(at: a + index + V.count), times: V(at: b + index + V.count))
    index += 2 * V.count
  }
  return (even + odd).total
}

/// sum_i a_i (c - x_i)
public func differenceSum(
  _ count: Int, _ a: UnsafePointer<Double>, _ center: Double, _ x: UnsafePointer<Double>
) -> Double {
  typealias V = DoubleLanes
  let c = V(repeating: center)
  var even = V(repeating: 0)
  var odd = even
  var index = 0
  while index < count {
    even.add(V(at: a + index), times: c - V(at: x + index))
    odd.add(V(at: a + index + V.count), times: c - V(at: x + index + V.count))
    index += 2 * V.count
  }
  return (even + odd).total
}

/// out[i * dimension + k] = a_k[i] for rows that are `stride` apart.
public func interleave(
  _ dimension: Int, _ count: Int, _ a: UnsafePointer<Double>, _ stride: Int, _ out: UnsafeMutablePointer<Double>
) {
  #if KERNELS_V3 || KERNELS_V4
    typealias V = DoubleLanes
    if dimension == 2 {
      var index = 0
      while index < count {
        let (x, y) = (V(at: a + index), V(at: a + stride + index))
        var low = V(repeating: 0)
        var high = low
        low.evenHalf = x.lowHalf
        low.oddHalf = y.lowHalf
        high.evenHalf = x.highHalf
        high.oddHalf = y.highHalf
        low.store(at: out + 2 * index)
        high.store(at: out + 2 * index + V.count)
        index += V.count
      }
      return
    }
  #endif
  for k in 0..<dimension {
    let row = a + k * stride
    for index in 0..<count { out[index * dimension + k] = row[index] }
  }
}

/// out[i * dimension + k] = a[i] v[k] for any count and alignment.
public func outerRows(
  _ dimension: Int, _ count: Int, _ a: UnsafePointer<Double>, _ v: UnsafePointer<Double>,
  _ out: UnsafeMutablePointer<Double>
) {
  for index in 0..<count {
    let (factor, row) = (a[index], out + index * dimension)
    for k in 0..<dimension { row[k] = factor * v[k] }
  }
}

/// out = a * b elementwise.
@inline(__always)
private func hadamard<V: Lanes>(
  _: V.Type, _ count: Int, _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V.Scalar>,
  _ out: UnsafeMutablePointer<V.Scalar>
) {
  var index = 0
  while index < count {
    (V(at: a + index) * V(at: b + index)).store(at: out + index)
    index += V.count
  }
}

public func hadamardFloat(
  _ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
) { hadamard(FloatLanes.self, count, a, b, out) }

public func hadamardDouble(
  _ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
) { hadamard(DoubleLanes.self, count, a, b, out) }

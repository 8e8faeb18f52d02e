// Operations on rows with one number per particle, from which features are computed. Each costs one pass through the
// first cache and the few operations of its formula.

extension DoubleVariant {
  /// out = scale sum_k (x_k - c_k)^2
  static func squaredDistances(
    dimension: Int, count: Int, x: UnsafePointer<Double>, stride: Int, center: UnsafePointer<Double>, scale: Double,
    out: UnsafeMutablePointer<Double>
  ) {
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

  /// e = exp(-z^2), -2 z e / w and (4 z^2 - 2) e / w^2, with z = (x - c) / w
  static func gaussianRows(
    orders: Int, count: Int, x: UnsafePointer<Double>, center: Double, inverseWidth: Double,
    e: UnsafeMutablePointer<Double>, first: UnsafeMutablePointer<Double>, second: UnsafeMutablePointer<Double>
  ) {
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
  static func add(count: Int, weight: Double, a: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>) {
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
  static func addProduct(
    count: Int, weight: Double, a: UnsafePointer<Double>, b: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>
  ) {
    let w = V(repeating: weight)
    var index = 0
    while index < count {
      var sum = V(at: out + index)
      sum.add(w * V(at: a + index), times: V(at: b + index))
      sum.store(at: out + index)
      index += V.count
    }
  }

  /// out = sum_m a_m b_m
  static func sumOfProducts(
    rows: Int, count: Int, a: UnsafePointer<Double>, aStride: Int, b: UnsafePointer<Double>, bStride: Int,
    out: UnsafeMutablePointer<Double>
  ) {
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
  static func addDifference(
    count: Int, weight: Double, a: UnsafePointer<Double>, x: UnsafePointer<Double>, c center: Double,
    out: UnsafeMutablePointer<Double>
  ) {
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
  static func difference(
    count: Int, weight: Double, a: UnsafePointer<Double>, x: UnsafePointer<Double>, c center: Double,
    out: UnsafeMutablePointer<Double>
  ) {
    let (w, c) = (V(repeating: weight), V(repeating: center))
    var index = 0
    while index < count {
      (w * V(at: a + index) * (V(at: x + index) - c)).store(at: out + index)
      index += V.count
    }
  }

  /// sum_i a_i b_i
  static func innerProduct(count: Int, a: UnsafePointer<Double>, b: UnsafePointer<Double>) -> Double {
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
  static func differenceSum(count: Int, a: UnsafePointer<Double>, c center: Double, x: UnsafePointer<Double>) -> Double
  {
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

  /// out[i * dimension + k] = a_k[i]
  static func interleave(
    dimension: Int, count: Int, a: UnsafePointer<Double>, stride: Int, out: UnsafeMutablePointer<Double>
  ) {
    #if KERNELS_V3 || KERNELS_V4
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

  /// out[i * dimension + k] = a[i] v[k]
  static func outerRows(
    dimension: Int, count: Int, a: UnsafePointer<Double>, v: UnsafePointer<Double>, out: UnsafeMutablePointer<Double>
  ) {
    for index in 0..<count {
      let (factor, row) = (a[index], out + index * dimension)
      for k in 0..<dimension { row[k] = factor * v[k] }
    }
  }
}

extension LaneKernels {
  /// out = a b
  @inline(__always)
  static func hadamard(count: Int, a: Input, b: Input, out: Output) {
    var index = 0
    while index < count {
      (V(at: a + index) * V(at: b + index)).store(at: out + index)
      index += V.count
    }
  }
}

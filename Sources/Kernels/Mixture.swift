// The loops of Gaussian mixtures over a panel of particles, which lie along the vector lanes. With z = W (x - m) the
// log-density of a component N(m, (W^T W)^-1) is -|z|^2 / 2 up to a constant, and its gradient -W^T z.

/// log2(e) / 2
private let halfLogarithmOfE = 0.7213475204444817
/// |z| is limited to this, so that squares and products stay finite however far away a particle is. NaN, which only
/// overflow can have made, becomes this number too.
private let largestDistance = 1e150

/// z = W (x - m), d x lanes. It replaces the differences from the last row up, because z_j needs those up to j only.
/// d^2 / 2 multiply-adds per particle.
@inline(__always)
private func whiten<V: Lanes>(
  _: V.Type, _ d: Int, _ lanes: Int, _ diagonal: Bool, _ x: UnsafePointer<Double>, _ m: UnsafePointer<Double>,
  _ w: UnsafePointer<Double>, _ z: UnsafeMutablePointer<Double>
) where V.Scalar == Double {
  let (low, high) = (V(repeating: -largestDistance), V(repeating: largestDistance))
  var lane = 0
  while lane < lanes {
    for j in 0..<d {
      let mean = V(repeating: m[j])
      for part in 0..<4 {
        let place = j * lanes + lane + part * V.count
        (V(at: x + place) - mean).store(at: z + place)
      }
    }
    var j = d - 1
    while j >= 0 {
      let row = z + j * lanes + lane
      let last = V(repeating: diagonal ? w[j] : w[j * d + j])
      var (z0, z1) = (V(at: row) * last, V(at: row + V.count) * last)
      var (z2, z3) = (V(at: row + 2 * V.count) * last, V(at: row + 3 * V.count) * last)
      if !diagonal {
        for l in 0..<j {
          let factor = V(repeating: w[j * d + l])
          let other = z + l * lanes + lane
          z0.add(V(at: other), times: factor)
          z1.add(V(at: other + V.count), times: factor)
          z2.add(V(at: other + 2 * V.count), times: factor)
          z3.add(V(at: other + 3 * V.count), times: factor)
        }
      }
      Double.larger(low, Double.smaller(z0, high)).store(at: row)
      Double.larger(low, Double.smaller(z1, high)).store(at: row + V.count)
      Double.larger(low, Double.smaller(z2, high)).store(at: row + 2 * V.count)
      Double.larger(low, Double.smaller(z3, high)).store(at: row + 3 * V.count)
      j -= 1
    }
    lane += 4 * V.count
  }
}

extension DoubleVariant {
  /// terms = shift - |z|^2 log2(e) / 2. The cost is that of z.
  static func gaussianTerms(
    dimension d: Int, lanes: Int, isDiagonal diagonal: Bool, x: UnsafePointer<Double>, m: UnsafePointer<Double>,
    w: UnsafePointer<Double>, shift: Double, z: UnsafeMutablePointer<Double>, terms: UnsafeMutablePointer<Double>
  ) {
    whiten(V.self, d, lanes, diagonal, x, m, w, z)
    var lane = 0
    while lane < lanes {
      var square = V(repeating: 0)
      for j in 0..<d {
        let value = V(at: z + j * lanes + lane)
        square.add(value, times: value)
      }
      V.fused(square, V(repeating: -halfLogarithmOfE), V(repeating: shift)).store(at: terms + lane)
      lane += V.count
    }
  }

  /// About 16 operations per particle and component.
  static func responsibilities(
    components k: Int, lanes: Int, weights: UnsafePointer<Double>, terms: UnsafeMutablePointer<Double>,
    largest: UnsafeMutablePointer<Double>, sums: UnsafeMutablePointer<Double>
  ) {
    var lane = 0
    while lane < lanes {
      var best = V(at: terms + lane)
      for c in 1..<max(1, k) { best = Double.larger(best, V(at: terms + c * lanes + lane)) }
      var sum = V(repeating: 0)
      for c in 0..<k {
        let power = powerOfTwo(V(at: terms + c * lanes + lane) - best)
        power.store(at: terms + c * lanes + lane)
        sum += power
      }
      best.store(at: largest + lane)
      sum.store(at: sums + lane)
      let share = V(at: weights + lane) / sum
      for c in 0..<k {
        let place = terms + c * lanes + lane
        (V(at: place) * share).store(at: place)
      }
      lane += V.count
    }
  }

  /// Sums over lanes are taken once per moment. About d^2 / 2 multiply-adds per particle.
  static func gaussianMoments(
    dimension d: Int, lanes: Int, isDiagonal diagonal: Bool, x: UnsafePointer<Double>, m: UnsafePointer<Double>,
    r: UnsafePointer<Double>, scratch: UnsafeMutablePointer<Double>, moments: UnsafeMutablePointer<Double>
  ) {
    let (differences, shares) = (scratch, scratch + d * lanes)
    var total = V(repeating: 0)
    var lane = 0
    while lane < lanes {
      total += V(at: r + lane)
      lane += V.count
    }
    moments[0] += total.total
    var next = moments + 1 + d
    for j in 0..<d {
      let (difference, share) = (differences + j * lanes, shares + j * lanes)
      let mean = V(repeating: m[j])
      var (first, second) = (V(repeating: 0), V(repeating: 0))
      lane = 0
      while lane < lanes {
        let offset = V(at: x + j * lanes + lane) - mean
        let part = V(at: r + lane) * offset
        offset.store(at: difference + lane)
        part.store(at: share + lane)
        first += part
        second.add(part, times: offset)
        lane += V.count
      }
      moments[1 + j] += first.total
      if !diagonal {
        var l = 0
        while l + 4 <= j {
          let (d0, d1) = (differences + l * lanes, differences + (l + 1) * lanes)
          let (d2, d3) = (differences + (l + 2) * lanes, differences + (l + 3) * lanes)
          var (s0, s1) = (V(repeating: 0), V(repeating: 0))
          var (s2, s3) = (V(repeating: 0), V(repeating: 0))
          lane = 0
          while lane < lanes {
            let part = V(at: share + lane)
            s0.add(part, times: V(at: d0 + lane))
            s1.add(part, times: V(at: d1 + lane))
            s2.add(part, times: V(at: d2 + lane))
            s3.add(part, times: V(at: d3 + lane))
            lane += V.count
          }
          next[0] += s0.total
          next[1] += s1.total
          next[2] += s2.total
          next[3] += s3.total
          next += 4
          l += 4
        }
        while l < j {
          let other = differences + l * lanes
          var sum = V(repeating: 0)
          lane = 0
          while lane < lanes {
            sum.add(V(at: share + lane), times: V(at: other + lane))
            lane += V.count
          }
          next[0] += sum.total
          next += 1
          l += 1
        }
      }
      next[0] += second.total
      next += 1
    }
  }

  /// scores -= r W^T z. About d^2 multiply-adds per particle, half of them for z.
  static func gaussianScores(
    dimension d: Int, lanes: Int, isDiagonal diagonal: Bool, x: UnsafePointer<Double>, m: UnsafePointer<Double>,
    w: UnsafePointer<Double>, r: UnsafePointer<Double>, z: UnsafeMutablePointer<Double>,
    scores: UnsafeMutablePointer<Double>
  ) {
    whiten(V.self, d, lanes, diagonal, x, m, w, z)
    for l in 0..<d {
      var lane = 0
      while lane < lanes {
        var sum = V(at: z + l * lanes + lane) * V(repeating: diagonal ? w[l] : w[l * d + l])
        if !diagonal {
          for j in l + 1..<max(l + 1, d) { sum.add(V(at: z + j * lanes + lane), times: V(repeating: w[j * d + l])) }
        }
        let place = scores + l * lanes + lane
        (V(at: place) - V(at: r + lane) * sum).store(at: place)
        lane += V.count
      }
    }
  }
}

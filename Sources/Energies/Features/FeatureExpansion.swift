import Numerics

/// An energy that is a linear combination of features: as a potential, or between particles.
///
/// Where features of a callback fail, values and derivatives are NaN.
package struct FeatureExpansion: Interaction, Equatable {
  package let basis: FeatureBasis
  /// One coefficient per feature.
  package let coefficients: [Double]

  package init(basis: FeatureBasis, coefficients: [Double]) {
    precondition(coefficients.count == basis.count, "coefficient count differs from the basis")
    self.basis = basis
    self.coefficients = coefficients
  }

  package var dimension: Int { basis.dimension }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    combine(points, time, width: 1, into: values) { try basis.values($0, into: $1, stride: $2) }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    combine(points, time, width: dimension, into: gradients) { try basis.jacobians($0, into: $1, stride: $2) }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    // One more weight, so that an empty basis has an address too.
    let weights = weights(at: time) + [0]
    weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress, let directions = directions.baseAddress,
        let base = products.baseAddress
      else { return }
      do {
        try basis.hessianProducts(points, weights: weights, directions: directions, into: base)
      } catch { products.update(repeating: .nan) }
    }
  }

  /// Numbers that `evaluate` finds for each feature, `width` per point, combined by the weights, a few points at a time.
  private func combine(
    _ points: UnsafeBufferPointer<Double>, _ time: Double, width: Int,
    into results: UnsafeMutableBufferPointer<Double>,
    _ evaluate: (UnsafeBufferPointer<Double>, UnsafeMutablePointer<Double>, _ stride: Int) throws -> Void
  ) {
    results.update(repeating: 0)
    guard let base = results.baseAddress, !points.isEmpty else { return }
    let (d, weights) = (dimension, weights(at: time))
    let n = points.count / d
    // Features of so many points stay in the second cache.
    let chunk = max(1, min(n, (1 << 16) / max(1, weights.count * width)))
    let panel = AlignedBuffer<Double>(count: weights.count * chunk * width)
    for start in stride(from: 0, to: n, by: chunk) {
      let end = min(n, start + chunk)
      let lanes = (end - start) * width
      do {
        try evaluate(UnsafeBufferPointer(rebasing: points[start * d..<end * d]), panel.base, lanes)
      } catch {
        results.update(repeating: .nan)
        return
      }
      let sums = base + start * width
      for (feature, weight) in weights.enumerated() {
        let row = panel.base + feature * lanes
        for lane in 0..<lanes { sums[lane] += weight * row[lane] }
      }
    }
  }

  /// The spatial features' weights at one time: sum_q coefficient_{q f} t^q.
  private func weights(at time: Double) -> [Double] {
    let spatial = basis.spatialCount
    var weights = [Double](repeating: 0, count: spatial)
    for power in stride(from: basis.timeDegree, through: 0, by: -1) {
      for feature in 0..<spatial {
        weights[feature] = weights[feature] * time + coefficients[power * spatial + feature]
      }
    }
    return weights
  }
}

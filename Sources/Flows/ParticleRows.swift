import CSystem
import Numerics

/// What one particle adds to gradient and curvature.
struct ParticleRows {
  let features: MapFeatures
  let d: Int
  /// z; the force (T - r) / h + grad V, times the length; S with M = S S^T, times the length.
  private(set) var z, force, root: [Double]
  /// L^-1, and (DT)^-1's like L^-1 L^-T.
  private(set) var inverse, outer: [Double]
  private var u, v: [Double]
  /// p, sqrt(p) and sqrt(q).
  private(set) var slope = 0.0, slopeRoot = 0.0, secondRoot = 0.0
  var place: LocalPlace

  init(_ features: MapFeatures) {
    self.features = features
    d = features.dimension
    (z, force, u, v) = (
      [Double](repeating: 0, count: d), [Double](repeating: 0, count: d), [Double](repeating: 0, count: d),
      [Double](repeating: 0, count: d)
    )
    let square = [Double](repeating: 0, count: d * d)
    (root, inverse, outer) = (square, square, square)
    place = LocalPlace(features.local)
  }

  mutating func compute(
    _ sample: StepSample, _ state: ProximalStep.State, _ landscape: FlowEnergy.Landscape, _ step: ProximalStep,
    _ i: Int
  ) {
    let length = features.length
    for a in 0..<d {
      let index = i * d + a
      z[a] = (sample.points.elements[index] - features.centre[a]) / length
      force[a] =
        length
        * ((state.images.elements[index] - sample.references.elements[index]) / step.h + landscape.gradients[index])
    }
    root = curvatureRoot(landscape.hessians, i, step.h)
    state.factors.withUnsafeBufferPointer { factors in
      inverse.withUnsafeMutableBufferPointer { inverse in
        guard let l = factors.baseAddress, let w = inverse.baseAddress else { return }
        TriangularFactor.invert(l + i * d * d, into: w, d)
      }
    }
    for a in 0..<d {
      for b in 0...a {
        var sum = 0.0
        for k in 0...b { sum += inverse[a * d + k] * inverse[b * d + k] }
        (outer[a * d + b], outer[b * d + a]) = (sum, sum)
      }
    }
    let slopes = step.energy.internalEnergy.slopes(state.logDensities[i])
    (slope, slopeRoot, secondRoot) = (slopes.first, slopes.first.squareRoot(), max(0, slopes.second).squareRoot())
  }

  /// S, times the length.
  private func curvatureRoot(_ hessians: [Double], _ i: Int, _ h: Double) -> [Double] {
    let length = features.length
    var matrix = Matrix(rows: d, columns: d, elements: Array(hessians[i * d * d..<(i + 1) * d * d])).symmetrized
    for a in 0..<d { matrix[a, a] += 1 / h }
    var factor = matrix
    // Kept away from singular matrices, whose steps would be endless.
    for a in 0..<d { factor[a, a] -= 0.1 / h }
    let definite = factor.elements.withUnsafeMutableBufferPointer { factor in
      factor.baseAddress.map { TriangularFactor.factorise($0, d) } ?? false
    }
    if definite {
      factor = matrix
      factor.elements.withUnsafeMutableBufferPointer { factor in
        if let base = factor.baseAddress { _ = TriangularFactor.factorise(base, d) }
      }
      return factor.elements.map { $0 * length }
    }
    guard let eigen = try? SymmetricEigen(matrix) else {
      return Matrix.identity(d).elements.map { $0 * length / h.squareRoot() }
    }
    var root = [Double](repeating: 0, count: d * d)
    for k in 0..<d {
      let size = max(eigen.values[k], 0.1 / h).squareRoot() * length
      for a in 0..<d { root[a * d + k] = eigen.vectors[k, a] * size }
    }
    return root
  }

  /// Writes the rows of all features, shape (d + d (d + 1) / 2 (+ 1), features), and adds to the gradient.
  mutating func write(to panel: UnsafeMutableBufferPointer<Double>, gradient: inout [Double], hasSecond: Bool) {
    let (count, pairs) = (features.count, d * (d + 1) / 2)
    panel.update(repeating: 0)
    // The row of the trace.
    let last = hasSecond ? (d + pairs) * count : nil
    // Coordinates: g = e_a, H = 0.
    for a in 0..<d {
      gradient[a] += force[a]
      for k in 0..<d { panel[k * count + a] = root[a * d + k] }
    }
    var j = d
    for a in 0..<d {
      for b in 0...a {
        // g = z_b e_a + z_a e_b, H = E_ab + E_ba; of squares half of that.
        let half = a == b ? 0.5 : 1
        gradient[j] += half * (z[b] * force[a] + z[a] * force[b])
        for k in 0..<d { panel[k * count + j] = half * (z[b] * root[a * d + k] + z[a] * root[b * d + k]) }
        var row = d
        for p in 0..<d {
          for q in 0...p {
            let (wa, wb) = (inverse[p * d + a], inverse[p * d + b])
            let entry = half * (wa * inverse[q * d + b] + wb * inverse[q * d + a])
            panel[row * count + j] = slopeRoot * (p == q ? entry : 2.0.squareRoot() * entry)
            row += 1
          }
        }
        var sum = 0.0
        for p in 0..<d { sum += inverse[p * d + a] * inverse[p * d + b] }
        gradient[j] -= slope * 2 * half * sum
        if let last { panel[last + j] = secondRoot * 2 * half * sum }
        j += 1
      }
    }
    writeBumps(to: panel, traces: last, gradient: &gradient)
    if features.local.count > 0 { writeLocal(to: panel, traces: last, gradient: &gradient) }
  }

  private mutating func writeBumps(
    to panel: UnsafeMutableBufferPointer<Double>, traces last: Int?, gradient: inout [Double]
  ) {
    let count = features.count
    var outerTrace = 0.0
    for a in 0..<d { outerTrace += outer[a * d + a] }
    for bump in features.widths.indices {
      let (j, w) = (features.affineCount + bump, features.widths[bump])
      var square = 0.0
      for a in 0..<d {
        u[a] = (z[a] - features.bumps.elements[bump * d + a]) / w
        square += u[a] * u[a]
      }
      guard square < MapFeatures.reach else { continue }
      let e = exp(-square / 2)
      // g = -w e u, H = e (u u^T - I).
      for k in 0..<d {
        var sum = 0.0
        for a in 0..<d { sum += root[a * d + k] * u[a] }
        panel[k * count + j] = -w * e * sum
        gradient[j] -= w * e * u[k] * force[k]
      }
      var length = 0.0
      for a in 0..<d {
        v[a] = 0
        for b in 0...a { v[a] += inverse[a * d + b] * u[b] }
        length += v[a] * v[a]
      }
      var row = d
      for p in 0..<d {
        for q in 0...p {
          let entry = e * (v[p] * v[q] - outer[p * d + q])
          panel[row * count + j] = slopeRoot * (p == q ? entry : 2.0.squareRoot() * entry)
          row += 1
        }
      }
      let trace = e * (length - outerTrace)
      gradient[j] -= slope * trace
      if let last { panel[last + j] = secondRoot * trace }
    }
  }
}

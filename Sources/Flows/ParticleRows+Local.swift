import Numerics

/// Rows of local quadratics: with p a polynomial of u_k, phi = r_k p has the gradient r_k (n + p s_k) and the Hessian
/// r_k (Hess p + n s_k^T + s_k n^T + p C_k), n = grad p.
extension ParticleRows {
  /// Where rows go: the panel, the row of traces, and the gradient.
  private struct Sink {
    let panel: UnsafeMutableBufferPointer<Double>
    let traces: Int?
    let count: Int
  }

  mutating func writeLocal(
    to panel: UnsafeMutableBufferPointer<Double>, traces: Int?, gradient: inout [Double]
  ) {
    let local = features.local
    z.withUnsafeBufferPointer { if let z = $0.baseAddress { place.compute(local, at: z) } }
    let sink = Sink(panel: panel, traces: traces, count: features.count)
    var (hessian, own) = ([Double](repeating: 0, count: d * d), [Double](repeating: 0, count: d * d))
    var (turned, n, turnedN) = (
      [Double](repeating: 0, count: d), [Double](repeating: 0, count: d), [Double](repeating: 0, count: d)
    )
    let bend = conjugated(place.bend[...])
    write(
      features.localStart + local.componentCount * local.each, slope: place.mean, hessian: bend, sink, &gradient)
    for k in place.felt {
      let r = place.r[k]
      let s = Array(place.s[k * d..<(k + 1) * d])
      let u = Array(place.u[k * d..<(k + 1) * d])
      // L^-1 s and L^-1 C L^-T
      for a in 0..<d { turned[a] = (0...a).reduce(0) { $0 + inverse[a * d + $1] * s[$1] } }
      let precision = conjugated(local.precisions[k * d * d..<(k + 1) * d * d])
      for p in 0..<d {
        for q in 0...p {
          let index = p * d + q
          own[index] = r * (turned[p] * turned[q] - precision[index] - bend[index])
        }
      }
      var j = features.localStart + k * local.each
      write(j, slope: s.map { r * $0 }, hessian: own, sink, &gradient)
      j += 1
      /// The feature of the polynomial with this value and gradient `n`; `pair` where it is a product.
      func writePolynomial(_ value: Double, pair: (Int, Int)?) {
        for p in 0..<d {
          turnedN[p] = 0
          for a in 0...p where n[a] != 0 { turnedN[p] += inverse[p * d + a] * n[a] }
        }
        for p in 0..<d {
          for q in 0...p {
            var entry = r * (turnedN[p] * turned[q] + turned[p] * turnedN[q]) + value * own[p * d + q]
            if let (a, b) = pair {
              let product = inverse[p * d + a] * inverse[q * d + b]
              entry += r * (a == b ? product : product + inverse[p * d + b] * inverse[q * d + a])
            }
            hessian[p * d + q] = entry
          }
        }
        write(j, slope: (0..<d).map { r * (n[$0] + value * s[$0]) }, hessian: hessian, sink, &gradient)
        j += 1
      }
      for a in 0..<d {
        n[a] = 1
        writePolynomial(u[a], pair: nil)
        n[a] = 0
      }
      for a in 0..<d {
        for b in 0...a {
          n[a] = u[b]
          if b < a { n[b] = u[a] }
          writePolynomial(u[a] * u[b] * (a == b ? 0.5 : 1), pair: (a, b))
          (n[a], n[b]) = (0, 0)
        }
      }
    }
  }

  /// L^-1 A L^-T, its lower triangle.
  private func conjugated(_ matrix: ArraySlice<Double>) -> [Double] {
    let first = matrix.startIndex
    var (half, result) = ([Double](repeating: 0, count: d * d), [Double](repeating: 0, count: d * d))
    for p in 0..<d {
      for b in 0..<d {
        var sum = 0.0
        for a in 0...p { sum += inverse[p * d + a] * matrix[first + a * d + b] }
        half[p * d + b] = sum
      }
    }
    for p in 0..<d {
      for q in 0...p {
        var sum = 0.0
        for b in 0...q { sum += half[p * d + b] * inverse[q * d + b] }
        result[p * d + q] = sum
      }
    }
    return result
  }

  /// - Parameter hessian: L^-1 H L^-T, its lower triangle
  private func write(
    _ j: Int, slope g: [Double], hessian: [Double], _ sink: Sink, _ gradient: inout [Double]
  ) {
    let count = sink.count
    var sum = 0.0
    for k in 0..<d {
      var along = 0.0
      for a in 0..<d { along += root[a * d + k] * g[a] }
      sink.panel[k * count + j] = along
      sum += g[k] * force[k]
    }
    var (row, trace) = (d, 0.0)
    for p in 0..<d {
      for q in 0...p {
        let entry = hessian[p * d + q]
        sink.panel[row * count + j] = slopeRoot * (p == q ? entry : 2.0.squareRoot() * entry)
        row += 1
      }
      trace += hessian[p * d + p]
    }
    gradient[j] += sum - slope * trace
    if let last = sink.traces { sink.panel[last + j] = secondRoot * trace }
  }
}

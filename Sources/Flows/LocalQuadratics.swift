import CSystem
import Densities
import Numerics

/// Quadratics that each hold in a part of space, for populations in several pieces.
///
/// A Gaussian mixture shares space out: r_k(z), the probability that z is of component k, is near 1 in its part and
/// falls to 0 beyond. The features are r_k times 1, the coordinates of z - m_k, and their products, component by
/// component, and at the end the mixture's logarithm. They span every change, to first order, that a mixture's
/// log-density can undergo, and so the step that a population takes which a mixture describes.
package struct LocalQuadratics: Sendable, Equatable {
  package let dimension: Int
  /// Positive, with sum 1.
  package let weights: [Double]
  /// m_k, (K, d)
  package let means: Matrix
  /// Sigma_k, (K, d, d)
  package let covariances: [Double]
  /// P_k = Sigma_k^-1, and the logarithms of weights over roots of determinants.
  let precisions: [Double]
  let logWeights: [Double]

  package var componentCount: Int { weights.count }
  /// Features of one component.
  var each: Int { 1 + dimension + dimension * (dimension + 1) / 2 }
  package var count: Int { weights.isEmpty ? 0 : componentCount * each + 1 }

  package static func == (a: Self, b: Self) -> Bool {
    a.weights == b.weights && a.means == b.means && a.covariances == b.covariances
  }

  /// None.
  package init(dimension: Int) {
    self.dimension = dimension
    (weights, means, covariances) = ([], Matrix(rows: 0, columns: dimension), [])
    (precisions, logWeights) = ([], [])
  }

  /// Nil where a covariance is not positive definite.
  package init?(weights: [Double], means: Matrix, covariances: [Double]) {
    let d = means.columns
    var (precisions, logWeights) = (covariances, weights.map { log($0) })
    for k in weights.indices {
      var factor = Array(covariances[k * d * d..<(k + 1) * d * d])
      let logarithm = factor.withUnsafeMutableBufferPointer { Flows.logDeterminant(replacing: $0, d) }
      guard logarithm.isFinite, logWeights[k].isFinite else { return nil }
      logWeights[k] -= logarithm / 2
      for column in 0..<d {
        let solved = factor.withUnsafeBufferPointer { factor -> [Double] in
          let unit = (0..<d).map { $0 == column ? 1.0 : 0 }
          return factor.baseAddress.map { TriangularFactor.solve($0, unit, d) } ?? unit
        }
        for row in 0..<d { precisions[(k * d + row) * d + column] = solved[row] }
      }
    }
    dimension = d
    (self.weights, self.means, self.covariances) = (weights, means, covariances)
    (self.precisions, self.logWeights) = (precisions, logWeights)
  }
}

/// What local quadratics are made of at one point: with g_k = -P_k (z - m_k) and g their mean by r_k,
///
///     s_k = grad log r_k = g_k - g,   B = Hess log of the mixture = sum_k r_k (g_k g_k^T - P_k) - g g^T,
///     Hess r_k = r_k C_k,   C_k = s_k s_k^T - P_k - B.
struct LocalPlace {
  let d: Int
  /// The components that are felt at z.
  var felt: [Int] = []
  /// r_k, (K); u_k = z - m_k, g_k and s_k, (K, d).
  var r, u, g, s: [Double]
  /// g and B.
  var mean, bend: [Double]

  /// A component of a smaller probability is not felt: what it adds is below rounding.
  static let least = 1e-18

  init(_ features: LocalQuadratics) {
    (d, r) = (features.dimension, features.weights)
    u = [Double](repeating: 0, count: r.count * d)
    (g, s) = (u, u)
    mean = [Double](repeating: 0, count: d)
    bend = [Double](repeating: 0, count: d * d)
  }

  mutating func compute(_ features: LocalQuadratics, at z: UnsafePointer<Double>) {
    let count = features.componentCount
    var largest = -Double.infinity
    for k in 0..<count {
      var square = 0.0
      for a in 0..<d { u[k * d + a] = z[a] - features.means.elements[k * d + a] }
      for a in 0..<d {
        var sum = 0.0
        for b in 0..<d { sum += features.precisions[(k * d + a) * d + b] * u[k * d + b] }
        g[k * d + a] = -sum
        square += sum * u[k * d + a]
      }
      r[k] = features.logWeights[k] - square / 2
      largest = max(largest, r[k])
    }
    var total = 0.0
    for k in 0..<count {
      r[k] = exp(r[k] - largest)
      total += r[k]
    }
    felt.removeAll(keepingCapacity: true)
    for k in 0..<count {
      r[k] /= total
      if r[k] > Self.least { felt.append(k) }
    }
    for a in 0..<d { mean[a] = 0 }
    for k in felt { for a in 0..<d { mean[a] += r[k] * g[k * d + a] } }
    for a in 0..<d { for b in 0...a { bend[a * d + b] = -mean[a] * mean[b] } }
    for k in felt {
      for a in 0..<d {
        s[k * d + a] = g[k * d + a] - mean[a]
        for b in 0...a {
          bend[a * d + b] += r[k] * (g[k * d + a] * g[k * d + b] - features.precisions[(k * d + a) * d + b])
        }
      }
    }
    for a in 0..<d { for b in 0..<a { bend[b * d + a] = bend[a * d + b] } }
  }
}

/// The quadratic q_k = c + b . u + u^T A u / 2 of one component, of its coefficients.
struct LocalQuadratic {
  /// q, grad q, and A.
  var value = 0.0
  var slope, curvature: [Double]

  init(dimension d: Int) {
    slope = [Double](repeating: 0, count: d)
    curvature = [Double](repeating: 0, count: d * d)
  }

  /// - Parameter coefficients: of 1, the coordinates of u, and the products u_a u_b with b <= a, of which those of
  ///   squares count half
  mutating func compute(_ coefficients: ArraySlice<Double>, at u: ArraySlice<Double>) {
    let (d, first, start) = (slope.count, coefficients.startIndex, u.startIndex)
    value = coefficients[first]
    for a in 0..<d {
      slope[a] = coefficients[first + 1 + a]
      value += slope[a] * u[start + a]
    }
    var index = first + 1 + d
    for a in 0..<d {
      for b in 0...a {
        let c = coefficients[index]
        index += 1
        (curvature[a * d + b], curvature[b * d + a]) = (c, c)
        slope[a] += c * u[start + b]
        if b < a { slope[b] += c * u[start + a] }
        value += c * u[start + a] * u[start + b] * (a == b ? 0.5 : 1)
      }
    }
  }
}

extension LocalQuadratics {
  /// Adds the gradient and the Hessian of the features' sum at the place.
  func add(
    _ coefficients: ArraySlice<Double>, at place: LocalPlace, _ quadratic: inout LocalQuadratic,
    to shift: UnsafeMutableBufferPointer<Double>, _ jacobian: UnsafeMutableBufferPointer<Double>?
  ) {
    let (d, first) = (dimension, coefficients.startIndex)
    let ofLogarithm = coefficients[first + componentCount * each]
    // Of B: the logarithm's coefficient, less the mean of the quadratics.
    var share = ofLogarithm
    for a in 0..<d { shift[a] += ofLogarithm * place.mean[a] }
    for k in place.felt {
      let (r, s) = (place.r[k], k * d)
      quadratic.compute(
        coefficients[first + k * each..<first + (k + 1) * each], at: place.u[k * d..<(k + 1) * d])
      share -= r * quadratic.value
      for a in 0..<d { shift[a] += r * (quadratic.slope[a] + quadratic.value * place.s[s + a]) }
      guard let jacobian else { continue }
      for a in 0..<d {
        for b in 0...a {
          let (sa, sb) = (place.s[s + a], place.s[s + b])
          jacobian[a * d + b] +=
            r
            * (quadratic.curvature[a * d + b] + quadratic.slope[a] * sb + sa * quadratic.slope[b] + quadratic.value
              * (sa * sb - precisions[(k * d + a) * d + b]))
        }
      }
    }
    if let jacobian { for a in 0..<d { for b in 0...a { jacobian[a * d + b] += share * place.bend[a * d + b] } } }
  }

  /// Adds the gradient of tr(W Hess) of the features' sum, W being symmetric.
  func addTraceGradient(
    _ coefficients: ArraySlice<Double>, at place: LocalPlace, weight w: UnsafeBufferPointer<Double>,
    to gradient: inout [Double]
  ) {
    let (d, first) = (dimension, coefficients.startIndex)
    func times(_ matrix: (Int) -> Double, _ x: [Double]) -> [Double] {
      (0..<d).map { a in (0..<d).reduce(0) { $0 + matrix(a * d + $1) * x[$1] } }
    }
    func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
    let byW = { (index: Int) in w[index] }
    let wMean = times(byW, place.mean)
    var bendTrace = 0.0
    for index in 0..<d * d { bendTrace += w[index] * place.bend[index] }
    // grad tr(W B) = sum_k r_k (s_k tr(W (g_k g_k^T - P_k)) - 2 P_k W g_k) - 2 B W g
    var bendSlope = times({ place.bend[$0] }, wMean).map { -2 * $0 }
    for k in place.felt {
      let g = Array(place.g[k * d..<(k + 1) * d])
      let wg = times(byW, g)
      let pull = times({ precisions[k * d * d + $0] }, wg)
      var trace = dot(g, wg)
      for index in 0..<d * d { trace -= w[index] * precisions[k * d * d + index] }
      for a in 0..<d { bendSlope[a] += place.r[k] * (place.s[k * d + a] * trace - 2 * pull[a]) }
    }
    for a in 0..<d { gradient[a] += coefficients[first + componentCount * each] * bendSlope[a] }
    var quadratic = LocalQuadratic(dimension: d)
    for k in place.felt {
      let (r, s) = (place.r[k], Array(place.s[k * d..<(k + 1) * d]))
      quadratic.compute(
        coefficients[first + k * each..<first + (k + 1) * each], at: place.u[k * d..<(k + 1) * d])
      let (n, q) = (quadratic.slope, quadratic.value)
      let (ws, wn) = (times(byW, s), times(byW, n))
      // S = grad s_k = -P_k - B
      let turn = { (index: Int) in -precisions[k * d * d + index] - place.bend[index] }
      let (turnedS, turnedN) = (times(turn, ws), times(turn, wn))
      let curved = times({ quadratic.curvature[$0] }, ws)
      var (ownTrace, cTrace) = (0.0, dot(s, ws) - bendTrace)
      for index in 0..<d * d {
        ownTrace += w[index] * quadratic.curvature[index]
        cTrace -= w[index] * precisions[k * d * d + index]
      }
      let all = ownTrace + 2 * dot(n, ws) + q * cTrace
      for a in 0..<d {
        let ofC = 2 * turnedS[a] - bendSlope[a]
        gradient[a] += r * (s[a] * all + 2 * curved[a] + 2 * turnedN[a] + n[a] * cTrace + q * ofC)
      }
    }
  }
}

import CSystem
import Numerics

/// A mixture as one vector of unconstrained numbers, as optimisers and error bars need it.
extension GaussianMixture {
  /// k - 1 numbers ln(w_c / w_k); the means, k x d; then of each component the factor L_c with L_c L_c^T = Sigma_c: its
  /// lower triangle by rows, with logarithms on the diagonal, or the logarithms of d standard deviations.
  package var parameters: [Double] {
    let (k, d, size) = (componentCount, dimension, kind.size(dimension))
    var result = (0..<k - 1).map { log(weights[$0] / weights[k - 1]) }
    result += means.elements
    for c in 0..<k {
      for row in 0..<d {
        if kind == .full { result += factors[c * size + row * d..<c * size + row * d + row] }
        result.append(log(factors[c * size + (kind == .full ? row * (d + 1) : row)]))
      }
    }
    return result
  }

  /// k - 1 + k d + k d (d + 1) / 2, or k - 1 + 2 k d.
  package static func parameterCount(componentCount k: Int, dimension d: Int, kind: Kind) -> Int {
    k - 1 + k * d + k * (kind == .full ? d * (d + 1) / 2 : d)
  }

  /// The mixture with these `parameters`.
  package init(parameters: [Double], componentCount k: Int, dimension d: Int, kind: Kind) throws {
    guard Self.componentCounts.contains(k), StandardizedPopulation.dimensions.contains(d) else {
      throw EngineError(.invalid, "componentCount = \(k) and dimension = \(d) are not of a mixture")
    }
    let count = Self.parameterCount(componentCount: k, dimension: d, kind: kind)
    guard parameters.count == count else {
      throw EngineError(.shape, "parameters has \(parameters.count) elements, not \(count)")
    }
    if let index = parameters.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(.nonfinite, "parameters[\(index)] = \(parameters[index]) is not finite")
    }
    let logarithms = parameters[..<(k - 1)] + [0]
    let largest = logarithms.max() ?? 0
    let weights = logarithms.map { max(exp($0 - largest), .leastNormalMagnitude) }
    let means = Matrix(rows: k, columns: d, elements: Array(parameters[(k - 1)..<(k - 1 + k * d)]))
    var next = k - 1 + k * d
    let size = kind.size(d)
    var factors = [Double](repeating: 0, count: k * size)
    for c in 0..<k {
      for row in 0..<d {
        if kind == .full {
          for column in 0..<row {
            factors[c * size + row * d + column] = parameters[next]
            next += 1
          }
        }
        factors[c * size + (kind == .full ? row * (d + 1) : row)] = exp(parameters[next])
        next += 1
      }
    }
    try self.init(weights: weights, means: means, factors: factors, kind: kind)
  }
}

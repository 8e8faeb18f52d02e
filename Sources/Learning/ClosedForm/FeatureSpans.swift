import CSystem
import Numerics

/// The spaces of velocity fields that features span at the data, by the standardised normal matrix, whose diagonal is
/// 1.
struct FeatureSpans {
  /// The features that have a gradient at the data.
  let used: [Int]
  private let matrix: Matrix
  /// sqrt(A_ff).
  private let scales: [Double]
  private var frames: [[Int]: Matrix] = [:]

  /// Directions below this part of the largest eigenvalue are rounding.
  static let cutoff = 1e-13

  init(_ equations: NormalEquations) {
    let matrix = equations.matrix.symmetrized
    let scales = (0..<matrix.rows).map { matrix[$0, $0].squareRoot() }
    used = scales.indices.filter { scales[$0] > 0 && scales[$0].isFinite }
    (self.matrix, self.scales) = (matrix, scales)
  }

  /// A part of the standardised matrix.
  func block(_ rows: [Int], _ columns: [Int]) -> Matrix {
    Matrix(
      rows: rows.count, columns: columns.count,
      elements: rows.flatMap { row in columns.map { matrix[row, $0] / scales[row] / scales[$0] } })
  }

  /// Coordinates of some features' directions, S_PP^(-1/2), so that they are orthonormal at the data.
  mutating func frame(_ features: [Int]) throws -> Matrix {
    if let known = frames[features] { return known }
    let made = try block(features, features).whitening(cutoff: Self.cutoff)
    frames[features] = made
    return made
  }

  /// The principal angles between the spans of some features and of others, in radians, ascending.
  mutating func angles(_ first: [Int], _ second: [Int]) throws -> [Double] {
    let product = try frame(first).transposedTimes(block(first, second)).times(frame(second))
    return try SingularValues(product).values.map { acos(min(1, $0)) }.sorted()
  }

  /// The angle between the field that coefficients make of some features and the span of others.
  mutating func angle(
    ofField coefficients: [Double], of features: [Int], to others: [Int]
  ) throws -> Double {
    let field = Matrix(
      rows: features.count, columns: 1, elements: features.map { coefficients[$0] * scales[$0] })
    let squares = try field.transposedTimes(block(features, features).times(field))
    let seen = try frame(others).transposedTimes(block(others, features).times(field))
    let shared = seen.elements.reduce(0) { $0 + $1 * $1 }
    let cosine = squares.elements[0] > 0 ? (shared / squares.elements[0]).squareRoot() : 0
    return acos(min(1, cosine))
  }

  /// Whether the field of some features is surely not in the span of others: less than 99 % of it is found there.
  ///
  /// Its part in that span comes from a Cholesky factor with a ridge at the cutoff, which finds what lies in directions
  /// well above that, at a part of the cost of `angle(ofField:of:to:)`.
  func isSurelyApart(_ coefficients: [Double], of features: [Int], from others: [Int]) throws -> Bool {
    // The field's inner products with each of the other features, which are standardised, and its squared norm.
    var shared = [Double](repeating: 0, count: others.count)
    var square = 0.0
    for f in features {
      try Interruption.check()
      for (place, g) in others.enumerated() { shared[place] += coefficients[f] * matrix[f, g] / scales[g] }
      for g in features { square += coefficients[f] * matrix[f, g] * coefficients[g] }
    }
    var gram = Matrix(rows: others.count, columns: others.count)
    for (row, f) in others.enumerated() {
      try Interruption.check()
      for column in 0..<row { gram[row, column] = matrix[f, others[column]] / scales[f] / scales[others[column]] }
      gram[row, row] = 1 + Self.cutoff * Double(others.count)
    }
    guard square > 0, square.isFinite, let factor = Cholesky(gram) else { return false }
    let found = zip(shared, factor.solve(shared)).reduce(0) { $0 + $1.0 * $1.1 }
    return found < 0.99 * square
  }
}

import Numerics
import TestSupport

extension Matrix {
  static func gaussian(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 0)
    return Matrix(rows: rows, columns: columns, elements: random.normals(rows * columns))
  }

  static func identity(_ n: Int) -> Matrix { diagonal([Double](repeating: 1, count: n)) }

  static func diagonal(_ values: [Double]) -> Matrix {
    var matrix = Matrix(rows: values.count, columns: values.count)
    for (index, value) in values.enumerated() { matrix[index, index] = value }
    return matrix
  }

  /// G G^T + shift I for a Gaussian n x terms matrix G, symmetric to the last bit.
  static func gram(_ n: Int, terms: Int? = nil, shift: Double, seed: UInt64) -> Matrix {
    let factor = gaussian(n, terms ?? n, seed: seed)
    var matrix = plainProduct(factor, factor.transpose)
    for index in 0..<n { matrix[index, index] += shift }
    return matrix
  }

  /// The product by the textbook's three loops.
  static func plainProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    var product = Matrix(rows: a.rows, columns: b.columns)
    for row in 0..<a.rows {
      for k in 0..<a.columns {
        for column in 0..<b.columns { product[row, column] += a[row, k] * b[k, column] }
      }
    }
    return product
  }

  /// The largest sum of a row's absolute values: the infinity norm.
  var norm: Double { (0..<rows).map { index in row(index).reduce(0) { $0 + abs($1) } }.max() ?? 0 }
}

/// max |a_ij - b_ij|; infinite where shapes differ.
func distance(_ a: Matrix, _ b: Matrix) -> Double {
  a.rows == b.rows && a.columns == b.columns ? largest(difference(a.elements, b.elements)) : .infinity
}

/// Square matrices that hold a number that is not finite, at various places.
let notFinite: [Matrix] = [Double.nan, .infinity, -.infinity].flatMap { value in
  [0, 3, 8].map { place in
    var matrix = Matrix.identity(3)
    matrix.elements[place] = value
    return matrix
  }
}

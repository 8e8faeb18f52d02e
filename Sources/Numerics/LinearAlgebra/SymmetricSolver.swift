/// Solves A x = b for a symmetric matrix that should be positive definite but may have lost rank.
///
/// By Cholesky where A is positive definite and well enough conditioned to trust every digit of its rank. Otherwise by its
/// eigendecomposition, in which eigenvalues of absolute value below n eps of the largest count as 0: x is then the shortest
/// of the vectors that come nearest, the pseudo-inverse times b.
package struct SymmetricSolver: Sendable {
  /// Eigenvalues that are not 0 to rounding.
  package let rank: Int
  /// 1 / (|A| |A^-1|): by Cholesky an estimate in the 1-norm, otherwise the smallest by the largest absolute eigenvalue. The
  /// empty matrix has 1, the zero matrix 0.
  package let reciprocalCondition: Double

  private enum Route: Sendable {
    case cholesky(Cholesky)
    case eigen(SymmetricEigen, inverses: [Double])
  }

  private let size: Int
  private let route: Route

  /// - Parameter matrix: finite; only the lower triangle is used. Give it a unit diagonal where its scales differ: the rank is
  ///   relative to the largest eigenvalue.
  ///
  /// Throws `.shape`, `.nonfinite`, `.memory` or `.convergence`.
  package init(_ matrix: Matrix) throws {
    try requireSquare(matrix, "the matrix")
    try requireFinite(matrix, "the matrix")
    size = matrix.rows
    try requireMemory(size * size, of: Double.self, for: "the factor of \(size) rows")
    try requireLinearAlgebraMemory()
    let cutoff = Double(size) * .ulpOfOne
    let factorization = Cholesky(matrix)
    try Interruption.check()
    if let factorization {
      let condition = factorization.reciprocalCondition(norm: matrix.symmetricNorm)
      if condition >= cutoff {
        (rank, reciprocalCondition, route) = (size, condition, .cholesky(factorization))
        return
      }
    }
    let eigen = try SymmetricEigen(matrix)
    let magnitudes = eigen.values.map(abs)
    let largest = magnitudes.max() ?? 0
    let inverses = zip(eigen.values, magnitudes).map { $1 > cutoff * largest ? 1 / $0 : 0 }
    rank = inverses.count { $0 != 0 }
    reciprocalCondition = largest > 0 ? (magnitudes.min() ?? 0) / largest : 0
    route = .eigen(eigen, inverses: inverses)
  }

  /// x with A x = b, or nearest to it. Throws `.shape`.
  package func solve(_ right: [Double]) throws -> [Double] {
    try solve(Matrix(rows: right.count, columns: 1, elements: right)).elements
  }

  /// X with A X = B, or nearest to it, one right side per column. Throws `.shape` or `.memory`.
  package func solve(_ right: Matrix) throws -> Matrix {
    guard right.rows == size else {
      throw EngineError(.shape, "the right side has \(right.rows) rows; the matrix has \(size)")
    }
    switch route {
    case .cholesky(let factorization):
      let solution = factorization.solve(right)
      try Interruption.check()
      return solution
    case .eigen(let eigen, let inverses):
      var coordinates = try eigen.vectors.times(right)
      for (row, inverse) in inverses.enumerated() {
        for column in 0..<right.columns { coordinates[row, column] *= inverse }
      }
      return try eigen.vectors.transposedTimes(coordinates)
    }
  }
}

extension Matrix {
  /// The 1-norm, or infinity norm, of the symmetric matrix with this lower triangle.
  fileprivate var symmetricNorm: Double {
    var sums = [Double](repeating: 0, count: rows)
    for row in 0..<rows {
      for column in 0...row {
        let magnitude = abs(self[row, column])
        sums[row] += magnitude
        if column < row { sums[column] += magnitude }
      }
    }
    return sums.max() ?? 0
  }
}

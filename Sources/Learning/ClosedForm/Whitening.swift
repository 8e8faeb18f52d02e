import Numerics

extension Matrix {
  /// W with W^T M W = 1 over the directions of a symmetric M that are more than rounding, found where its diagonal is
  /// 1.
  ///
  /// - Parameter cutoff: directions below this part of the largest eigenvalue are rounding
  func whitening(cutoff: Double) throws -> Matrix {
    guard rows > 0 else { return self }
    let scales = (0..<rows).map { self[$0, $0] > 0 ? 1 / self[$0, $0].squareRoot() : 0 }
    var standardized = self
    for row in 0..<rows {
      for column in 0..<columns { standardized[row, column] *= scales[row] * scales[column] }
    }
    let eigen = try SymmetricEigen(standardized)
    let largest = eigen.values.last ?? 0
    let kept = eigen.values.indices.filter { eigen.values[$0] > cutoff * largest && eigen.values[$0] > 0 }
    var whitening = Matrix(rows: rows, columns: kept.count)
    for (column, vector) in kept.enumerated() {
      for row in 0..<rows {
        whitening[row, column] = scales[row] * eigen.vectors[vector, row] / eigen.values[vector].squareRoot()
      }
    }
    return whitening
  }
}

/// A dense row-major matrix of doubles; as a set of points, one particle per row.
package struct Matrix: Sendable, Equatable {
  package let rows: Int
  package let columns: Int
  package var elements: [Double]

  /// - Parameter elements: `rows * columns` values in row-major order.
  package init(rows: Int, columns: Int, elements: [Double]) {
    precondition(elements.count == rows * columns, "element count differs from the shape")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  package init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  package subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  package func row(_ index: Int) -> ArraySlice<Double> {
    elements[index * columns..<(index + 1) * columns]
  }

  /// The rows at `indices`, in that order.
  package func selecting(rows indices: [Int]) -> Matrix {
    var picked = [Double]()
    picked.reserveCapacity(indices.count * columns)
    for index in indices { picked.append(contentsOf: row(index)) }
    return Matrix(rows: indices.count, columns: columns, elements: picked)
  }
}

extension Matrix {
  package static func identity(_ count: Int) -> Matrix {
    var identity = Matrix(rows: count, columns: count)
    for index in 0..<count { identity[index, index] = 1 }
    return identity
  }

  package var transpose: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result.elements[column * rows + row] = elements[row * columns + column] }
    }
    return result
  }

  /// The mean of a square matrix and its transpose: a matrix that is symmetric up to rounding becomes exactly so.
  package var symmetrized: Matrix {
    precondition(rows == columns, "only a square matrix can be symmetric")
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result[row, column] = (self[row, column] + self[column, row]) / 2 }
    }
    return result
  }

  /// The covariance of the columns over the rows, n - 1 in the denominator; 0 for a single row.
  package var covariance: Matrix {
    var mean = [Double](repeating: 0, count: columns)
    for row in 0..<rows { for column in 0..<columns { mean[column] += self[row, column] / Double(rows) } }
    var result = Matrix(rows: columns, columns: columns)
    guard rows > 1 else { return result }
    for row in 0..<rows {
      for first in 0..<columns {
        let offset = (self[row, first] - mean[first]) / Double(rows - 1)
        for second in 0..<columns { result[first, second] += offset * (self[row, second] - mean[second]) }
      }
    }
    return result
  }
}

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

import Numerics

extension TransportPlan {
  /// The mass that the plan moves.
  package var mass: Double { entries.reduce(0) { $0 + $1.mass } }

  /// The pairs with more than `threshold` mass, at most `capacity` of them, and how many there are.
  package func entries(above threshold: Double, capacity: Int) -> (entries: [Entry], count: Int) {
    let found = entries.filter { $0.mass > threshold }
    return (Array(found.prefix(capacity)), found.count)
  }

  /// Row and column sums.
  package var masses: (rows: [Double], columns: [Double]) {
    var (rowSums, columnSums) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: columns))
    for entry in entries {
      rowSums[entry.row] += entry.mass
      columnSums[entry.column] += entry.mass
    }
    return (rowSums, columnSums)
  }

  /// Where a particle of x goes on average, sum_j P_ij y_j / sum_j P_ij, shape (n, d); NaN where it has no mass.
  package func imagesOfX(_ y: Matrix) -> Matrix {
    images(count: rows, of: y, masses.rows, entries.map { ($0.row, $0.column, $0.mass) })
  }

  /// Where a particle of y comes from on average, sum_i P_ij x_i / sum_i P_ij, shape (m, d); NaN where it has no mass.
  package func imagesOfY(_ x: Matrix) -> Matrix {
    images(count: columns, of: x, masses.columns, entries.map { ($0.column, $0.row, $0.mass) })
  }

  private func images(
    count: Int, of points: Matrix, _ masses: [Double], _ entries: [(own: Int, other: Int, mass: Double)]
  ) -> Matrix {
    var images = Matrix(rows: count, columns: points.columns)
    for row in 0..<count where masses[row] == 0 { for k in 0..<points.columns { images[row, k] = .nan } }
    for entry in entries {
      let share = entry.mass / masses[entry.own]
      for k in 0..<points.columns { images[entry.own, k] += share * points[entry.other, k] }
    }
    return images
  }
}

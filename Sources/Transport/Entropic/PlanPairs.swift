import CSystem
import Numerics

/// The pairs of an entropic plan, computed anew at every request.
struct PlanPairs: Sendable {
  private let problem: EntropicProblem
  /// Base-2 logarithms: P_ij = total 2^(a_i + b_j + s_ij) for rows with mass.
  let a: [Double]
  let b: [Double]
  private let logSumsX: [Double]
  private let logSumsY: [Double]
  let total: Double

  init(
    _ problem: EntropicProblem, _ iteration: SinkhornIteration, _ all: (x: [Double], y: [Double]), total: Double
  ) {
    self.problem = problem
    (a, b) = (iteration.a, iteration.b)
    (logSumsX, logSumsY) = all
    self.total = total
  }

  var dimension: Int { problem.points.dimension }

  /// The particles that have mass, to which rows and columns of the exponents belong.
  var supportX: [Int] { problem.supportX }
  var supportY: [Int] { problem.supportY }

  var exponents: PairExponents {
    problem.exponents(problem.epsilon, rows: problem.supportX, columns: problem.supportY, single: false)
  }

  /// sum_ij C_ij P_ij in scaled units, for `total` = 1: p and q are summed by the marginals, the rest by sum_j P_ij
  /// s_ij.
  func meanCost(_ problem: EntropicProblem, _ massesX: [Double], _ massesY: [Double]) -> Double {
    var sums = [Double](repeating: 0, count: a.count)
    sums.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let sums = buffer
      exponents.forTiles(u: a, potentials: b) { rows, columns, powers, exponents in
        for (place, row) in rows.enumerated() {
          var lanes = SIMD8<Double>()
          let (powers, exponents) = (UnsafeRawPointer(powers + place * 64), UnsafeRawPointer(exponents + place * 64))
          for lane in 0..<8 {
            lanes +=
              powers.load(fromByteOffset: lane * 64, as: SIMD8<Double>.self)
              * exponents.load(fromByteOffset: lane * 64, as: SIMD8<Double>.self)
          }
          sums[row] += lanes.sum()
        }
      }
    }
    var cost = -problem.epsilon / EntropicProblem.log2e * sums.reduce(0, +)
    for (mass, row) in zip(massesX, problem.supportX) { cost += mass * problem.p[row] }
    for (mass, row) in zip(massesY, problem.supportY) { cost += mass * problem.q[row] }
    return max(0, cost)
  }

  /// sum_j P_ij y_j / sum_j P_ij for every row i; for a row without mass, the limit as its mass tends to 0.
  func imagesOfX() -> Matrix {
    let pairs = problem.exponents(
      problem.epsilon, rows: Array(problem.p.indices), columns: problem.supportY, single: false)
    return images(pairs, logSumsX, b, problem.points.centerY)
  }

  /// sum_i P_ij x_i / sum_i P_ij for every column j.
  func imagesOfY() -> Matrix {
    let pairs = problem.exponents(
      problem.epsilon, rows: problem.supportX, columns: Array(problem.q.indices), single: false)
    return images(pairs.transposed, logSumsY, a, problem.points.centerX)
  }

  /// Weighted means of the columns; the weights 2^(potentials_j + s_ij - L_i) of a row sum to 1.
  private func images(
    _ pairs: PairExponents, _ logSums: [Double], _ potentials: [Double], _ center: [Double]
  ) -> Matrix {
    let d = problem.points.dimension
    let scale = problem.coordinateScale(problem.epsilon)
    let blocks = pairs.y.blocks.numbers
    let padded = (pairs.x.count + 3) / 4 * 4
    let sums = AlignedBuffer<Double>(count: padded * d)
    sums.zero()
    nonisolated(unsafe) let means = sums.base
    nonisolated(unsafe) let columns = blocks.base
    pairs.forTiles(u: logSums.map { -$0 }, potentials: potentials) { rows, range, powers, _ in
      Double.kernels.outerProduct(
        rows: 4, columns: d, lanes: 64, a: powers, b: columns + range.lowerBound * d, c: means + rows.lowerBound * d,
        stride: d)
    }
    var images = Matrix(rows: pairs.x.count, columns: d)
    for index in images.elements.indices {
      images.elements[index] = problem.points.scale.unscaled(center[index % d] + means[index] / scale)
    }
    return images
  }

  /// The pairs with more than `threshold` mass, by row, then column; those beyond `capacity` are only counted.
  func entries(above threshold: Double, capacity: Int) throws -> (entries: [TransportPlan.Entry], count: Int) {
    let pairs = exponents
    let rowCount = a.count
    let pieces = (rowCount + 255) / 256
    let found = try Parallel.map(pieces) { piece -> ([TransportPlan.Entry], Int) in
      let range = piece * 256..<min(rowCount, (piece + 1) * 256)
      // Tiles of 4 rows follow the columns, so that entries have to be collected by row.
      var byRow = [[TransportPlan.Entry]](repeating: [], count: range.count)
      var count = 0
      pairs.tiles(of: range, u: a, potentials: b) { rows, columns, powers, _ in
        for (place, row) in rows.enumerated() {
          for (lane, column) in columns.enumerated() {
            let mass = total * powers[place * 64 + lane]
            guard mass > threshold else { continue }
            count += 1
            guard count <= capacity else { continue }
            byRow[row - range.lowerBound].append(
              TransportPlan.Entry(row: problem.supportX[row], column: problem.supportY[column], mass: mass))
          }
        }
      }
      return (byRow.flatMap { $0 }, count)
    }
    return (Array(found.flatMap(\.0).prefix(capacity)), found.reduce(0) { $0 + $1.1 })
  }
}

extension EntropicPlan {
  /// Where a particle of x goes on average: sum_j P_ij y_j / sum_j P_ij, shape (n, d).
  package func imagesOfX() -> Matrix { pairs.imagesOfX() }

  /// Where a particle of y comes from on average: sum_i P_ij x_i / sum_i P_ij, shape (m, d).
  package func imagesOfY() -> Matrix { pairs.imagesOfY() }

  /// The pairs with more than `threshold` mass, at most `capacity` of them, and how many there are.
  package func entries(above threshold: Double, capacity: Int) throws -> (entries: [TransportPlan.Entry], count: Int) {
    try pairs.entries(above: threshold, capacity: capacity)
  }
}

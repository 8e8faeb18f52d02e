import Energies
import Numerics
import Transport

/// The unbiased energy distance between two samples with masses a and b, each of sum 1,
///
///     2 E|X - Y| - E|X - X'| - E|Y - Y'|,
///
/// in length (Székely and Rizzo, Energy statistics, 2013). Its expectation is 0 if and only if both samples come from
/// one population, for samples of any sizes, and positive otherwise. Hence a value may be a little below 0.
///
/// E|X - X'| is the U-statistic: the mean over pairs of different particles, sum_{i != j} a_i a_j |x_i - x_j| / (1 -
/// sum_i a_i^2). NaN where all mass of a sample is on one particle, because it has no pair. Cost (n + m)^2 d.
package func energyDistance(_ x: Population, _ y: Population) throws -> Double {
  let (pairsX, pairsY) = (x.pairMass, y.pairMass)
  guard pairsX > 0, pairsY > 0 else { return .nan }
  // A power of two keeps squares within the range of numbers and changes no digit.
  let largest = max(x.largestCoordinate, y.largestCoordinate)
  let unit = largest > 0 ? Double(sign: .plus, exponent: largest.exponent, significand: 1) : 1
  let (rowsX, rowsY) = (x.points.elements.map { $0 / unit }, y.points.elements.map { $0 / unit })
  let (lanesX, lanesY) = (Lanes(rowsX, x), Lanes(rowsY, y))
  let between = try lanesY.meanDistance(from: rowsX, x.weights)
  let withinX = try lanesX.meanDistanceOfPairs(rowsX, x.weights) / pairsX
  let withinY = try lanesY.meanDistanceOfPairs(rowsY, y.weights) / pairsY
  return unit * (2 * between - withinX - withinY)
}

/// The same of points with masses, which are divided by their sums; nil for equal ones.
///
/// - Throws: `.shape`, `.nonfinite` or `.population` for arguments that are not two populations of one dimension.
package func energyDistance(from x: Matrix, masses a: [Double]?, to y: Matrix, masses b: [Double]?) throws -> Double {
  let both = try PlanArguments(x, a, y, b, balanced: false)
  func population(_ points: Matrix, _ masses: [Double]?, _ total: Double) -> Population {
    masses.map { Population(points: points, weights: $0.map { $0 / total }) } ?? Population(points: points)
  }
  return try energyDistance(population(x, both.a, both.totalA), population(y, both.b, both.totalB))
}

/// Particles along the lanes of vectors, coordinate by coordinate.
private struct Lanes {
  private static let width = SIMD8<Double>.scalarCount
  private let dimension: Int
  /// A multiple of the width. Padding has mass 0.
  private let stride: Int
  /// Shape (d, stride).
  private let coordinates: [Double]
  private let masses: [Double]

  init(_ rows: [Double], _ population: Population) {
    let (n, d) = (population.points.rows, population.points.columns)
    let stride = (n + Self.width - 1) / Self.width * Self.width
    var coordinates = [Double](repeating: 0, count: d * stride)
    for row in 0..<n { for column in 0..<d { coordinates[column * stride + row] = rows[row * d + column] } }
    self.coordinates = coordinates
    (self.dimension, self.stride) = (d, stride)
    masses = population.weights + [Double](repeating: 0, count: stride - n)
  }

  /// sum_ij a_i b_j |x_i - y_j|, where y are these particles.
  func meanDistance(from rows: [Double], _ weights: [Double]) throws -> Double {
    try sum(over: weights) { index in distance(from: rows[index * dimension..<(index + 1) * dimension], first: 0) }
  }

  /// sum_{i != j} b_i b_j |y_i - y_j| of these particles themselves, every pair once and counted twice.
  func meanDistanceOfPairs(_ rows: [Double], _ weights: [Double]) throws -> Double {
    try sum(over: weights) { index in
      2 * distance(from: rows[index * dimension..<(index + 1) * dimension], first: index + 1)
    }
  }

  private func sum(over weights: [Double], _ term: (Int) -> Double) throws -> Double {
    var total = 0.0
    for (index, weight) in weights.enumerated() where weight > 0 {
      if index % 64 == 0 { try Interruption.check() }
      total += weight * term(index)
    }
    return total
  }

  /// sum_{j >= first} b_j |x - y_j| of one x.
  private func distance(from point: ArraySlice<Double>, first: Int) -> Double {
    var sum = SIMD8<Double>.zero
    coordinates.withUnsafeBytes { coordinates in
      masses.withUnsafeBytes { masses in
        let size = MemoryLayout<Double>.stride
        for block in Swift.stride(from: first / Self.width * Self.width, to: stride, by: Self.width) {
          var squares = SIMD8<Double>.zero
          var offset = block * size
          for coordinate in point {
            let difference = coordinates.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self) - coordinate
            squares += difference * difference
            offset += stride * size
          }
          var mass = masses.loadUnaligned(fromByteOffset: block * size, as: SIMD8<Double>.self)
          // The particles before the first share its block.
          if block < first { for lane in 0..<first - block { mass[lane] = 0 } }
          sum += mass * squares.squareRoot()
        }
      }
    }
    return sum.sum()
  }
}

extension Population {
  /// 1 - sum_i w_i^2, the mass of pairs of different particles: sum_i w_i (sum of the others). Both factors are sums,
  /// so that it is exactly 0 for a single particle, and keeps its digits where one has almost all mass.
  var pairMass: Double {
    var (before, mass) = (0.0, 0.0)
    for weight in weights {
      mass += 2 * weight * before
      before += weight
    }
    return mass
  }

  fileprivate var largestCoordinate: Double { points.elements.reduce(0) { max($0, abs($1)) } }
}

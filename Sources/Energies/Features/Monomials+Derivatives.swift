import Numerics

extension Monomials: SpatialFeatures {
  func name(of feature: Int) -> String {
    let range = starts[feature]..<starts[feature + 1]
    if range.isEmpty { return "1" }
    return factors[range].map { $0.exponent == 1 ? "x\($0.coordinate + 1)" : "x\($0.coordinate + 1)^\($0.exponent)" }
      .joined(separator: " ")
  }

  func values(_ points: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>, stride: Int) {
    forEachPoint(points) { particle, table, factors in
      for monomial in 0..<count { values[monomial * stride + particle] = product(monomial, table, factors) }
    }
  }

  func jacobians(_ points: UnsafeBufferPointer<Double>, into jacobians: UnsafeMutablePointer<Double>, stride: Int) {
    forEachPoint(points) { particle, table, factors in
      for monomial in 0..<count {
        let row = jacobians + monomial * stride + particle * dimension
        row.update(repeating: 0, count: dimension)
        for position in starts[monomial]..<starts[monomial + 1] {
          row[factors[position].coordinate] =
            power(factors[position], table, lowered: 1) * product(monomial, table, factors, without: position)
        }
      }
    }
  }

  func addHessianProducts(
    _ points: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>
  ) {
    forEachPoint(points) { particle, table, factors in
      let (direction, result) = (directions + particle * dimension, products + particle * dimension)
      for monomial in 0..<count {
        let range = starts[monomial]..<starts[monomial + 1]
        for first in range {
          let row = factors[first].coordinate
          var sum =
            direction[row] * power(factors[first], table, lowered: 2)
            * product(monomial, table, factors, without: first)
          let slope = power(factors[first], table, lowered: 1)
          for second in range where second != first {
            sum +=
              direction[factors[second].coordinate] * slope * power(factors[second], table, lowered: 1)
              * product(monomial, table, factors, without: first, second)
          }
          result[row] += weights[monomial] * sum
        }
      }
    }
  }

  /// For each point: a (d, degree + 1) table of its coordinates' powers, and the factors as plain memory.
  private func forEachPoint(
    _ points: UnsafeBufferPointer<Double>,
    _ body: (_ particle: Int, UnsafePointer<Double>, UnsafeBufferPointer<Factor>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension * (degree + 1)) { table in
      factors.withUnsafeBufferPointer { factors in
        guard let table = table.baseAddress else { return }
        for particle in 0..<points.count / dimension {
          for coordinate in 0..<dimension {
            let row = table + coordinate * (degree + 1)
            row[0] = 1
            for exponent in 0..<degree { row[exponent + 1] = row[exponent] * points[particle * dimension + coordinate] }
          }
          body(particle, table, factors)
        }
      }
    }
  }

  /// The product of a monomial's factors, those at positions `first` and `second` (-1 for none) left out.
  @inline(__always)
  private func product(
    _ monomial: Int, _ table: UnsafePointer<Double>, _ factors: UnsafeBufferPointer<Factor>, without first: Int = -1,
    _ second: Int = -1
  ) -> Double {
    var value = 1.0
    for position in starts[monomial]..<starts[monomial + 1] where position != first && position != second {
      value *= power(factors[position], table, lowered: 0)
    }
    return value
  }

  /// The k-th derivative of a factor x^e for k = `lowered` in 0, 1, 2.
  @inline(__always)
  private func power(_ factor: Factor, _ table: UnsafePointer<Double>, lowered: Int) -> Double {
    let e = factor.exponent
    guard e >= lowered else { return 0 }
    let multiplier = lowered == 0 ? 1 : lowered == 1 ? Double(e) : Double(e * (e - 1))
    return multiplier * table[factor.coordinate * (degree + 1) + e - lowered]
  }
}

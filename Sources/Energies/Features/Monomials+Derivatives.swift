import CSystem
import Numerics

/// Values of all monomials of a table at the points of a panel, one row each, from which derivatives are computed.
struct MonomialRows {
  let table: DivisorTable
  let base: UnsafeMutablePointer<Double>
  let lanes: Int

  func row(_ monomial: Int) -> UnsafeMutablePointer<Double> { base + monomial * lanes }

  /// Computes the values themselves, into room for `table.count` rows: one product per monomial.
  init(_ table: DivisorTable, at points: PointPanel, in room: UnsafeMutablePointer<Double>) {
    self.table = table
    base = room
    lanes = points.lanes
    row(0).update(repeating: 1, count: lanes)
    for monomial in 1..<max(1, table.count) {
      let factor = table.factors[table.starts[monomial]]
      Double.kernels.hadamard(
        count: lanes, a: row(factor.lowered), b: points.row(factor.coordinate), out: row(monomial))
    }
  }

  /// Takes other values of the same monomials, such as means.
  init(_ table: DivisorTable, rows: UnsafeMutablePointer<Double>, lanes: Int) {
    self.table = table
    base = rows
    self.lanes = lanes
  }

  /// d m_g / d x_k of `count` points, at out[i * d + k].
  func jacobian(
    _ monomial: Int, dimension: Int, count: Int, into out: UnsafeMutablePointer<Double>
  ) {
    let range = table.range(monomial)
    if range.count < dimension { memset(out, 0, count * dimension * MemoryLayout<Double>.stride) }
    for position in range {
      let factor = table.factors[position]
      let (row, scale, place) = (row(factor.lowered), Double(factor.exponent), out + factor.coordinate)
      for index in 0..<count { place[index * dimension] = scale * row[index] }
    }
  }

  func addGradient(_ monomial: Int, _ weight: Double, to gradients: UnsafeMutablePointer<Double>) {
    for position in table.range(monomial) {
      let factor = table.factors[position]
      Double.kernels.add(
        count: lanes, weight: weight * Double(factor.exponent), a: row(factor.lowered),
        out: gradients + factor.coordinate * lanes)
    }
  }

  func addHessianProduct(
    _ monomial: Int, _ weight: Double, _ directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>
  ) {
    for first in table.range(monomial) {
      let outer = table.factors[first]
      for second in table.range(outer.lowered) {
        let inner = table.factors[second]
        Double.kernels.addProduct(
          count: lanes, weight: weight * Double(outer.exponent * inner.exponent), a: row(inner.lowered),
          b: directions + inner.coordinate * lanes, out: products + outer.coordinate * lanes)
      }
    }
  }
}

extension Monomials: PanelFeatures {
  func name(of feature: Int) -> String {
    let range = divisors.range(places[feature])
    if range.isEmpty { return "1" }
    return range.map { position in
      let factor = divisors.factors[position]
      return factor.exponent == 1 ? "x\(factor.coordinate + 1)" : "x\(factor.coordinate + 1)^\(factor.exponent)"
    }.joined(separator: " ")
  }

  private func rows(_ points: PointPanel, _ scratch: Scratch) -> MonomialRows {
    MonomialRows(divisors, at: points, in: scratch.room(divisors.count * points.lanes))
  }

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let rows = rows(points, scratch)
    for feature in 0..<count {
      (values + feature * stride).update(from: rows.row(places[feature]), count: points.count)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let rows = rows(points, scratch)
    for feature in 0..<count {
      rows.jacobian(places[feature], dimension: dimension, count: points.count, into: jacobians + feature * stride)
    }
  }

  func addValues(
    _ points: PointPanel, weights: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let rows = rows(points, scratch)
    for feature in 0..<count {
      Double.kernels.add(count: points.lanes, weight: weights[feature], a: rows.row(places[feature]), out: values)
    }
  }

  func addGradients(
    _ points: PointPanel, weights: UnsafePointer<Double>, to gradients: UnsafeMutablePointer<Double>,
    _ scratch: Scratch
  ) {
    let rows = rows(points, scratch)
    for feature in 0..<count { rows.addGradient(places[feature], weights[feature], to: gradients) }
  }

  func addHessianProducts(
    _ points: PointPanel, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let rows = rows(points, scratch)
    for feature in 0..<count {
      rows.addHessianProduct(places[feature], weights[feature], directions, to: products)
    }
  }
}

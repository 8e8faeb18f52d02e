import Numerics

/// Sines of monomials, then their cosines.
package struct Trigonometric: Sendable, Equatable {
  package let monomials: Monomials

  package init(_ monomials: Monomials) { self.monomials = monomials }
}

extension Trigonometric: PanelFeatures {
  package var dimension: Int { monomials.dimension }
  package var count: Int { 2 * monomials.count }

  func name(of feature: Int) -> String {
    feature < monomials.count
      ? "sin(\(monomials.name(of: feature)))" : "cos(\(monomials.name(of: feature - monomials.count)))"
  }

  /// Calls `body` with each monomial's number, its sines and its cosines; `extra` numbers of room lie behind the
  /// cosines.
  fileprivate func forEachMonomial(
    _ points: PointPanel, _ scratch: Scratch, extra: Int = 0,
    _ body: (Int, MonomialRows, _ sines: UnsafeMutablePointer<Double>, _ cosines: UnsafeMutablePointer<Double>) -> Void
  ) {
    let (table, lanes) = (monomials.divisors, points.lanes)
    let room = scratch.room((table.count + 2) * lanes + extra)
    let rows = MonomialRows(table, at: points, in: room)
    let sines = room + table.count * lanes
    for monomial in 0..<monomials.count {
      Double.kernels.sineCosine(
        count: lanes, x: rows.row(monomials.places[monomial]), sines: sines, cosines: sines + lanes)
      body(monomial, rows, sines, sines + lanes)
    }
  }

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    forEachMonomial(points, scratch) { monomial, _, sines, cosines in
      (values + monomial * stride).update(from: sines, count: points.count)
      (values + (monomials.count + monomial) * stride).update(from: cosines, count: points.count)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let d = dimension
    forEachMonomial(points, scratch, extra: points.lanes * d) { monomial, rows, sines, cosines in
      let slopes = cosines + points.lanes
      rows.jacobian(monomials.places[monomial], dimension: d, count: points.count, into: slopes)
      let ofSine = jacobians + monomial * stride
      let ofCosine = jacobians + (monomials.count + monomial) * stride
      for particle in 0..<points.count {
        let (rise, fall) = (cosines[particle], -sines[particle])
        for place in particle * d..<(particle + 1) * d {
          ofSine[place] = rise * slopes[place]
          ofCosine[place] = fall * slopes[place]
        }
      }
    }
  }

  func addValues(
    _ points: PointPanel, weights: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    forEachMonomial(points, scratch) { monomial, _, sines, cosines in
      Double.kernels.add(count: points.lanes, weight: weights[monomial], a: sines, out: values)
      Double.kernels.add(count: points.lanes, weight: weights[monomials.count + monomial], a: cosines, out: values)
    }
  }

  func addGradients(
    _ points: PointPanel, weights: UnsafePointer<Double>, to gradients: UnsafeMutablePointer<Double>,
    _ scratch: Scratch
  ) {
    let (lanes, kernels) = (points.lanes, Double.kernels)
    forEachMonomial(points, scratch, extra: lanes) { monomial, rows, sines, cosines in
      let slopes = cosines + lanes
      combine(weights[monomial], cosines, -weights[monomials.count + monomial], sines, lanes, slopes)
      for position in monomials.divisors.range(monomials.places[monomial]) {
        let factor = monomials.divisors.factors[position]
        kernels.addProduct(
          count: lanes, weight: Double(factor.exponent), a: slopes, b: rows.row(factor.lowered),
          out: gradients + factor.coordinate * lanes)
      }
    }
  }

  /// With theta = a sin m + b cos m: theta'' grad m grad m^T + theta' Hessian of m.
  func addHessianProducts(
    _ points: PointPanel, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let (lanes, kernels, table) = (points.lanes, Double.kernels, monomials.divisors)
    forEachMonomial(points, scratch, extra: 4 * lanes) { monomial, rows, sines, cosines in
      let (slopes, curvatures) = (cosines + lanes, cosines + 2 * lanes)
      let (along, turned) = (cosines + 3 * lanes, cosines + 4 * lanes)
      let (a, b) = (weights[monomial], weights[monomials.count + monomial])
      combine(a, cosines, -b, sines, lanes, slopes)
      combine(-a, sines, -b, cosines, lanes, curvatures)
      along.update(repeating: 0, count: lanes)
      let range = table.range(monomials.places[monomial])
      for position in range {
        let factor = table.factors[position]
        kernels.addProduct(
          count: lanes, weight: Double(factor.exponent), a: rows.row(factor.lowered),
          b: directions + factor.coordinate * lanes, out: along)
      }
      Double.kernels.hadamard(count: lanes, a: curvatures, b: along, out: along)
      for position in range {
        let outer = table.factors[position]
        let product = products + outer.coordinate * lanes
        kernels.addProduct(
          count: lanes, weight: Double(outer.exponent), a: along, b: rows.row(outer.lowered), out: product)
        for second in table.range(outer.lowered) {
          let inner = table.factors[second]
          Double.kernels.hadamard(count: lanes, a: slopes, b: rows.row(inner.lowered), out: turned)
          kernels.addProduct(
            count: lanes, weight: Double(outer.exponent * inner.exponent), a: turned,
            b: directions + inner.coordinate * lanes, out: product)
        }
      }
    }
  }

  /// out = a x + b y
  private func combine(
    _ a: Double, _ x: UnsafePointer<Double>, _ b: Double, _ y: UnsafePointer<Double>, _ lanes: Int,
    _ out: UnsafeMutablePointer<Double>
  ) {
    out.update(repeating: 0, count: lanes)
    Double.kernels.add(count: lanes, weight: a, a: x, out: out)
    Double.kernels.add(count: lanes, weight: b, a: y, out: out)
  }

  func means(over population: PopulationPanels) -> any FeatureMeans {
    TrigonometricMeans(features: self, population: population)
  }
}

/// Means over all pairs, summed row by row.
private struct TrigonometricMeans: FeatureMeans {
  let features: Trigonometric
  let population: PopulationPanels

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let kernels = Double.kernels
    for feature in 0..<features.count {
      (values + feature * stride).update(repeating: 0, count: points.count)
    }
    forEachPanel(points) { particle, differences, weights in
      features.forEachMonomial(differences, scratch) { monomial, _, sines, cosines in
        values[monomial * stride + particle] += kernels.innerProduct(count: differences.lanes, a: sines, b: weights)
        values[(features.monomials.count + monomial) * stride + particle] += kernels.innerProduct(
          count: differences.lanes, a: cosines, b: weights)
      }
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let (d, kernels, table) = (features.dimension, Double.kernels, features.monomials.divisors)
    for feature in 0..<features.count {
      (jacobians + feature * stride).update(repeating: 0, count: points.count * d)
    }
    forEachPanel(points) { particle, differences, weights in
      let lanes = differences.lanes
      features.forEachMonomial(differences, scratch) { monomial, rows, sines, cosines in
        Double.kernels.hadamard(count: lanes, a: sines, b: weights, out: sines)
        Double.kernels.hadamard(count: lanes, a: cosines, b: weights, out: cosines)
        let ofSine = jacobians + monomial * stride + particle * d
        let ofCosine = jacobians + (features.monomials.count + monomial) * stride + particle * d
        for position in table.range(features.monomials.places[monomial]) {
          let factor = table.factors[position]
          let (exponent, row) = (Double(factor.exponent), rows.row(factor.lowered))
          ofSine[factor.coordinate] += exponent * kernels.innerProduct(count: lanes, a: cosines, b: row)
          ofCosine[factor.coordinate] -= exponent * kernels.innerProduct(count: lanes, a: sines, b: row)
        }
      }
    }
  }

  /// Calls `body` with the differences of each point to one panel of the population after the other.
  private func forEachPanel(
    _ points: PointPanel, _ body: (_ particle: Int, PointPanel, _ weights: UnsafePointer<Double>) -> Void
  ) {
    let capacity = population.panels.first?.capacity ?? 0
    let differences = PointPanel(dimension: points.dimension, capacity: capacity)
    let x = AlignedBuffer<Double>(count: points.dimension)
    for particle in 0..<points.count {
      for k in 0..<points.dimension { x.base[k] = points.row(k)[particle] }
      for (panel, weights) in zip(population.panels, population.weights) where !Interruption.stops {
        differences.loadDifferences(from: x.base, to: panel)
        body(particle, differences, weights.base)
      }
    }
  }
}

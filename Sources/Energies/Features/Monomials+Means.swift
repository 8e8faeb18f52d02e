import Numerics

/// Mean monomials of differences, from moments of the population: with z = x - c and u_k = y_k - c,
///
///     sum_k w_k (z - u_k)^g = sum_{h <= g} binomial(g, h) (-1)^|g - h| M_{g - h} z^h,   M_a = sum_k w_k u_k^a.
///
/// O(n + m) for n points and m particles. c is the population's mean: moments about a far point would cancel.
struct MonomialMeans: FeatureMeans {
  let monomials: Monomials
  private let polynomials: MeanPolynomials

  init(_ monomials: Monomials, _ population: PopulationPanels) {
    self.monomials = monomials
    polynomials = MeanPolynomials(monomials.divisors, population)
  }

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let rows = rows(points, scratch)
    for feature in 0..<monomials.count {
      (values + feature * stride).update(from: rows.row(monomials.places[feature]), count: points.count)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let rows = rows(points, scratch)
    for feature in 0..<monomials.count {
      rows.jacobian(
        monomials.places[feature], dimension: monomials.dimension, count: points.count,
        into: jacobians + feature * stride)
    }
  }

  private func rows(_ points: PointPanel, _ scratch: Scratch) -> MonomialRows {
    let (table, lanes) = (monomials.divisors, points.lanes)
    let room = scratch.room(2 * table.count * lanes)
    let plain = MonomialRows(table, at: points, in: room)
    let means = room + table.count * lanes
    means.update(repeating: 0, count: table.count * lanes)
    for monomial in 0..<table.count {
      for position in polynomials.starts[monomial]..<polynomials.starts[monomial + 1] {
        let term = polynomials.terms[position]
        Double.kernels.add(
          count: lanes, weight: term.coefficient, a: plain.row(term.monomial), out: means + monomial * lanes)
      }
    }
    return MonomialRows(table, rows: means, lanes: lanes)
  }
}

/// The mean of each monomial of a table as a polynomial in z.
struct MeanPolynomials {
  struct Term {
    let monomial: Int
    let coefficient: Double
  }
  private(set) var terms: [Term] = []
  /// terms[starts[g]..<starts[g + 1]] are those of monomial g.
  private(set) var starts = [0]

  init(_ table: DivisorTable, _ population: PopulationPanels) {
    let moments = Self.moments(table, population)
    for monomial in 0..<table.count {
      if Interruption.stops {
        starts.append(terms.count)
        continue
      }
      // Pairs of a divisor h and the rest g / h, coordinate by coordinate.
      var pairs = [(divisor: monomial, rest: monomial, coefficient: 1.0)]
      for position in table.range(monomial) {
        let (coordinate, exponent) = (table.factors[position].coordinate, table.factors[position].exponent)
        pairs = pairs.flatMap { pair in
          var binomial = pair.coefficient
          return (0...exponent).map { lowered in
            defer { binomial *= -Double(exponent - lowered) / Double(lowered + 1) }
            return (
              divisor: table.lowered(pair.divisor, coordinate, lowered),
              rest: table.lowered(pair.rest, coordinate, exponent - lowered), coefficient: binomial
            )
          }
        }
      }
      terms += pairs.map { Term(monomial: $0.divisor, coefficient: $0.coefficient * moments[$0.rest]) }
      starts.append(terms.count)
    }
  }

  private static func moments(_ table: DivisorTable, _ population: PopulationPanels) -> [Double] {
    var moments = [Double](repeating: 0, count: table.count)
    let scratch = Scratch()
    for (panel, weights) in zip(population.panels, population.weights) where !Interruption.stops {
      let rows = MonomialRows(table, at: panel, in: scratch.room(table.count * panel.lanes))
      for monomial in 0..<table.count {
        moments[monomial] += Double.kernels.innerProduct(count: panel.lanes, a: weights.base, b: rows.row(monomial))
      }
    }
    return moments
  }
}

extension Monomials {
  func means(over population: PopulationPanels) -> any FeatureMeans { MonomialMeans(self, population) }

  /// The mean is a polynomial again, in all divisors.
  func smoothed(over population: PopulationPanels, weights: [[Double]]) -> (any PanelFeatures, weights: [[Double]])? {
    let polynomials = MeanPolynomials(divisors, population)
    let smooth = weights.map { weights in
      var smooth = [Double](repeating: 0, count: divisors.count)
      for feature in 0..<count {
        for position in polynomials.starts[places[feature]]..<polynomials.starts[places[feature] + 1] {
          let term = polynomials.terms[position]
          smooth[term.monomial] += weights[feature] * term.coefficient
        }
      }
      return smooth
    }
    return (Monomials(divisors, dimension: dimension), smooth)
  }
}

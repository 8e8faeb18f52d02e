import Numerics

/// Particles and the masses they carry, which sum to 1.
package struct Population: Sendable {
  /// Shape (n, d).
  package let points: Matrix
  package let weights: [Double]

  package init(points: Matrix, weights: [Double]) {
    precondition(weights.count == points.rows, "a population has one weight per particle")
    self.points = points
    self.weights = weights
  }

  /// Every particle counts the same.
  package init(points: Matrix) {
    self.init(points: points, weights: [Double](repeating: 1 / Double(max(1, points.rows)), count: points.rows))
  }
}

/// An energy per pair of particles, U(x - y): as a potential, a function of the difference.
///
/// Gradients are used as given, that at difference 0 included: U need not be even.
package protocol Interaction: Potential {
  /// What a population exerts on a point: W(y) = sum_j w_j U(y - y_j), with all its derivatives.
  func field(of population: Population) -> any Potential

  /// The same interaction, prepared to evaluate the fields of this population, and of the populations that it becomes
  /// during a step, at all of its particles.
  ///
  /// - Parameter evaluations: about how often such a field is evaluated
  func prepared(for population: Population, evaluations: Int) -> any Interaction
}

extension Interaction {
  package func field(of population: Population) -> any Potential { PairField(self, population) }

  package func prepared(for population: Population, evaluations: Int) -> any Interaction { self }
}

/// The field of a population by evaluation of all pairs: the plain way, for interactions without structure.
package struct PairField<Base: Potential>: Potential {
  let base: Base
  let population: Population

  package init(_ base: Base, _ population: Population) {
    self.base = base
    self.population = population
  }

  package var dimension: Int { base.dimension }
  package var callsHost: Bool { base.callsHost }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    sum(points, width: 1, into: values) { differences, _, results in
      base.values(differences, time: time, into: results)
    }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    sum(points, width: dimension, into: gradients) { differences, _, results in
      base.gradients(differences, time: time, into: results)
    }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    let d = dimension
    var repeated = [Double](repeating: 0, count: population.points.elements.count)
    sum(points, width: d, into: products) { differences, particle, results in
      for index in repeated.indices { repeated[index] = directions[particle * d + index % d] }
      repeated.withUnsafeBufferPointer {
        base.hessianProducts(differences, directions: $0, time: time, into: results)
      }
    }
  }

  /// For each point, the mean over the population of what `evaluate` makes of the differences.
  private func sum(
    _ points: UnsafeBufferPointer<Double>, width: Int, into results: UnsafeMutableBufferPointer<Double>,
    _ evaluate: (UnsafeBufferPointer<Double>, _ particle: Int, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    let (d, n) = (dimension, population.points.rows)
    var differences = [Double](repeating: 0, count: n * d)
    var terms = [Double](repeating: 0, count: n * width)
    for particle in 0..<points.count / d where !Interruption.stops {
      for index in differences.indices {
        differences[index] = points[particle * d + index % d] - population.points.elements[index]
      }
      differences.withUnsafeBufferPointer { differences in
        terms.withUnsafeMutableBufferPointer { evaluate(differences, particle, $0) }
      }
      for column in 0..<width {
        var sum = 0.0
        for other in 0..<n { sum += population.weights[other] * terms[other * width + column] }
        results[particle * width + column] = sum
      }
    }
  }
}

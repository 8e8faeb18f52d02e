import Densities
import Energies
import Numerics
import Snapshots

extension FittedModel {
  /// V(x, t) in the user's coordinates; nil for a model without.
  package var potential: (any Potential)? {
    learned.potential.map { StandardizedPotential($0.evaluated, standardization) }
  }

  /// U(x - y) in the user's coordinates; nil for a model without.
  package var interaction: (any Interaction)? {
    learned.interaction.map { StandardizedInteraction($0.evaluated, standardization) }
  }

  /// U(x - y) as `interaction`, less its value at 0.
  package var groundedInteraction: (any Potential)? { interaction.map { GroundedPotential($0) } }

  /// In length^2/time; nil for a model without internal energy.
  package var beta: Double? { learned.beta.map { $0 * energyUnit } }

  /// Of V, U and beta: length^2/time.
  package var energyUnit: Double { standardization.length / standardization.duration * standardization.length }

  /// The time at which terms are evaluated that do not vary; nil where they do.
  package var fixedTime: Double? { options.timeVarying ? nil : times[0] }

  /// J of points with weights, which are divided by their sum; nil stands for equal weights.
  ///
  /// - Parameter name: what errors call the points
  package func energy(of points: Matrix, named name: String, weights: [Double]?, time: Double) throws -> Double {
    if let weights, weights.allSatisfy({ $0 == 0 }) {
      throw EngineError(.population, "weights are all 0; at least one must be positive")
    }
    var series = SnapshotSeries(dimension: points.columns)
    try series.append(points: points, named: name, time: 0, weights: weights)
    let population = Population(points: points, weights: series.snapshots[0].weights)
    return try energy(of: population, named: name, time: time)
  }

  /// J of a population at a time,
  ///
  ///     sum_i w_i V(x_i, t) + 1/2 sum_ij w_i w_j U(x_i - x_j) + beta sum_i w_i log density(x_i),
  ///
  /// with a density that is estimated as in fitting. V and U are known up to constants. That of U is chosen so that
  /// U(0) = 0; J is known up to that of V.
  package func energy(of population: Population, named name: String = "points", time: Double) throws -> Double {
    func mean(_ potential: any Potential) -> Double {
      var values = [Double](repeating: 0, count: population.points.rows)
      population.points.elements.withUnsafeBufferPointer { points in
        values.withUnsafeMutableBufferPointer { potential.values(points, time: time, into: $0) }
      }
      return zip(values, population.weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var energy = 0.0
    if let potential { energy += mean(potential) }
    if let interaction {
      energy += 0.5 * (mean(interaction.field(of: population)) - GroundedPotential(interaction).ground(time: time))
    }
    if let beta, let options = options.internal {
      let density = try estimateDensity(
        of: population.points, named: name, weights: population.weights, options: options, seed: fitOptions.seed)
      energy +=
        beta * zip(try density.logDensities(population.points), population.weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    try Interruption.check()
    guard energy.isFinite else { throw EngineError(.nonfinite, "the energy of this population is not finite") }
    return energy
  }
}

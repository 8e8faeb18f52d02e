import Densities
import Energies
import Fields
import Learning
import Numerics

/// The velocities that a fitted energy gives a population, -grad(V + U * mu + beta log mu), in a course's units.
struct ModelField: VelocityField {
  let model: FittedModel
  let course: ScaledCourse
  /// By how much later V is asked for than the velocity that it explains, in the user's time: V(x, t_k) of the explicit
  /// scheme, and V(x, t_{k+1}) of the implicit one, explain the whole step from t_k to t_{k+1}.
  let delay: Double

  init(_ model: FittedModel, _ course: ScaledCourse) {
    (self.model, self.course) = (model, course)
    let gaps = zip(model.times, model.times.dropFirst()).map { $1 - $0 }.sorted()
    let half = gaps.isEmpty ? 0 : gaps[gaps.count / 2] / 2
    switch model.options.scheme {
    case .explicit: delay = -half
    case .implicit: delay = half
    case .midpoint: delay = 0
    }
  }

  func velocities(of population: Population, at time: Double) throws -> Matrix {
    let points = course.unscaled(population.points)
    let moved = Population(points: points, weights: population.weights)
    var forces = Matrix(rows: points.rows, columns: points.columns)
    let moment =
      model.fixedTime
      ?? min(max(course.unscaled(time) + delay, model.times.first ?? 0), model.times.last ?? 0)
    if let potential = model.potential { add(potential, at: points, time: moment, to: &forces) }
    if let interaction = model.interaction {
      let prepared = interaction.prepared(for: moved, evaluations: 1)
      add(prepared.field(of: moved), at: points, time: moment, to: &forces)
    }
    if let beta = model.beta, beta > 0, let options = model.options.internal {
      let density = try estimateDensity(
        of: points, named: "interpolated particles", weights: population.weights, options: options,
        seed: model.fitOptions.seed)
      let scores = try density.scores(points)
      for index in forces.elements.indices { forces.elements[index] += beta * scores.elements[index] }
    }
    try Interruption.check()
    limit(&forces)
    let unit = -course.gap / course.length
    for index in forces.elements.indices { forces.elements[index] *= unit }
    return forces
  }

  private func add(_ energy: any Potential, at points: Matrix, time: Double, to forces: inout Matrix) {
    var gradients = [Double](repeating: 0, count: points.elements.count)
    points.elements.withUnsafeBufferPointer { points in
      gradients.withUnsafeMutableBufferPointer { energy.gradients(points, time: time, into: $0) }
    }
    for index in gradients.indices { forces.elements[index] += gradients[index] }
  }

  /// No particle moves faster than predictions of the model may.
  private func limit(_ forces: inout Matrix) {
    let reach = model.region.reach
    for row in 0..<forces.rows {
      let speed = forces.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard speed > reach else { continue }
      for k in 0..<forces.columns { forces[row, k] *= reach / speed }
    }
  }
}

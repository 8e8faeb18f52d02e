import CSystem
import Numerics

/// The feature map that minimises a proximal step: damped Newton steps, the ridge of the bumps chosen by particles that
/// are held out.
package struct FeatureStep {
  let step: ProximalStep
  let features: MapFeatures

  package init(step: ProximalStep, features: MapFeatures) { (self.step, self.features) = (step, features) }

  /// Weights of the squared coefficients of all but affine features, relative to their curvature: the candidates. The
  /// first leaves the map affine.
  private static let ridges = [1e6, 1, 1e-1, 1e-2, 1e-3, 1e-5, 1e-8]
  private static let iterations = 6
  /// A step that lowers the objective by less than this part of h's scale is the last.
  private static let enough = 1e-9

  /// - Parameters:
  ///   - train: what is minimised over
  ///   - held: what chooses the ridge and ends the iteration
  package func solve(_ train: StepSample, held: StepSample) throws -> FeatureMap {
    let none = FeatureMap(features, coefficients: [Double](repeating: 0, count: features.count))
    let start = try step.state(none, train)
    guard start.value.isFinite else {
      throw EngineError(.nonfinite, "the energy is not finite at the particles of a step of the flow")
    }
    let first = try StepNewton(step, features, train, at: start)
    let scales = (0..<features.count).map { $0 < features.affineCount ? 0 : first.curvature[$0, $0] }
    var candidates: [Candidate] = []
    for ridge in features.count == features.affineCount ? [0] : Self.ridges {
      let penalty = scales.map { $0 * ridge }
      let origin = Iterate(map: none, state: start, penalised: start.value)
      let next = try descend(from: origin, by: first, penalty, train)
      candidates.append(Candidate(iterate: next, held: try step.state(next.map, held).value, ridge: ridge))
    }
    // The least objective decides, however small the difference: what is wrongly left out is left out at every step,
    // and adds up, while the noise of features that are wrongly taken is another at every step.
    guard let best = candidates.min(by: { $0.held < $1.held }), best.held.isFinite else { return none }
    try requireDescent(best.iterate, from: start, by: first)
    var (iterate, judged) = (best.iterate, best.held)
    let penalty = scales.map { $0 * best.ridge }
    for _ in 1..<Self.iterations {
      let newton = try StepNewton(step, features, train, at: iterate.state)
      let next = try descend(from: iterate, by: newton, penalty, train)
      let heldValue = try step.state(next.map, held).value
      let gained = iterate.penalised - next.penalised
      if heldValue <= judged { (iterate, judged) = (next, heldValue) }
      if heldValue > judged || gained <= Self.enough * features.length * features.length / step.h { break }
    }
    return iterate.map
  }

  /// Throws where no step along the gradient lowers the objective, although the gradient is not 0: values and gradients
  /// of the energy then do not belong together.
  private func requireDescent(_ iterate: Iterate, from start: ProximalStep.State, by newton: StepNewton) throws {
    guard iterate.penalised >= start.value else { return }
    // What a step along each coefficient alone would gain.
    let gain =
      (0..<features.count).map { j in
        newton.curvature[j, j] > 0 ? newton.gradient[j] * newton.gradient[j] / (2 * newton.curvature[j, j]) : 0
      }.max() ?? 0
    guard gain > 1e-6 * (features.length * features.length / step.h + abs(start.value)) else { return }
    throw EngineError(
      .convergence,
      "a step of the flow lowers the energy nowhere, although its gradient is not 0: the gradients of the potential may "
        + "not be those of its values")
  }

  private struct Candidate {
    var iterate: Iterate
    var held: Double
    var ridge: Double
  }

  private struct Iterate {
    var map: FeatureMap
    var state: ProximalStep.State
    /// The objective and the penalty.
    var penalised: Double
  }

  /// One Newton step, shortened until the penalised objective falls; the same iterate where none does.
  private func descend(
    from iterate: Iterate, by newton: StepNewton, _ penalty: [Double], _ sample: StepSample
  ) throws -> Iterate {
    let count = features.count
    var (matrix, right) = (newton.curvature, newton.gradient)
    let old = iterate.map.coefficients
    for j in 0..<count {
      matrix[j, j] += penalty[j] + 1e-12 * newton.curvature[j, j]
      right[j] += penalty[j] * old[j]
    }
    let direction = try scaledSolve(matrix, right)
    var share = 1.0
    while share > 1e-6 {
      let coefficients = (0..<count).map { old[$0] - share * direction[$0] }
      let map = FeatureMap(features, coefficients: coefficients)
      let state = try step.state(map, sample)
      let cost = (0..<count).reduce(0) { $0 + penalty[$1] * coefficients[$1] * coefficients[$1] / 2 }
      if state.value + cost < iterate.penalised {
        return Iterate(map: map, state: state, penalised: state.value + cost)
      }
      share /= 2
    }
    return iterate
  }

  /// The solution with a unit diagonal, by which the solver decides what has no rank. Features that no particle feels
  /// have a diagonal of 0 and stay 0.
  private func scaledSolve(_ matrix: Matrix, _ right: [Double]) throws -> [Double] {
    let units = (0..<right.count).map { matrix[$0, $0] > 0 ? 1 / matrix[$0, $0].squareRoot() : 0 }
    var scaled = matrix
    for row in units.indices {
      for column in units.indices { scaled[row, column] *= units[row] * units[column] }
      if units[row] == 0 { scaled[row, row] = 1 }
    }
    let solution = try SymmetricSolver(scaled).solve(zip(right, units).map { $0 * $1 })
    return zip(solution, units).map { $0 * $1 }
  }
}

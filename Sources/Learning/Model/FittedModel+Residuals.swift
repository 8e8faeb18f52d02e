import Dynamics
import Numerics
import Snapshots
import Transport

extension FittedModel {
  /// Couplings of a transition whose residuals a model keeps, at most.
  private static let residualsKept = 256

  /// The model with the residuals of its training couplings: of some pairs (x, y) of each observed transition, y less
  /// where one step takes x. With an interaction, the particles that were chosen stand for all.
  ///
  /// A model whose steps leave the range of numbers keeps none.
  func keepingResiduals(of coupled: CoupledSeries) throws -> FittedModel {
    let snapshots = coupled.series.snapshots
    var still = rollout
    still.beta = 0
    var transitions: [ResidualNoise.Transition] = []
    for (k, step) in coupled.planned.steps.prefix(snapshots.count - 1).enumerated() {
      let pairs = Self.drawn(try step.plan.pairs(), seed: fitOptions.seed, transition: k)
      let (start, end) = (snapshots[k], snapshots[k + 1])
      let points = start.points.selecting(rows: pairs.map(\.row))
      let moved: Matrix
      do {
        moved = try still.step(points, from: start.time, to: end.time).population
      } catch let error as EngineError where error.kind == .convergence { return self }
      var residuals = end.points.selecting(rows: pairs.map(\.column))
      for index in residuals.elements.indices { residuals.elements[index] -= moved.elements[index] }
      transitions.append(
        ResidualNoise.Transition(
          time: start.time, duration: end.time - start.time, points: points, residuals: residuals))
    }
    return keeping(ResidualNoise(transitions))
  }

  /// Some pairs of a plan, each as likely as its mass: those at which the mass, summed in a random order, passes evenly
  /// spaced marks.
  private static func drawn(
    _ pairs: [TransportPlan.Entry], seed: UInt64, transition: Int
  ) -> [TransportPlan.Entry] {
    var random = PhiloxSequence(seed: seed, stream: RandomPurpose.residuals.stream(transition))
    let order = random.permutation(pairs.count)
    let total = pairs.reduce(0) { $0 + $1.mass }
    let count = min(residualsKept, pairs.count)
    var (passed, drawn) = (0.0, [TransportPlan.Entry]())
    for place in order {
      passed += pairs[place].mass
      while drawn.count < count, passed >= (Double(drawn.count) + 0.5) / Double(count) * total {
        drawn.append(pairs[place])
      }
    }
    return drawn
  }
}

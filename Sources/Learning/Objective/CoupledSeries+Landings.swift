import Energies
import Numerics
import Snapshots

/// Where an explicit model takes particles: what the implicit scheme is trained on after that model.
///
/// The condition of the implicit scheme is asked at y, where a particle is observed after its step. Populations are
/// samples, and their plans noisy: the regression of x - y on y then answers to the noise of y (errors in variables),
/// finds a map from y to x that contracts too much, and its inverse, which predicts, expands as much too much. The
/// explicit condition, a regression on x, has no such trouble; its map x -> p = x - tau grad M(x) is the mean of what
/// is observed. With (x, p) for (x, y) the implicit condition has no noise left: V becomes the energy whose JKO step is
/// that map, of which M is the Moreau envelope, and I + tau Hess V is positive where I - tau Hess M is.
extension CoupledSeries {
  /// - Parameters:
  ///   - model: of the explicit scheme
  ///   - weight: of the particles along its rollout, beside those observed
  func landings(of model: FittedModel, rolledWeight weight: Double) throws -> Couplings {
    let snapshots = series.snapshots
    let predicted = try model.trainingRollout(of: snapshots)
    var couplings = Couplings(dimension: series.dimension, standardization: model.standardization)
    for (k, (source, target)) in series.consecutive.enumerated() {
      // The first step of the rollout begins at the first snapshot.
      let isRolled = k > 0 && k < predicted.count && !model.leaves(series, predicted[k].points)
      var parts = [(source, share: isRolled ? 1 - weight : 1)]
      if isRolled {
        parts.append((predicted[k], share: weight))
      }
      for (start, share) in parts {
        let landing = try model.rollout.step(
          start.points, weights: start.weights, from: source.time, to: target.time
        ).population
        couplings.append(start, landing, at: target.time, times: share / Double(snapshots.count - 1))
      }
    }
    return couplings
  }
}

extension Couplings {
  /// Adds implicit couplings from particles to where they land.
  fileprivate mutating func append(_ start: Snapshot, _ landing: Matrix, at time: Double, times factor: Double) {
    let (from, to) = (standardization.points(start.points), standardization.points(landing))
    let rho = (time - start.time) / standardization.duration
    for particle in 0..<from.rows where start.weights[particle] > 0 {
      append(
        point: to.row(particle), shift: zip(to.row(particle), from.row(particle)).map { $0 - $1 }[...],
        time: standardization.time(time), rho: rho, weight: factor * start.weights[particle])
    }
  }
}

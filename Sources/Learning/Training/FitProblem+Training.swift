import Numerics
import Snapshots

extension FitProblem {
  /// Trains the networks of an energy. Where a validation is asked for, some particles are held out and judge the
  /// epochs.
  ///
  /// - Parameter redrawn: what is trained on instead of a series: a sample of the bootstrap. Nil for the series itself.
  ///   Held-out particles are drawn anew by themselves, because copies of one particle must not be on both sides.
  func train(
    _ coupled: CoupledSeries, _ layout: TrainingLayout, redrawn: ((SnapshotSeries) -> SnapshotSeries)? = nil,
    _ progress: ProgressHandler
  ) throws -> NetworkTraining.Outcome {
    func model(_ parameters: [Double], _ losses: [Double]) -> FittedModel {
      self.model(layout.energy(parameters, linear: basis), from: coupled, losses: losses)
    }
    func training(_ seen: CoupledSeries, validate: (([Double]) throws -> Double)?) throws -> NetworkTraining {
      // Networks of the implicit scheme begin in the explicit one; see `CoupledSeries.landings`.
      let first = lands ? explicit : self
      let begun = lands ? try CoupledSeries(seen.series, seen.planned, first) : seen
      let data = try first.trainingData(begun, progress)
      // The training asks the host meanwhile.
      func rolled(_ parameters: [Double], landing: Bool) throws -> TrainingData {
        let model = first.model(layout.energy(parameters, linear: basis), from: begun, losses: [])
        if landing, let rollout {
          return TrainingData(try begun.landings(of: model, rolledWeight: rollout.weight))
        }
        let coupled = try begun.rolled(by: model, first) { _ in true }
        return try first.trainingData(coupled, scales: data.scales) { _ in true }
      }
      return NetworkTraining(
        data, layout: layout, options: fitOptions, usualRidge: options.usualRidge, validate: validate, model: model,
        rollout: rollout, roll: rolled, lands: lands)
    }
    guard let validation = fitOptions.training.validation else {
      let seen = try redrawn.map { try CoupledSeries($0(coupled.series), self, progress) } ?? coupled
      return try training(seen, validate: nil).run(progress: progress)
    }
    // The seed differs from the fit's, so that the split is not that of a user who divided the data with the same seed.
    var parts = try coupled.series.split(
      alongTrajectories: false, testFraction: validation.fraction, seed: ~fitOptions.seed)
    if let redrawn { parts = (redrawn(parts.train), redrawn(parts.test)) }
    let validate: ([Double]) throws -> Double
    switch validation.criterion {
    case .loss:
      let heldOut = try trainingData(CoupledSeries(parts.test, self, progress), progress)
      validate = try DataLoss(heldOut, layout).loss
    case .emd:
      validate = { try model($0, []).oneStepDistance(on: parts.test) }
    }
    return try training(CoupledSeries(parts.train, self, progress), validate: validate).run(progress: progress)
  }
}

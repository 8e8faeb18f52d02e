import Energies
import Numerics
import Snapshots

/// The objective on particles that are held out, U averaged over all of them.
struct HeldOutLoss {
  private let objective: TrainingObjective<Double>
  private let data: TrainingData
  private let layout: TrainingLayout

  init(_ data: TrainingData, _ layout: TrainingLayout) throws {
    self.data = data
    self.layout = layout
    objective = try TrainingObjective(
      data, layout: layout, batchSize: data.couplings.count, team: Team(threads: Parallel.threadCount))
  }

  /// - Parameter parameters: coefficients as they multiply their features
  func loss(_ parameters: [Double]) -> Double {
    var scaled = parameters
    for (index, scale) in data.scales.enumerated() { scaled[layout.linearStart + index] *= scale }
    let gradient = AlignedBuffer<Double>(count: layout.count)
    gradient.zero()
    return withExtendedLifetime(gradient) {
      scaled.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map {
          objective.accumulate(
            ArraySlice(0..<data.couplings.count), scale: 1, parameters: $0, gradient: gradient.base)
        } ?? 0
      }
    }
  }
}

extension FittedModel {
  /// Trains the networks of an energy; some particles are held out of it where a validation is asked for.
  ///
  /// - Parameter plans: of the whole series
  static func train(
    _ series: SnapshotSeries, _ problem: TrainingProblem, plans: [SnapshotPlan],
    model: @escaping (LearnedEnergy, [Double]) -> FittedModel, progress: ProgressHandler
  ) throws -> NetworkTraining.Outcome {
    func fitted(_ parameters: [Double], _ losses: [Double]) -> FittedModel {
      model(problem.layout.energy(parameters, linear: problem.form.basis), losses)
    }
    guard let validation = problem.form.fitOptions.training.validation else {
      return try NetworkTraining(
        problem.data(series, plans, progress), layout: problem.layout, options: problem.form.fitOptions,
        usualRidge: problem.form.options.usualRidge, model: fitted
      ).run(progress: progress)
    }
    // A split of its own: another seed than that of a user who divided the data before.
    let parts = try series.split(
      alongTrajectories: false, testFraction: validation.fraction, seed: ~problem.form.fitOptions.seed)
    let validate: ([Double]) throws -> Double
    switch validation.criterion {
    case .loss:
      let heldOut = try HeldOutLoss(
        problem.data(parts.test, problem.plans(parts.test, progress), progress), problem.layout)
      validate = heldOut.loss
    case .emd:
      validate = { try fitted($0, []).oneStepDistance(on: parts.test) }
    }
    return try NetworkTraining(
      problem.data(parts.train, problem.plans(parts.train, progress), progress), layout: problem.layout,
      options: problem.form.fitOptions,
      usualRidge: problem.form.options.usualRidge, validate: validate, model: fitted
    ).run(progress: progress)
  }
}

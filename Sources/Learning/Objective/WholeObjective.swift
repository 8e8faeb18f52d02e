import Energies
import Numerics
import Snapshots

/// The objective over all couplings in double precision, for optimisers that choose the parameters themselves.
///
/// It is a deterministic function: U is averaged over the whole snapshot, or over the samples that training would draw
/// for its first epoch. It does not change, so that several threads may ask at once.
package final class WholeObjective: Sendable {
  private let problem: FitProblem
  private let layout: TrainingLayout
  private let data: ObjectiveData<Double>
  private let samples: InteractionSamples<Double>?
  /// What coefficients are divided by, so that they multiply the features.
  private let scales: [Double]
  private let count: Int
  private let region: TrainingRegion
  private let times: [Double]

  /// Computes the plans, and what else the terms need.
  package init(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws {
    guard options.hasNetworks else {
      throw EngineError(
        .invalid,
        "model has no network; its energy is linear in its coefficients, for a closed form or normal equations"
      )
    }
    try fitOptions.check(for: options)
    guard fitOptions.errorBars == .none else {
      throw EngineError(
        .invalid, "error_bars = \(fitOptions.errorBars.name) is for fits, and an objective is minimised by its caller")
    }
    // Nothing is fitted by which it could be decided whether V varies in time.
    let options = options.decidesTime ? options.varying(false) : options
    var problem = try FitProblem(series, options, fitOptions, progress)
    layout = try TrainingLayout(problem)
    let coupled = try CoupledSeries(series, problem, progress)
    problem.chooseEpochs(coupled)
    self.problem = problem
    let data = try problem.trainingData(coupled, progress)
    self.data = ObjectiveData(data)
    samples = layout.interaction.map { _ in
      InteractionSamples(data, count: fitOptions.interactionSamples, seed: fitOptions.seed)
    }
    samples?.draw(epoch: 0)
    scales = data.scales
    count = data.couplings.count
    region = coupled.region
    times = series.times
  }

  package var standardization: Standardization { problem.standardization }

  package var parameterCount: Int { layout.count }

  /// Where training begins: with fresh weights, and coefficients of 0.
  package var initialParameters: [Double] { layout.initialParameters(seed: problem.fitOptions.seed) }

  /// The objective in squared length, and its gradient in the parameters. Neither need be finite.
  ///
  /// - Parameter parameters: `parameterCount` numbers
  package func valueAndGradient(_ parameters: [Double]) throws -> (value: Double, gradient: [Double]) {
    guard parameters.count == parameterCount else {
      throw EngineError(.shape, "parameters has \(counted(parameters.count, "element")), not \(parameterCount)")
    }
    let indices = Array(0..<count)
    let size = TrainingObjective<Double>.chunkSize(layout)
    let chunks = min(Self.chunks, (indices.count + size - 1) / size)
    let team = Team(threads: min(Parallel.threadCount, chunks))
    defer { team.dismiss() }
    let objective = try TrainingObjective<Double>(data, samples, layout: layout, chunks: chunks, team: team)
    // The objective is computed in standardised units and returned in the user's.
    let scale = standardization.squaredLength
    var gradient = [Double](repeating: 0, count: parameterCount)
    let value = parameters.withUnsafeBufferPointer { parameters in
      gradient.withUnsafeMutableBufferPointer { gradient in
        guard let parameters = parameters.baseAddress, let gradient = gradient.baseAddress else { return 0.0 }
        return objective.accumulate(indices[...], scale: scale, parameters: parameters, gradient: gradient)
      }
    }
    try Interruption.check()
    return (value, gradient)
  }

  /// The energy that parameters make.
  ///
  /// - Parameter history: objectives on the way there, in squared length; nil for the value at the parameters
  package func model(_ parameters: [Double], history: [Double]? = nil) throws -> FittedModel {
    let value = try valueAndGradient(parameters).value
    guard value.isFinite else {
      throw EngineError(.convergence, "the objective of the parameters is \(value), too large to compute with")
    }
    var parameters = parameters
    for (index, scale) in scales.enumerated() { parameters[layout.linearStart + index] /= scale }
    let learned = layout.energy(parameters, linear: problem.basis)
    return problem.model(learned, region, times: times, history: history ?? [value])
  }

  /// The number of chunks whose gradients are kept until they are summed: enough for threads to share, few enough for
  /// wide networks. It is a constant, because sums depend on it.
  private static var chunks: Int { 32 }
}

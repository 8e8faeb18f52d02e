import Energies
import Numerics
import Snapshots

/// The objective over all couplings in double precision, for optimisers that choose the parameters themselves.
///
/// A deterministic function: U is averaged over the whole snapshot, or over the samples that training would draw for its first epoch. It
/// does not change, so that several threads may ask at once.
package final class WholeObjective: Sendable {
  private let problem: TrainingProblem
  private let data: ObjectiveData<Double>
  private let samples: InteractionSamples<Double>?
  /// By which coefficients are divided where they multiply their features.
  private let scales: [Double]
  private let count: Int
  private let region: TrainingRegion
  private let times: [Double]

  /// Computes the plans, and what the terms need besides.
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
    try FittedModel.check(series)
    let standardization = try Standardization(series, for: options)
    problem = try TrainingProblem(
      ClosedForm(
        basis: EnergyBasis(options, series, standardization, seed: fitOptions.seed),
        standardization: standardization, options: options, fitOptions: fitOptions))
    let plans = try problem.plans(series, progress)
    let data = try problem.data(series, plans, progress)
    self.data = ObjectiveData(data)
    samples = problem.layout.interaction.map { _ in
      InteractionSamples(data, count: fitOptions.interactionSamples, seed: fitOptions.seed)
    }
    samples?.draw(epoch: 0)
    scales = data.scales
    count = data.couplings.count
    region = TrainingRegion(
      series, Couplings(series, plans: plans, scheme: options.scheme, standardization: standardization))
    times = series.snapshots.map(\.time)
  }

  package var standardization: Standardization { problem.form.standardization }

  package var parameterCount: Int { problem.layout.count }

  /// Fresh weights, and no linear terms: where training begins.
  package var initialParameters: [Double] { problem.layout.initialParameters(seed: problem.form.fitOptions.seed) }

  /// The objective in squared length, and its gradient in the parameters. Neither need be finite.
  ///
  /// - Parameter parameters: `parameterCount` numbers
  package func valueAndGradient(_ parameters: [Double]) throws -> (value: Double, gradient: [Double]) {
    guard parameters.count == parameterCount else {
      throw EngineError(.shape, "parameters has \(parameters.count) numbers, expected \(parameterCount)")
    }
    let indices = Array(0..<count)
    let size = TrainingObjective<Double>.chunkSize(problem.layout)
    let chunks = min(Self.chunks, (indices.count + size - 1) / size)
    let team = Team(threads: min(Parallel.threadCount, chunks))
    defer { team.dismiss() }
    let objective = try TrainingObjective<Double>(data, samples, layout: problem.layout, chunks: chunks, team: team)
    // Computed in standardised units, told in the user's.
    let scale = standardization.length * standardization.length
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
    for (index, scale) in scales.enumerated() { parameters[problem.layout.linearStart + index] /= scale }
    return FittedModel(
      options: problem.form.options, fitOptions: problem.form.fitOptions, standardization: standardization,
      learned: problem.layout.energy(parameters, linear: problem.form.basis), region: region, times: times,
      history: history ?? [value])
  }

  /// Gradients that wait to be summed: enough for threads to share, few enough for wide networks. A constant, because sums depend on it.
  private static var chunks: Int { 32 }
}

import Energies
import Numerics
import Snapshots

/// What gradients work on: the data of an energy with networks over a series, and where its parameters lie.
///
/// Parameters are those of networks over standardised coordinates, and coefficients times their forces' root mean square,
/// `TrainingData.scales`.
package struct TrainingProblem: Sendable {
  package let data: TrainingData
  package let layout: TrainingLayout
  package let standardization: Standardization
  package let options: ModelOptions
  package let fitOptions: FitOptions
  /// The terms that are linear in their coefficients.
  let basis: EnergyBasis
  let reach: Double
  let times: [Double]

  /// - Parameters:
  ///   - couplings: all pairs of the plans
  ///   - form: the terms that are not networks
  init(_ series: SnapshotSeries, plans: [SnapshotPlan], couplings: Couplings, form: ClosedForm) throws {
    options = form.options
    fitOptions = form.fitOptions
    standardization = form.standardization
    basis = form.basis
    reach = couplings.reach
    times = series.snapshots.map(\.time)
    layout = TrainingLayout(options, linear: basis)
    // Parameters, their gradient, two moments and copies.
    try requireMemory(8 * layout.count, of: Double.self, for: "networks of \(layout.count) parameters")
    let alone = options.interaction == nil && options.internal == nil
    data = alone ? TrainingData(couplings) : try form.trainingData(series, plans: plans)
  }

  /// Computes the plans, and what the terms need besides.
  package init(
    _ series: SnapshotSeries, _ options: ModelOptions, _ fitOptions: FitOptions, progress: ProgressHandler
  ) throws {
    guard options.hasNetworks else {
      throw EngineError(
        .invalid,
        "model has no network; its energy is linear in its coefficients, for a closed form or normal equations")
    }
    try fitOptions.check(for: options)
    try FittedModel.check(series)
    let standardization = try Standardization(series)
    let plans = try FittedModel.plans(series, fitOptions.coupling, progress)
    try self.init(
      series, plans: plans,
      couplings: Couplings(series, plans: plans, scheme: options.scheme, standardization: standardization),
      form: ClosedForm(
        basis: EnergyBasis(options, series, standardization, seed: fitOptions.seed),
        standardization: standardization, options: options, fitOptions: fitOptions))
  }

  /// Losses are computed in standardised units and told in the user's.
  var squaredLength: Double { standardization.length * standardization.length }

  /// The energy that parameters make.
  func model(_ parameters: [Double], history: [Double]) -> FittedModel {
    var parameters = parameters
    for (index, scale) in data.scales.enumerated() { parameters[layout.linearStart + index] /= scale }
    return FittedModel(
      options: options, fitOptions: fitOptions, standardization: standardization,
      learned: layout.energy(parameters, linear: basis), reach: reach, times: times, history: history)
  }
}

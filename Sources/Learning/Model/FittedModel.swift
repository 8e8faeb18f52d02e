import Dynamics
import Energies
import Fields

/// A learned energy, with all that prediction and description need.
package struct FittedModel: Sendable {
  package let options: ModelOptions
  package private(set) var fitOptions: FitOptions
  package let standardization: Standardization
  /// In standardised coordinates.
  package let learned: LearnedEnergy
  package let region: TrainingRegion
  /// t_0 < .. < t_T
  package let times: [Double]
  /// The objective per epoch, in squared length.
  package let history: [Double]
  /// The closed form that it came from; nil for an energy with networks.
  package let linear: LinearFit?
  /// Names of the coordinates, where the snapshots had them; else empty.
  package private(set) var names: [String]
  /// What training couplings tell beyond the predictions; nil for models from files that have none.
  package private(set) var residuals: ResidualNoise?
  /// Fits to populations drawn anew, which tell how sure this one is; nil where they were not asked for, and for closed
  /// forms.
  package private(set) var ensemble: Ensemble?
  package init(
    options: ModelOptions, fitOptions: FitOptions, standardization: Standardization, learned: LearnedEnergy,
    region: TrainingRegion, times: [Double], history: [Double], linear: LinearFit? = nil,
    residuals: ResidualNoise? = nil, ensemble: Ensemble? = nil, names: [String] = []
  ) {
    self.options = options
    self.fitOptions = fitOptions
    self.standardization = standardization
    self.learned = learned
    self.region = region
    self.times = times
    self.history = history
    self.linear = linear
    self.residuals = residuals
    self.ensemble = ensemble
    self.names = names
  }

  func naming(_ names: [String]) -> FittedModel {
    var model = self
    model.names = names
    return model
  }

  func keeping(_ residuals: ResidualNoise) -> FittedModel {
    var model = self
    model.residuals = residuals
    return model
  }

  func keeping(_ ensemble: Ensemble) -> FittedModel {
    var model = self
    model.ensemble = ensemble
    return model
  }

  /// The same with another energy, as a member of the ensemble has it.
  func with(_ learned: LearnedEnergy) -> FittedModel {
    FittedModel(
      options: options, fitOptions: fitOptions, standardization: standardization, learned: learned, region: region,
      times: times, history: history, residuals: residuals,
      names: names)
  }

  package var dimension: Int { standardization.center.count }

  /// How fast particles multiply on their way; nil where their masses are kept.
  package var growth: Growth? { fitOptions.growth }

  /// The same energy of particles that multiply otherwise.
  package func growing(by growth: Growth?) -> FittedModel {
    var model = self
    model.fitOptions.growth = growth
    return model
  }

  package var parameterCount: Int { learned.parameterCount }

  /// The least criterion of generalised cross-validation, in squared length; nil where that did not choose the ridge.
  package var ridgeScore: Double? { linear?.solution.score.map { $0 * standardization.squaredLength } }
}

import Dynamics
import Energies

/// A learned energy, with all that prediction and description need.
package struct FittedModel: Sendable {
  package let options: ModelOptions
  package let fitOptions: FitOptions
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
  /// What training couplings tell beyond the predictions; nil for models from files that have none.
  package let residuals: ResidualNoise?

  package init(
    options: ModelOptions, fitOptions: FitOptions, standardization: Standardization, learned: LearnedEnergy,
    region: TrainingRegion, times: [Double], history: [Double], linear: LinearFit? = nil,
    residuals: ResidualNoise? = nil
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
  }

  package var dimension: Int { standardization.center.count }

  package var parameterCount: Int { learned.parameterCount }

  /// The least criterion of generalised cross-validation, in squared length; nil where that did not choose the ridge.
  package var ridgeScore: Double? { linear?.solution.score.map { $0 * standardization.squaredLength } }
}

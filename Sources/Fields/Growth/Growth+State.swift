import Numerics

extension Growth: Equatable {
  package static func == (one: Growth, other: Growth) -> Bool { one.state == other.state }

  /// All that makes up growth rates, as a file keeps it.
  package struct State: Sendable, Equatable {
    /// Shape (features, members + 1): the rate, and that of each member of the bootstrap.
    package var coefficients: Matrix
    /// Shape (waves, d + 1).
    package var frequencies: Matrix
    package var featureLength: Double
    package var featureDuration: Double
    package var centre: [Double]
    package var length: Double
    package var origin: Double
    package var gap: Double
    package var times: [Double]
    package var logMasses: [Double]

    package init(
      coefficients: Matrix, frequencies: Matrix, featureLength: Double, featureDuration: Double, centre: [Double],
      length: Double, origin: Double, gap: Double, times: [Double], logMasses: [Double]
    ) {
      (self.coefficients, self.frequencies) = (coefficients, frequencies)
      (self.featureLength, self.featureDuration) = (featureLength, featureDuration)
      (self.centre, self.length, self.origin, self.gap) = (centre, length, origin, gap)
      (self.times, self.logMasses) = (times, logMasses)
    }
  }

  package var state: State {
    State(
      coefficients: rates.coefficients, frequencies: rates.features.frequencies, featureLength: rates.features.length,
      featureDuration: rates.features.duration, centre: units.centre, length: units.length, origin: units.origin,
      gap: units.gap, times: times, logMasses: logMasses)
  }

  /// - Parameter state: of shapes that fit together
  package init(_ state: State) {
    self.init(
      units: ScaledCourse(centre: state.centre, length: state.length, origin: state.origin, gap: state.gap),
      rates: SpaceTimeExpansion(
        features: SpaceTimeFeatures(
          frequencies: state.frequencies, length: state.featureLength, duration: state.featureDuration),
        coefficients: state.coefficients),
      times: state.times, logMasses: state.logMasses)
  }
}

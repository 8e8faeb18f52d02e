import Densities
import Numerics
import Snapshots

extension FitProblem {
  /// The covariance of the coefficients, as the options ask for it; nil for none.
  func covariance(
    _ series: SnapshotSeries, _ sites: ScoredTransitions, _ equations: NormalEquations,
    _ solution: RidgeRegression.Solution, _ progress: ProgressHandler
  ) throws -> Matrix? {
    var covariance: Matrix?
    switch fitOptions.errorBars {
    case .none: break
    case .influence: covariance = try influenceCovariance(sites, equations, solution, progress)
    case .bootstrap(let samples): covariance = try bootstrapCovariance(series, samples: samples, solution, progress)
    }
    if let plain = covariance, fitOptions.biasSamples > 0 {
      // Each simulated fit varies as the fit itself does.
      let factor = 1 + 1 / Double(fitOptions.biasSamples)
      covariance = Matrix(rows: plain.rows, columns: plain.columns, elements: plain.elements.map { factor * $0 })
    }
    guard covariance?.elements.allSatisfy(\.isFinite) ?? true else {
      throw EngineError(.convergence, "the error bars are not finite; a larger ridge than \(solution.ridge) may help")
    }
    return covariance
  }

  private func influenceCovariance(
    _ sites: ScoredTransitions, _ equations: NormalEquations, _ solution: RidgeRegression.Solution,
    _ progress: ProgressHandler
  ) throws -> Matrix {
    guard options.scheme != .midpoint else {
      throw EngineError(
        .invalid,
        "error_bars = influence is not for the midpoint scheme, whose sites are no particles; take bootstrap, or the explicit scheme"
      )
    }
    let mixtures = sites.densities.compactMap { $0 as? GaussianMixture }
    guard mixtures.count == sites.densities.count else {
      throw EngineError(
        .invalid, "error_bars = influence needs Gaussian mixtures; bootstrap does with kernel densities")
    }
    let influence = try Influence(
      sites.transitions, scheme: options.scheme, densities: mixtures, basis: basis,
      coefficients: solution.coefficients, progress)
    let (start, count) = (monotonicSeconds(), sites.transitions.count)
    func goesOn() -> Bool { progress(Progress(.influence, done: count, of: count, since: start)) }
    return try Interruption.during("error bars", goesOn) {
      let inverse = try RidgeRegression(equations).inverse(ridge: solution.ridge)
      return try inverse.times(influence.variance()).times(inverse).symmetrized
    }
  }

  /// The spread of coefficients over populations drawn anew, with replacement, from each snapshot (Efron and
  /// Tibshirani, An Introduction to the Bootstrap, 1993). Each has new plans and new densities, the same features and
  /// the same ridge.
  private func bootstrapCovariance(
    _ series: SnapshotSeries, samples: Int, _ solution: RidgeRegression.Solution, _ progress: ProgressHandler
  ) throws -> Matrix {
    let start = monotonicSeconds()
    try requireMemory(
      samples, basis.count, of: Double.self, for: "\(samples) bootstrap samples of \(basis.count) coefficients")
    var draws = Matrix(rows: samples, columns: basis.count)
    var done = 0
    func goesOn() -> Bool { progress(Progress(.bootstrap, done: done, of: samples, since: start)) }
    return try Interruption.during("bootstrap", goesOn) {
      for sample in 0..<samples {
        let drawn = series.resampled(seed: fitOptions.seed, sample: sample)
        for (column, coefficient) in try refit(drawn, ridge: solution.ridge).enumerated() {
          draws[sample, column] = coefficient
        }
        done += 1
        if !goesOn() { throw EngineError.cancelled("bootstrap") }
      }
      return draws.covariance.symmetrized
    }
  }
}

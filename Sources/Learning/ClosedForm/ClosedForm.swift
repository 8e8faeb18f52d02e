import CSystem
import Densities
import Energies
import Numerics
import Snapshots

/// A closed-form fit: the equations, and what was made of them; all in standardised coordinates.
package struct LinearFit: Sendable {
  package let equations: NormalEquations
  package let solution: RidgeRegression.Solution
  /// Of the coefficients, shape (F, F); nil where it was not asked for.
  package let covariance: Matrix?

  package init(equations: NormalEquations, solution: RidgeRegression.Solution, covariance: Matrix?) {
    self.equations = equations
    self.solution = solution
    self.covariance = covariance
  }

  /// The energy that the coefficients make.
  package var energy: LearnedEnergy {
    let (basis, coefficients) = (equations.basis, solution.coefficients)
    func expansion(_ features: FeatureBasis?, _ term: EnergyBasis.Term) -> FeatureExpansion? {
      features.map { FeatureExpansion(basis: $0, coefficients: Array(coefficients[basis.range(of: term)])) }
    }
    return LearnedEnergy(
      potential: expansion(basis.potential, .potential).map { .features($0) },
      interaction: expansion(basis.interaction, .interaction).map { .features($0) },
      beta: basis.hasInternal ? coefficients[basis.range(of: .internal).lowerBound] : nil)
  }

  package var objective: Double { equations.objective(solution.coefficients) }

  /// Whether `observability` finds every term identified, at less cost where that is clear.
  package var isIdentified: Bool {
    get throws { try Observability.isIdentified(equations, coefficients: solution.coefficients) }
  }

  package var observability: Observability {
    get throws { try Observability(equations, coefficients: solution.coefficients) }
  }
}

/// From snapshots to coefficients, for an energy all of whose terms are linear.
struct ClosedForm {
  let basis: EnergyBasis
  let standardization: Standardization
  let options: ModelOptions
  let fitOptions: FitOptions

  func fit(_ series: SnapshotSeries, plans: [SnapshotPlan], _ progress: ProgressHandler) throws -> LinearFit {
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.training, done: 0, of: 1, since: start)) }
    let (sites, densities, equations, solution) = try Interruption.during("fitting", goesOn) {
      let transitions = Transition.all(
        series, plans: plans, scheme: options.scheme, standardization: standardization)
      let densities = try self.densities(transitions)
      let sites = try faded(transitions, densities)
      let equations = try self.equations(sites, densities)
      let solution = try RidgeRegression(equations).solve(fitOptions.ridge, usual: options.usualRidge)
      return (sites, densities, equations, solution)
    }
    var covariance: Matrix?
    switch fitOptions.errorBars {
    case .none: break
    case .influence:
      covariance = try influenceCovariance(sites, densities, equations, solution, progress)
    case .bootstrap(let samples):
      covariance = try bootstrapCovariance(series, samples: samples, solution, progress)
    }
    guard covariance?.elements.allSatisfy(\.isFinite) ?? true else {
      throw EngineError(.convergence, "the error bars are not finite; a larger ridge than \(solution.ridge) may help")
    }
    let fit = LinearFit(equations: equations, solution: solution, covariance: covariance)
    _ = progress(Progress(.training, done: 1, of: 1, loss: fit.objective, since: start))
    return fit
  }

  /// The sums of all transitions.
  private func equations(_ transitions: [Transition], _ densities: [any Density]) throws -> NormalEquations {
    var equations = try NormalEquations(basis)
    for (k, transition) in transitions.enumerated() {
      let scores = basis.hasInternal ? try densities[k].scores(transition.sites.points).elements : nil
      try equations.accumulate(transition, scores: scores)
    }
    return equations
  }

  /// What is left for gradients where networks are among the terms: forces of the linear terms, and populations.
  func trainingData(_ series: SnapshotSeries, plans: [SnapshotPlan]) throws -> TrainingData {
    let transitions = Transition.all(series, plans: plans, scheme: options.scheme, standardization: standardization)
    let densities = try self.densities(transitions)
    let scores = try zip(transitions, densities).map { try $1.scores($0.sites.points).elements }
    return try TrainingData(
      faded(transitions, densities), linear: basis, scores: basis.hasInternal ? scores : nil,
      standardization: standardization)
  }

  /// The equations of a series alone.
  func equations(_ series: SnapshotSeries, plans: [SnapshotPlan]) throws -> NormalEquations {
    let transitions = Transition.all(series, plans: plans, scheme: options.scheme, standardization: standardization)
    let densities = try self.densities(transitions)
    return try equations(faded(transitions, densities), densities)
  }

  private func faded(_ transitions: [Transition], _ densities: [any Density]) throws -> [Transition] {
    guard basis.hasInternal else { return transitions }
    return try zip(transitions, densities).map { try $0.fading(where: $1) }
  }

  /// The density of each transition's sites; none where they are not needed.
  func densities(_ transitions: [Transition]) throws -> [any Density] {
    let (unit, lengths) = (standardization.length, Bandwidth.lengths)
    if case .kernel(.length(let length))? = options.internal, !lengths.contains(length / unit) {
      throw EngineError(
        .invalid,
        "bandwidth = \(length) is not between \(lengths.lowerBound * unit) and \(lengths.upperBound * unit), in the points' length"
      )
    }
    guard basis.hasInternal, let density = options.internal?.dividing(lengthsBy: standardization.length) else {
      return []
    }
    return try Parallel.map(transitions.count) { k in
      let sites = transitions[k].sites
      return try estimateDensity(of: sites.points, weights: sites.weights, options: density, seed: fitOptions.seed)
    }
  }

  private func influenceCovariance(
    _ transitions: [Transition], _ densities: [any Density], _ equations: NormalEquations,
    _ solution: RidgeRegression.Solution, _ progress: ProgressHandler
  ) throws -> Matrix {
    let mixtures = densities.compactMap { $0 as? GaussianMixture }
    guard mixtures.count == densities.count else {
      throw EngineError(
        .invalid, "error_bars = influence needs Gaussian mixtures; bootstrap does with kernel densities")
    }
    let influence = try Influence(
      transitions, scheme: options.scheme, densities: mixtures, basis: basis, coefficients: solution.coefficients,
      progress)
    let (start, count) = (monotonicSeconds(), transitions.count)
    func goesOn() -> Bool { progress(Progress(.influence, done: count, of: count, since: start)) }
    return try Interruption.during("error bars", goesOn) {
      let inverse = try RidgeRegression(equations).inverse(ridge: solution.ridge)
      return try inverse.times(influence.variance()).times(inverse).symmetrized
    }
  }

  /// The spread of coefficients over populations drawn anew, with replacement, from each snapshot (Efron and Tibshirani, An Introduction to the
  /// Bootstrap, 1993): new plans and new densities each time, the same features and ridge.
  private func bootstrapCovariance(
    _ series: SnapshotSeries, samples: Int, _ solution: RidgeRegression.Solution, _ progress: ProgressHandler
  ) throws -> Matrix {
    let start = monotonicSeconds()
    var draws = Matrix(rows: samples, columns: basis.count)
    var done = 0
    func goesOn() -> Bool { progress(Progress(.bootstrap, done: done, of: samples, since: start)) }
    return try Interruption.during("bootstrap", goesOn) {
      for sample in 0..<samples {
        let drawn = series.resampled(seed: fitOptions.seed, sample: sample)
        let plans = try FittedModel.plans(drawn, fitOptions.coupling) { _ in true }
        let refit = try RidgeRegression(equations(drawn, plans: plans)).solve(.fixed(solution.ridge))
        for column in 0..<basis.count { draws[sample, column] = refit.coefficients[column] }
        done += 1
        if !goesOn() { throw EngineError.cancelled("bootstrap") }
      }
      return draws.covariance.symmetrized
    }
  }
}

extension Transition {
  /// Sites far from where the population is count less. There a density estimate says little, and its score, which grows with the
  /// distance, would say it loudly; the condition holds at every site, so that any weights are right ones. A site keeps its mass where the
  /// density is at least a thousandth of the population's (geometric) mean, and fades in proportion below.
  func fading(where density: any Density) throws -> Transition {
    let logs = try density.logDensities(sites.points)
    let mean = zip(logs, sites.weights).reduce(0) { $0 + $1.0 * $1.1 }
    let faded = masses.indices.map { masses[$0] * min(1, exp(logs[$0] - mean + 6.9)) }
    return Transition(
      sites: sites, masses: faded, shifts: shifts, scatter: scatter, time: time, rho: rho, pairs: pairs)
  }
}

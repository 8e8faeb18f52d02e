import Energies
import Numerics

/// A closed-form fit: the equations and their solution, in standardised coordinates.
package struct LinearFit: Sendable {
  package let equations: NormalEquations
  package let solution: RidgeRegression.Solution
  /// The covariance of the coefficients, shape (F, F); nil where it was not asked for.
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

  /// Whether `observability` finds that the data tell every term from the others, at less cost where that is clear.
  ///
  /// A fitted field is one of the fields that its term can make, so that its angle to the others' span alone decides.
  package var isIdentified: Bool {
    get throws {
      let (basis, spans) = (equations.basis, FeatureSpans(equations))
      guard basis.terms.count > 1 else { return !spans.used.isEmpty }
      for term in basis.terms {
        let range = basis.range(of: term)
        let isApart = try spans.isSurelyApart(
          solution.coefficients, of: spans.used.filter(range.contains),
          from: spans.used.filter { !range.contains($0) })
        guard isApart else { return try observability.isIdentified }
      }
      return true
    }
  }

  package var observability: Observability {
    get throws { try Observability(equations, coefficients: solution.coefficients) }
  }
}

extension FitProblem {
  /// The model of an energy all of whose terms are linear, fitted in so many rounds as there are along the rollout.
  func closedFormModel(_ observed: CoupledSeries, _ progress: ProgressHandler) throws -> FittedModel {
    var coupled = observed
    for _ in 0..<(rollout?.rounds ?? 0) {
      let model = try model(closedForm(coupled, progress), from: coupled)
      coupled = try observed.rolled(by: model, self, progress)
    }
    return try model(closedForm(coupled, progress), from: coupled)
  }

  private func model(_ fit: LinearFit, from coupled: CoupledSeries) -> FittedModel {
    model(fit.energy, from: coupled, losses: [fit.objective], linear: fit)
  }

  /// The closed form of an energy all of whose terms are linear.
  func closedForm(_ coupled: CoupledSeries, _ progress: ProgressHandler) throws -> LinearFit {
    let start = monotonicSeconds()
    func goesOn() -> Bool { progress(Progress(.training, done: 0, of: 1, since: start)) }
    let (sites, equations, solution) = try Interruption.during("fitting", goesOn) {
      let sites = try ScoredTransitions(coupled.planned, self, withInstruments: true)
      let equations = try sites.equations(basis)
      let solution = try RidgeRegression(equations).solve(fitOptions.ridge, usual: options.usualRidge)
      return (sites, equations, solution)
    }
    let covariance = try covariance(coupled.series, sites, equations, solution, progress)
    func fit(_ solution: RidgeRegression.Solution) -> LinearFit {
      LinearFit(equations: equations, solution: solution, covariance: covariance)
    }
    let fitted = fit(try corrected(solution, fit, coupled, progress))
    _ = progress(Progress(.training, done: 1, of: 1, loss: fitted.objective, since: start))
    return fitted
  }
}

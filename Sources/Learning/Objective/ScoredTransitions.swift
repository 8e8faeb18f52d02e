import CSystem
import Densities
import Energies
import Numerics
import Snapshots

/// The transitions of a series with the densities of their sites, where the energy has beta.
struct ScoredTransitions {
  /// With beta, sites far out count less; see `Transition.fading`.
  let transitions: [Transition]
  /// One per transition; none for an energy without beta.
  let densities: [any Density]

  init(_ series: SnapshotSeries, plans: [SnapshotPlan], _ problem: FitProblem) throws {
    let all = Transition.all(
      series, plans: plans, scheme: problem.options.scheme, standardization: problem.standardization)
    densities = try problem.densities(all)
    transitions = densities.isEmpty ? all : try zip(all, densities).map { try $0.fading(where: $1) }
  }

  /// grad log density at the sites of a transition, row-major (n, d); nil for an energy without beta.
  func scores(_ k: Int) throws -> [Double]? {
    densities.isEmpty ? nil : try densities[k].scores(transitions[k].sites.points).elements
  }

  /// The normal equations of all transitions.
  func equations(_ basis: EnergyBasis) throws -> NormalEquations {
    var equations = try NormalEquations(basis)
    for (k, transition) in transitions.enumerated() { try equations.accumulate(transition, scores: scores(k)) }
    return equations
  }
}

extension FitProblem {
  /// The density of each transition's sites; none where they are not needed.
  fileprivate func densities(_ transitions: [Transition]) throws -> [any Density] {
    let (unit, lengths) = (standardization.length, Bandwidth.lengths)
    if case .kernel(.length(let length))? = options.internal, !lengths.contains(length / unit) {
      throw EngineError(
        .invalid,
        "bandwidth = \(length) is not between \(lengths.lowerBound * unit) and \(lengths.upperBound * unit), in the points' length"
      )
    }
    guard basis.hasInternal, let density = options.internal?.dividing(lengthsBy: unit) else { return [] }
    return try Parallel.map(transitions.count) { k in
      let sites = transitions[k].sites
      return try estimateDensity(of: sites.points, weights: sites.weights, options: density, seed: fitOptions.seed)
    }
  }
}

extension Transition {
  /// The transition with less mass at sites far from where the population is.
  ///
  /// A density estimate says little there, and its score, which grows with the distance, would dominate the objective.
  /// The condition holds at every site, so that masses may be chosen freely. A site keeps its mass where the density is
  /// at least a thousandth of the population's (geometric) mean; below that its mass falls in proportion to the
  /// density.
  fileprivate func fading(where density: any Density) throws -> Transition {
    let logs = try density.logDensities(sites.points)
    let mean = zip(logs, sites.weights).reduce(0) { $0 + $1.0 * $1.1 }
    let faded = masses.indices.map { masses[$0] * min(1, exp(logs[$0] - mean + 6.9)) }
    return Transition(
      sites: sites, masses: faded, shifts: shifts, scatter: scatter, time: time, rho: rho, pairs: pairs)
  }
}

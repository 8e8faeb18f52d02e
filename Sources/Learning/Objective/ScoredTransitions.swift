import CSystem
import Densities
import Energies
import Numerics
import Snapshots

/// The transitions of a series with the scores at their sites, where the energy has beta.
struct ScoredTransitions {
  /// With beta, sites far out count less; see `ScoreSource.fading`.
  let transitions: [Transition]
  /// One per transition; none for an energy without beta, or where there are instruments.
  private let sources: [ScoreSource]
  /// One per transition; none where scores regress.
  private let instruments: [ScoreInstrument]

  /// - Parameter withInstruments: whether beta has an instrument in the midpoint scheme, as in closed forms, whose sums
  ///   take it in
  init(_ planned: PlannedSeries, _ problem: FitProblem, withInstruments: Bool = false) throws {
    let scheme = problem.options.scheme
    let all = try Transition.all(planned, scheme: scheme, standardization: problem.standardization)
    if withInstruments, scheme == .midpoint, problem.basis.hasInternal {
      (transitions, sources) = (all, [])
      instruments = try problem.instruments(all)
      return
    }
    instruments = []
    let populations = try problem.densities(planned)
    guard !populations.isEmpty else {
      (transitions, sources) = (all, [])
      return
    }
    let sources = zip(all, planned.steps).map { transition, step in
      let ends: [(place: Int, particles: [Int]?)]
      switch scheme {
      case .explicit: ends = [(step.earlier, nil)]
      case .implicit: ends = [(step.later, nil)]
      case .midpoint: ends = [(step.earlier, transition.ends?.earlier), (step.later, transition.ends?.later)]
      }
      return ScoreSource(ends.compactMap { end in populations[end.place].map { ($0, end.particles) } })
    }
    self.sources = sources
    transitions = zip(all, sources).map { $0.weighing($1.fading) }
  }

  /// The density of each transition's sites where these are particles; none for an energy without beta.
  var densities: [any Density] { sources.compactMap(\.density) }

  /// grad log density at the sites of a transition, row-major (n, d); nil for an energy without beta.
  func scores(_ k: Int) -> [Double]? { sources.isEmpty ? nil : sources[k].scores }

  /// The normal equations of all transitions.
  func equations(_ basis: EnergyBasis) throws -> NormalEquations {
    var equations = try NormalEquations(basis)
    for (k, transition) in transitions.enumerated() {
      try equations.accumulate(
        transition, scores: scores(k), instrument: instruments.isEmpty ? nil : instruments[k])
    }
    return equations
  }
}

/// A population with its density, and what that says at its particles.
private struct ScoredPopulation {
  let density: any Density
  /// Row-major (n, d).
  let scores: [Double]
  /// Log densities, less their mean.
  let logs: [Double]
}

/// Where the scores of a transition's sites come from: the density of the population whose particles the sites are; at
/// middles, those of both populations at the ends of each pair.
///
/// Along a characteristic of the displacement interpolation the score at the middle is the mean of those at the ends,
/// up to the square of the step. The density of the middles themselves, which lie on a lattice of pairs, is known less
/// well.
private struct ScoreSource {
  let scores: [Double]
  /// What the mass of each site is multiplied by, because a density estimate says little far from where the population
  /// is, and its score, which grows with the distance, would dominate the objective. The condition holds at every site,
  /// so that masses may be chosen freely. A site keeps its mass where the density is at least a thousandth of the
  /// population's (geometric) mean; below that its mass falls in proportion to the density.
  let fading: [Double]
  /// Nil where there is more than one.
  let density: (any Density)?

  /// - Parameter ends: the populations, and which of their particles belongs to each site; nil where site i is particle
  ///   i
  init(_ ends: [(population: ScoredPopulation, places: [Int]?)]) {
    density = ends.count == 1 ? ends[0].population.density : nil
    var scores: [Double] = []
    var least: [Double] = []
    for (population, places) in ends {
      let places = places ?? Array(population.logs.indices)
      let d = population.logs.isEmpty ? 0 : population.scores.count / population.logs.count
      let part = 1 / Double(ends.count)
      let own = places.flatMap { place in population.scores[place * d..<(place + 1) * d].map { part * $0 } }
      let logs = places.map { population.logs[$0] }
      scores = scores.isEmpty ? own : zip(scores, own).map { $0 + $1 }
      least = least.isEmpty ? logs : zip(least, logs).map { min($0, $1) }
    }
    self.scores = scores
    fading = least.map { min(1, exp($0 + 6.9)) }
  }
}

extension FitProblem {
  /// The instruments of transitions whose sites are middles. Those of one earlier particle are in one half.
  fileprivate func instruments(_ transitions: [Transition]) throws -> [ScoreInstrument] {
    guard let density = try scaledDensity else { return [] }
    return try Parallel.map(transitions.count) { k in
      let transition = transitions[k]
      let halves = transition.masses.indices.map { (transition.ends?.earlier[$0] ?? $0) % 2 == 0 }
      return try ScoreInstrument(
        of: transition.sites.points, weights: transition.sites.weights, halves: halves, density,
        seed: fitOptions.seed)
    }
  }

  /// The populations of a series with their densities, where some site needs them; none for an energy without beta.
  fileprivate func densities(_ planned: PlannedSeries) throws -> [Int: ScoredPopulation] {
    guard let density = try scaledDensity else { return [:] }
    let needed = Set(
      planned.steps.flatMap { step -> [Int] in
        switch options.scheme {
        case .explicit: [step.earlier]
        case .implicit: [step.later]
        case .midpoint: [step.earlier, step.later]
        }
      }
    ).sorted()
    let scored = try Parallel.map(needed.count) { index in
      let population = planned.populations[needed[index]]
      return try ScoredPopulation(
        standardization.points(population.points), weights: population.weights, density, seed: fitOptions.seed)
    }
    return Dictionary(uniqueKeysWithValues: zip(needed, scored))
  }

  /// How densities are estimated of standardised points; nil for an energy without beta.
  private var scaledDensity: DensityOptions? {
    get throws {
      let (unit, lengths) = (standardization.length, Bandwidth.lengths)
      if case .kernel(.length(let length))? = options.internal, !lengths.contains(length / unit) {
        throw EngineError(
          .invalid,
          "bandwidth = \(length) is not between \(lengths.lowerBound * unit) and \(lengths.upperBound * unit), in the points' length"
        )
      }
      return basis.hasInternal ? options.internal?.dividing(lengthsBy: unit) : nil
    }
  }
}

extension ScoredPopulation {
  init(_ points: Matrix, weights: [Double], _ options: DensityOptions, seed: UInt64) throws {
    density = try estimateDensity(of: points, weights: weights, options: options, seed: seed)
    scores = try density.scores(points).elements
    let logs = try density.logDensities(points)
    let mean = zip(logs, weights).reduce(0) { $0 + $1.0 * $1.1 }
    self.logs = logs.map { $0 - mean }
  }
}

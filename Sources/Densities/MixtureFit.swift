import CSystem
import Numerics

/// The mixture under which the particles are most likely, sought by the EM algorithm (Dempster, Laird, Rubin 1977) from
/// several starts.
///
/// - Parameters:
///   - points: (n, d), finite
///   - name: what errors call the points
///   - weights: n, not negative; 1/n each for nil
///   - seed: of the starts
///   - progress: is told, on this thread, how many of all fits are done
/// - Returns: the best fit, which is the same for any number of threads
package func fitMixture(
  to points: Matrix, named name: String = "points", weights: [Double]? = nil, options: MixtureOptions, seed: UInt64,
  progress: ProgressHandler = { _ in true }
) throws -> MixtureFit {
  try options.check()
  let absolute = options.absoluteRegularization
  let population = try StandardizedPopulation(
    points, named: name, weights: weights, width: absolute > 0 ? absolute.squareRoot() : nil)
  let problem = try MixtureProblem(population, options)
  let tasks = try problem.tasks(options)
  let beginning = monotonicSeconds()

  // Large fits run one after the other, each on all threads; small ones run side by side.
  let what = "the density"
  let outcomes: [Result<MixtureFit, EngineError>]
  if problem.isLarge(components: tasks.map(\.components).max() ?? 1) || tasks.count == 1 {
    var done = 0
    func report() -> Bool { progress(Progress(.density, done: done, of: tasks.count, since: beginning)) }
    outcomes = try Interruption.during(what, report) {
      try tasks.map { task in
        let outcome = try problem.outcome(of: task, seed: seed)
        done += 1
        if !report() { throw EngineError.cancelled(what) }
        return outcome
      }
    }
  } else {
    func report(_ done: Int) -> Bool { progress(Progress(.density, done: done, of: tasks.count, since: beginning)) }
    outcomes = try Parallel.map(tasks.map(\.components), what, progress: report) { index, _ in
      try problem.outcome(of: tasks[index], seed: seed)
    }
  }
  let fits = outcomes.compactMap { try? $0.get() }
  // For each number of components the likeliest fit counts, and of these the one of least BIC is best; of equals the
  // first.
  var best: MixtureFit?
  for components in Set(fits.map(\.mixture.componentCount)).sorted() {
    let likeliest = fits.filter { $0.mixture.componentCount == components }.reduce(nil as MixtureFit?) {
      guard let former = $0 else { return $1 }
      return $1.logLikelihood > former.logLikelihood ? $1 : former
    }
    if let likeliest, best.map({ likeliest.bic < $0.bic }) ?? true { best = likeliest }
  }
  if let best { return best }
  for case .failure(let error) in outcomes { throw error }
  throw EngineError(.internalDefect, "no fit of a mixture was tried")
}

/// One fit from one start.
struct MixtureTask: Sendable {
  let components: Int
  let restart: Int
}

/// What all fits to one population share.
struct MixtureProblem: Sendable {
  let population: StandardizedPopulation
  let panels: ParticlePanels
  let kind: GaussianMixture.Kind
  private let options: MixtureOptions
  /// Added to variances in standardised coordinates.
  private let regularization: [Double]
  /// In standardised coordinates.
  private let start: GaussianMixture?

  init(_ population: StandardizedPopulation, _ options: MixtureOptions) throws {
    self.population = population
    self.options = options
    kind = options.start?.kind ?? options.kind
    panels = try ParticlePanels(population)
    regularization = population.scale.map {
      options.regularization + options.absoluteRegularization / $0 / $0
    }
    if let start = options.start, start.dimension != population.dimension {
      throw EngineError(
        .shape, "start has \(counted(start.dimension, "coordinate")), the particles have \(population.dimension)")
    }
    start = try options.start?.standardised(centre: population.centre, scale: population.scale)
  }

  func tasks(_ options: MixtureOptions) throws -> [MixtureTask] {
    if let start {
      return [MixtureTask(components: start.componentCount, restart: 0)]
    }
    let counts: ClosedRange<Int>
    switch options.components {
    case .exactly(let count):
      guard count <= population.count else {
        throw EngineError(
          .population, "components = \(count) is more than the \(counted(population.count, "particle")) with mass")
      }
      counts = count...count
    case .upTo(let most): counts = 1...min(most, population.count)
    }
    // One component is the same from any start.
    return counts.flatMap { components in
      (0..<(components == 1 ? 1 : options.restarts)).map { MixtureTask(components: components, restart: $0) }
    }
  }

  /// Iterations of k-means from the chosen centres, after which hardly any particle changes its centre.
  private static let startIterations = 20

  /// Whether one iteration is work for several threads.
  func isLarge(components: Int) -> Bool {
    population.count * ParticlePanels.work(components: components, dimension: population.dimension, kind: kind)
      > 16 * ParticlePanels.worthwhile
  }

  /// A fit that fails is no error, because another may succeed. Only interruption and lack of memory are thrown.
  func outcome(of task: MixtureTask, seed: UInt64) throws -> Result<MixtureFit, EngineError> {
    do {
      return .success(try fit(task, seed: seed))
    } catch let error as EngineError where error.kind != .cancelled && error.kind != .memory {
      return .failure(error)
    }
  }

  private func fit(_ task: MixtureTask, seed: UInt64) throws -> MixtureFit {
    let step = try ExpectationStep(panels, components: task.components, kind: kind)
    var mixture: GaussianMixture
    if let start {
      mixture = start
    } else {
      var random = PhiloxSequence(
        seed: seed, stream: RandomPurpose.components.stream(task.components << 16 | task.restart))
      var centres = try chooseCentres(panels, count: task.components, &random)
      for _ in 0..<Self.startIterations {
        try Interruption.check()
        step.assign(panels, to: centres)
        let former = centres
        step.move(&centres)
        if centres == former { break }
      }
      step.assign(panels, to: centres)
      mixture = try improved(about: centres, step)
    }
    var former = -Double.infinity
    var (iterations, converged) = (0, false)
    while iterations < options.maxIterations && !converged {
      try Interruption.check()
      let logLikelihood = step.run(panels, mixture)
      try Interruption.check()
      mixture = try improved(about: mixture.means, step)
      iterations += 1
      converged = abs(logLikelihood - former) < options.tolerance
      former = logLikelihood
    }
    let volume = population.scale.reduce(0) { $0 + log($1) }
    let logLikelihood = step.run(panels, mixture) - volume
    let n = population.effectiveCount
    let parameters = GaussianMixture.parameterCount(
      componentCount: task.components, dimension: population.dimension, kind: kind)
    return MixtureFit(
      mixture: try mixture.placed(centre: population.centre, scale: population.scale),
      logLikelihood: logLikelihood, bic: Double(parameters) * log(n) - 2 * n * logLikelihood, iterations: iterations,
      converged: converged)
  }

  /// The M-step: weights, means and covariances from the moments about `centres`.
  private func improved(about centres: Matrix, _ step: ExpectationStep) throws -> GaussianMixture {
    let (k, d) = (centres.rows, centres.columns)
    let size = kind.size(d)
    var weights = [Double](repeating: 0, count: k)
    var means = centres
    var covariances = [Double](repeating: 0, count: k * size)
    for c in 0..<k {
      let moments = step.moments + c * step.momentCount
      // The added mass leaves components without particles where they are.
      let mass = moments[0] + 10 * .ulpOfOne / Double(population.count)
      weights[c] = mass
      var next = moments + 1 + d
      for row in 0..<d {
        let shift = moments[1 + row] / mass
        means.elements[c * d + row] += shift
        for column in (kind == .full ? 0 : row)...row {
          let value = next[0] / mass - shift * (moments[1 + column] / mass)
          next += 1
          if column == row {
            covariances[c * size + (kind == .full ? row * (d + 1) : row)] = max(value, 0) + regularization[row]
          } else {
            covariances[c * size + row * d + column] = value
          }
        }
      }
    }
    if let failure = GaussianMixture.factorise(&covariances, count: k, dimension: d, kind: kind) {
      let given = options.absoluteRegularization
      let named = given > 0 ? "absolute_regularisation = \(given)" : "regularisation = \(options.regularization)"
      throw EngineError(.invalid, "\(named) is too small: component \(failure) has collapsed")
    }
    return try GaussianMixture(weights: weights, means: means, factors: covariances, kind: kind)
  }
}

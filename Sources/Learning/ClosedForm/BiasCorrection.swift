import CSystem
import Energies
import Numerics
import Snapshots

/// Closed forms less their bias, which is measured on populations simulated from the fitted energy.
///
/// However many transitions there are, a closed form is off by the errors of its method: a finite step, plans between
/// samples, scores from as few particles. All of these are the same for populations that the fitted energy makes, of as
/// many particles at the same times, where the energy is known. What a fit to such populations misses is subtracted,
///
///     theta <- theta + theta - mean over samples of fit(populations simulated from theta),
///
/// the constant-bias-correcting estimator of MacKinnon and Smith (Journal of Econometrics 85, 1998), an indirect
/// inference of one step. The bias goes, up to its change between the fitted and the true energy; the samples' own
/// noise comes on top, 1 / samples of the variance of a fit.
extension FitProblem {
  /// A solution less its bias, as often simulated as the options say.
  ///
  /// - Throws: `.convergence` where simulated populations leave the region of the data, and where fits to
  ///   them miss the energy by more than half of its forces; `.cancelled`
  func corrected(
    _ solution: RidgeRegression.Solution, _ fit: (RidgeRegression.Solution) -> LinearFit, _ coupled: CoupledSeries,
    _ progress: ProgressHandler
  ) throws -> RidgeRegression.Solution {
    let (samples, start) = (fitOptions.biasSamples, monotonicSeconds())
    guard samples > 0 else { return solution }
    let fitted = fit(solution)
    let model = model(fitted.energy, from: coupled, losses: [])
    var refits: [[Double]] = []
    func goesOn() -> Bool { progress(Progress(.bootstrap, done: refits.count, of: samples, since: start)) }
    try Interruption.during("correcting the bias", goesOn) {
      for sample in 0..<samples {
        let drawn = try model.simulated(coupled.series, sample: sample)
        refits.append(try refit(drawn, ridge: solution.ridge))
        if !goesOn() { throw EngineError.cancelled("correcting the bias") }
      }
    }
    try requireNear(fitted, refits)
    return solution.replacing(
      solution.coefficients.enumerated().map { feature, coefficient in
        refits.reduce(2 * coefficient) { $0 - $1[feature] / Double(samples) }
      })
  }

  /// Refuses fits that miss the energy of their populations by more than half of its forces in the mean. What is
  /// subtracted is then noise, or a bias that says little of the one at the true energy, as in many coordinates between
  /// few particles, whose plans are mostly noise.
  private func requireNear(_ fitted: LinearFit, _ refits: [[Double]]) throws {
    let (equations, coefficients) = (fitted.equations, fitted.solution.coefficients)
    let missed = refits.reduce(0) { $0 + equations.squaredForces(zip($1, coefficients).map { $0 - $1 }) }
    let share = (missed / Double(refits.count) / equations.squaredForces(coefficients)).squareRoot()
    guard share > Self.largestMiss else { return }
    let shown = share > 100 ? "more than 100" : "\((100 * share).rounded() / 100)"
    throw EngineError(
      .convergence,
      "bias_samples: fits to populations simulated from the fitted energy miss it by \(shown) times its forces, too much for the bias to be subtracted; more particles make plans less noisy, and bias_samples = 0 subtracts nothing"
    )
  }

  /// In parts of the fitted forces.
  private static let largestMiss = 0.5

  /// The coefficients of another series, by its own plans and densities, the same features and a given ridge.
  func refit(_ series: SnapshotSeries, ridge: Double) throws -> [Double] {
    let plans = try fitOptions.plans(series.consecutive) { _ in true }
    let sites = try ScoredTransitions(PlannedSeries(series, plans: plans), self, withInstruments: true)
    return try RidgeRegression(sites.equations(basis)).solve(.fixed(ridge)).coefficients
  }
}

extension FittedModel {
  /// Each step of a simulation is divided into so many. They are of weak order 2.
  private static let substepsOfSimulations = 5

  /// How far simulated particles may be, in radii of the data. Noise takes some of few particles beyond two.
  private static let mostRadiiOfSimulations = 5.0

  /// Populations of this energy: of as many particles at the same times as those of a series, from the first of which
  /// they start, drawn anew for each time so that no particle is seen twice.
  fileprivate func simulated(_ series: SnapshotSeries, sample: Int) throws -> SnapshotSeries {
    var result = SnapshotSeries(dimension: series.dimension)
    let (snapshots, times) = (series.snapshots, series.times)
    for (k, snapshot) in snapshots.enumerated() {
      var random = PhiloxSequence(
        seed: fitOptions.seed, stream: RandomPurpose.simulations.stream(sample * snapshots.count + k))
      var rollout = rollout
      rollout.seed = UInt64(random.integer(below: .max))
      rollout.substeps = Self.substepsOfSimulations
      var population = snapshots[0].smoothed(snapshot.points.rows, &random)
      for step in 0..<k {
        population = try rollout.step(population, from: times[step], to: times[step + 1], number: step).population
      }
      try requireInside(population, at: snapshot.time)
      try result.append(points: population, named: "simulated", time: snapshot.time, weights: nil)
    }
    return result
  }

  private func requireInside(_ population: Matrix, at time: Double) throws {
    let radii = excursion(of: population).farthest
    guard radii > Self.mostRadiiOfSimulations else { return }
    let shown = (10 * radii).rounded() / 10
    throw EngineError(
      .convergence,
      "bias_samples: particles simulated from the fitted energy are \(shown) radii of the data from its centre at time \(time), where the energy is unknown; fewer features keep them in, and bias_samples = 0 simulates none"
    )
  }
}

extension Snapshot {
  /// Particles drawn from this population with replacement and moved by as much as neighbours are apart, so that none
  /// are at the same place: a smoothed bootstrap with the variances of the population.
  fileprivate func smoothed(_ count: Int, _ random: inout PhiloxSequence) -> Matrix {
    var moved = drawing(count, &random).points
    let d = Double(points.columns)
    let width = exp(-log(Double(points.rows)) / d) / d.squareRoot()
    let shrinking = 1 / (1 + width * width).squareRoot()
    for column in 0..<points.columns {
      let values = (0..<count).map { moved[$0, column] }
      let mean = values.reduce(0, +) / Double(count)
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
      for (particle, value) in values.enumerated() {
        moved[particle, column] = mean + shrinking * (value - mean + width * deviation * random.normal())
      }
    }
    return moved
  }
}

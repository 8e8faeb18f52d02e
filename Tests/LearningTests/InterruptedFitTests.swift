import Densities
import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Everything that a fit, or a fitted model, may be long about ends where its host refuses to go on. The work here is
/// small, and counted.
@Suite struct InterruptedFitTests {
  private static func series(_ n: Int, _ d: Int = 2) throws -> SnapshotSeries {
    try Populations.series(
      (0..<2).map { Populations.normal(n, d, spread: 1 - 0.2 * Double($0), seed: UInt64($0)) }, times: [0, 1])
  }

  private static func features(degree: Int = 2, grid: Int = 0, fourier: Int = 0, sines: Bool = false)
    -> ModelOptions.Parametrization
  {
    .linear(
      FeatureOptions(polynomialDegree: degree, trigonometric: sines, radialGrid: grid, fourierFeatures: fourier))
  }

  private static let oneGaussian = {
    var options = MixtureOptions()
    options.components = .exactly(1)
    return DensityOptions.gaussianMixture(options)
  }()

  /// Runs work to its end, then refuses at the first question, at one in its midst and at the last.
  private func expectEnds(
    _ what: String, asked least: Int, _ work: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let all = questions(of: work)
    #expect(all.error == nil && all.asked >= least, "\(what) asked \(all.asked) times", sourceLocation: sourceLocation)
    for question in Set([1, max(1, all.asked / 2), max(1, all.asked)]) {
      let found = questions(refusal: question, of: work)
      #expect(
        found.ended(at: question), "\(what): \(found) of \(all.asked) for \(question)", sourceLocation: sourceLocation)
    }
  }

  /// Questions of each stage that the progress callback itself is asked.
  private func stages(_ work: (@escaping ProgressHandler) throws -> Void) -> [Progress.Stage: Int] {
    var heard: [Progress.Stage: Int] = [:]
    _ = questions {
      try work {
        heard[$0.stage, default: 0] += 1
        return true
      }
    }
    return heard
  }

  @Test("Closed forms: while features are summed, while the ridge is chosen, while coefficients are solved for")
  func closedForms() throws {
    let series = try Self.series(60)
    func fit(_ model: ModelOptions, _ ridge: Ridge = .usual) throws {
      _ = try FittedModel.fit(series, model, FitOptions(ridge: ridge))
    }
    // The eigenvalues of some 400 features ask once per column, down to where columns are not worth a question.
    let many = ModelOptions(potential: Self.features(degree: 0, fourier: 400), scheme: .implicit, timeVarying: false)
    expectEnds("gcv", asked: 100) { try fit(many, .crossValidated) }
    let sines = ModelOptions(potential: Self.features(degree: 8, sines: true), scheme: .implicit, timeVarying: false)
    expectEnds("sines", asked: 10) { try fit(sines) }
    // Grids and sines of U go over all pairs, each particle in panels.
    let pairs = ModelOptions(
      potential: nil, interaction: Self.features(degree: 2, sines: true), scheme: .explicit, timeVarying: false)
    expectEnds("pairs", asked: 60) { try fit(pairs) }
    let heard = stages { progress in
      _ = try FittedModel.fit(series, pairs, FitOptions(), progress: progress)
    }
    #expect(heard[.training, default: 0] >= 60)
  }

  @Test("Error bars by influence and by bootstrap")
  func errorBars() throws {
    let series = try Self.series(60)
    let model = ModelOptions(
      potential: Self.features(), interaction: Self.features(grid: 2), internal: Self.oneGaussian, scheme: .implicit,
      timeVarying: false)
    for (bars, stage) in [(ErrorBars.influence, Progress.Stage.influence), (.bootstrap(samples: 3), .bootstrap)] {
      let options = FitOptions(errorBars: bars)
      expectEnds("\(bars)", asked: 60) { _ = try FittedModel.fit(series, model, options) }
      let heard = stages { progress in _ = try FittedModel.fit(series, model, options, progress: progress) }
      #expect(heard[stage, default: 0] >= 60)
    }
  }

  @Test("What the data can tell apart, standard errors, energies and sums of a fitted model")
  func fittedModels() throws {
    let series = try Self.series(60)
    let options = ModelOptions(
      potential: Self.features(grid: 10), interaction: Self.features(degree: 2, grid: 10), internal: Self.oneGaussian,
      scheme: .explicit, timeVarying: false)
    let model = try FittedModel.fit(series, options, FitOptions(errorBars: .influence))
    let linear = try #require(model.linear)
    expectEnds("observability", asked: 50) { _ = try linear.observability }
    expectEnds("identification", asked: 50) { _ = try linear.isIdentified }
    let (points, many) = (Populations.normal(2000, 2, seed: 3), Populations.normal(500, 2, seed: 4))
    expectEnds("errors of V", asked: 2) { _ = try model.potentialErrors(points, times: .one(0)) }
    expectEnds("errors of U", asked: 2) { _ = try model.interactionGradientErrors(points) }
    expectEnds("the energy", asked: 500) { _ = try model.energy(of: Population(points: many), time: 0) }

    let sums = try LinearSums(of: model)
    expectEnds("sums", asked: 20) { _ = try sums.sums(over: series, FitOptions()) { _ in true } }
    expectEnds("their solution", asked: 20) { _ = try sums.solve(.crossValidated) }
  }

  @Test("Training in the midst of a batch, and the objective")
  func networks() throws {
    let series = try Self.series(200, 3)
    let model = ModelOptions(
      potential: nil, interaction: .network(.init(hidden: [8])), scheme: .explicit, timeVarying: false)
    let objective = try WholeObjective(series, model, FitOptions()) { _ in true }
    // Each of 200 couplings meets the whole snapshot.
    expectEnds("the objective", asked: 200) { _ = try objective.valueAndGradient(objective.initialParameters) }

    let whole = try FittedModel.fit(series, model, FitOptions(epochs: 2, batchSize: 200))
    var asked = 0
    var kept: (model: FittedModel, cancelled: Bool)?
    let found = questions {
      kept = try FittedModel.fit(series, model, FitOptions(epochs: 2, batchSize: 200)) { progress in
        if progress.stage == .training { asked += 1 }
        return asked < 100
      }
    }
    // One batch is the epoch: the first has not begun.
    #expect(found.error == nil && kept?.cancelled == true && asked == 100)
    #expect(kept?.model.history.isEmpty == true && whole.history.count == 2)
  }
}

import Dynamics
import Energies
import Evaluation
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

@Suite struct EvaluationTests {
  private static let all: Set<Quantity> = [.oneStep, .cumulative, .effectsMismatch]

  /// V = x^2 + x y / 2 + y^2 / 2, times 1 + t / 4 where it varies with time.
  private static func model(_ scheme: Scheme, timeVarying: Bool = false) -> FittedModel {
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 2, exponents: [2, 0, 1, 1, 0, 2]),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 2), width: 1), timeDegree: timeVarying ? 1 : 0
    )
    let coefficients = [1, 0.5, 0.5]
    let features = FeatureOptions(
      polynomialDegree: 2, radialGrid: 0, radialCenters: 0, radialWidth: 0, timeDegree: 1)
    return FittedModel(
      options: ModelOptions(potential: .linear(features), scheme: scheme, timeVarying: timeVarying),
      fitOptions: FitOptions(),
      standardization: Standardization(center: [0, 0], length: 1, origin: 0, duration: 1),
      learned: LearnedEnergy(
        potential: .features(
          FeatureExpansion(
            basis: basis, coefficients: timeVarying ? coefficients + coefficients.map { $0 / 4 } : coefficients))),
      region: TrainingRegion(radius: 10, reach: .infinity), times: [0, 1], history: [0])
  }

  private static let times = [0, 0.25, 1, 1.5]

  private static func particles(_ n: Int, seed: UInt64) -> Matrix {
    var random = PhiloxSequence(seed: seed, stream: 0)
    return Matrix(rows: n, columns: 2, elements: random.normals(2 * n))
  }

  private static func series(_ populations: [Matrix], weights: [[Double]?]? = nil) throws -> SnapshotSeries {
    var series = SnapshotSeries(dimension: populations[0].columns)
    for (k, population) in populations.enumerated() {
      try series.append(points: population, time: times[k], weights: weights?[k])
    }
    return series
  }

  /// Snapshots of different sizes, some weighted, that no model explains.
  private static func arbitrary() throws -> SnapshotSeries {
    try series(
      [12, 9, 15, 7].enumerated().map { particles($1, seed: UInt64(131 + $0)) },
      weights: [(1...12).map { Double($0) }, nil, (1...15).map { Double($0 % 4) }, nil])
  }

  private static func evaluate(
    _ model: FittedModel, _ series: SnapshotSeries, _ quantities: Set<Quantity> = all
  ) throws -> ModelEvaluation { try ModelEvaluation(model, on: series, quantities) { _ in true } }

  // MARK: What is measured

  /// The definitions, step by step with the modules underneath: the same calls, the same bits.
  @Test(arguments: [Scheme.implicit, .explicit], [false, true])
  func distancesAreThoseOfTheDefinition(scheme: Scheme, timeVarying: Bool) throws {
    let (model, series) = (Self.model(scheme, timeVarying: timeVarying), try Self.arbitrary())
    let evaluation = try Self.evaluate(model, series)
    let snapshots = series.snapshots
    let rolled = try model.rollout.run(from: snapshots[0].points, times: Self.times) { _ in true }.populations
    for k in 0..<3 {
      let moved = try model.rollout.step(snapshots[k].points, from: Self.times[k], to: Self.times[k + 1]).population
      func distance(_ predicted: Matrix, _ weights: [Double], order: Int) throws -> Double {
        try wassersteinDistance(
          from: predicted, masses: weights, to: snapshots[k + 1].points, masses: snapshots[k + 1].weights,
          order: order)
      }
      #expect(try evaluation[.oneStep]?[k] == distance(moved, snapshots[k].weights, order: 1))
      #expect(try evaluation[.cumulative]?[k] == distance(rolled[k + 1], snapshots[0].weights, order: 1))
      let mismatch = try distance(rolled[k + 1], snapshots[0].weights, order: 2)
      #expect(evaluation[.effectsMismatch]?[k] == mismatch * mismatch)
    }
    // From the first snapshot, both predictions are the same.
    #expect(evaluation[.oneStep]?[0] == evaluation[.cumulative]?[0])
  }

  /// A model that drives the data: what is predicted is what is observed, in whatever order.
  @Test(arguments: [Scheme.implicit, .explicit]) func perfectModel(scheme: Scheme) throws {
    let model = Self.model(scheme, timeVarying: true)
    let populations = try model.rollout.run(from: Self.particles(40, seed: 141), times: Self.times) { _ in true }
      .populations
    var random = PhiloxSequence(seed: 142, stream: 0)
    let observed = populations.map { $0.selecting(rows: random.permutation(40)) }
    let series = try Self.series([populations[0]] + observed.dropFirst())
    let evaluation = try Self.evaluate(model, series)
    // The same operations on the same numbers: not even rounding differs.
    #expect(evaluation[.oneStep] == [0, 0, 0] && evaluation[.cumulative] == [0, 0, 0])
    #expect(evaluation[.effectsMismatch] == [0, 0, 0])
    // The other scheme predicts something else.
    let other = try Self.evaluate(Self.model(scheme == .implicit ? .explicit : .implicit, timeVarying: true), series)
    #expect(other[.oneStep]?.allSatisfy { $0 > 0.01 } == true)
  }

  /// Everything shifted by (3, 4) from where the model predicts it: W1 = 5 and squared W2 = 25, to the rounding of 40
  /// distances.
  @Test func shiftedObservations() throws {
    let model = Self.model(.explicit)
    let start = Self.particles(40, seed: 143)
    var moved = try model.rollout.step(start, from: 0, to: 0.25).population
    for row in 0..<40 {
      moved[row, 0] += 3
      moved[row, 1] += 4
    }
    let evaluation = try Self.evaluate(model, try Self.series([start, moved]))
    #expect(abs((evaluation[.oneStep]?[0] ?? 0) - 5) < 1e-13)
    #expect(abs((evaluation[.cumulative]?[0] ?? 0) - 5) < 1e-13)
    #expect(abs((evaluation[.effectsMismatch]?[0] ?? 0) - 25) < 1e-12)
  }

  /// A prediction keeps the weights it started with: two particles of masses 3/4 and 1/4 that stay, seen as two of 1/2
  /// each at the same places, which are 1 apart: a quarter of the mass must travel.
  @Test func predictionsKeepTheirWeights() throws {
    let places = Matrix(rows: 2, columns: 2, elements: [0, 0, 1, 0])
    let series = try Self.series([places, places, places], weights: [[3, 1], nil, [1, 3]])
    let evaluation = try Self.evaluate(Self.flatModel(), series)
    #expect(evaluation[.oneStep] == [0.25, 0.25] && evaluation[.cumulative] == [0.25, 0.5])
    #expect(evaluation[.effectsMismatch].map { largest(difference($0, [0.25, 0.5])) < 1e-15 } == true)
  }

  /// V = 0 everywhere.
  private static func flatModel() -> FittedModel {
    let shape = NetworkShape(dimension: 2, timeVarying: false, hidden: [1])
    let network = Network(shape: shape, parameters: [Double](repeating: 0, count: shape.parameterCount))
    return FittedModel(
      options: ModelOptions(potential: .network(.init(hidden: [1])), scheme: .implicit, timeVarying: false),
      fitOptions: FitOptions(), standardization: model(.implicit).standardization,
      learned: LearnedEnergy(potential: .network(network)),
      region: TrainingRegion(radius: 10, reach: .infinity), times: [0, 1], history: [])
  }

  /// V = -|z|^2 turns the JKO step with tau = 1 around: phi has no minimum, and the report counts every particle of
  /// every step.
  @Test func stepsWithoutSolutionAreReported() throws {
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 2, exponents: [2, 0, 0, 2]),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 2), width: 1), timeDegree: 0)
    let falling = FittedModel(
      options: Self.model(.implicit).options, fitOptions: FitOptions(),
      standardization: Self.model(.implicit).standardization,
      learned: LearnedEnergy(potential: .features(FeatureExpansion(basis: basis, coefficients: [-1, -1]))),
      region: TrainingRegion(radius: 2, reach: 3), times: [0, 1], history: [0])
    let points = Matrix(rows: 3, columns: 2, elements: [1, 0, 0, 2, -1, 1])
    let series = try SnapshotSeries(
      points: Matrix(rows: 6, columns: 2, elements: points.elements + points.elements), times: [0, 0, 0, 1, 1, 1],
      weights: nil)
    let report = try ModelEvaluation(falling, on: series, [.oneStep, .cumulative]) { _ in true }.report
    #expect(report.unconverged == 6 && report.maxResidual > 1e-3)
    // Nothing went further than the model's reach.
    let moved = try falling.rollout.step(points, from: 0, to: 1).population
    for row in 0..<3 {
      let (dx, dy) = (moved[row, 0] - points[row, 0], moved[row, 1] - points[row, 1])
      #expect((dx * dx + dy * dy).squareRoot() <= 3)
    }
  }

  // MARK: Beside W1

  /// Each quantity is its measure of its pair: a prediction, or what stands in for one, and the snapshot after it.
  @Test func quantitiesAreThoseOfTheDefinition() throws {
    let (model, series, training) = (Self.model(.explicit), try Self.arbitrary(), try Self.arbitrary())
    let found = try ModelEvaluation(
      model, on: series, Set(Quantity.allCases), training: training
    ) { _ in true }
    func population(_ k: Int) -> Population {
      Population(points: series.snapshots[k].points, weights: series.snapshots[k].weights)
    }
    var rolled = population(0)
    for k in 0..<3 {
      func moved(_ population: Population) throws -> Population {
        let step = try model.rollout.step(
          population.points, weights: population.weights, from: Self.times[k], to: Self.times[k + 1], number: k)
        return Population(points: step.population, weights: population.weights)
      }
      rolled = try moved(rolled)
      let candidates: [Quantity.Candidate: Population] = [
        .oneStep: try moved(population(k)), .rollout: rolled, .nothingMoves: population(k),
        .training: population(k + 1),
      ]
      for quantity in Quantity.allCases {
        let candidate = try #require(candidates[quantity.candidate])
        #expect(try found[quantity]?[k] == quantity.measure(candidate, population(k + 1)))
      }
    }
    // The floor of snapshots that are their own training snapshots.
    #expect(found[.floor] == [0, 0, 0])
  }

  /// Steps whose time the training snapshots lack have no floor, and times that differ by rounding are the same.
  @Test func floorsNeedTheTime() throws {
    let (model, series) = (Self.model(.explicit), try Self.arbitrary())
    var training = SnapshotSeries(dimension: 2)
    try training.append(points: Self.particles(5, seed: 1), time: Self.times[1] * (1 + 4e-16), weights: nil)
    try training.append(points: Self.particles(5, seed: 2), time: 1.2, weights: nil)
    let floor = try #require(
      try ModelEvaluation(model, on: series, [.floor], training: training) { _ in true }[.floor])
    #expect(floor[0] > 0 && floor[1].isNaN && floor[2].isNaN)
    #expect(try Self.evaluate(model, series, [.floor])[.floor]?.allSatisfy(\.isNaN) == true)
    let error = engineError {
      _ = try ModelEvaluation(model, on: series, [.floor], training: SnapshotSeries(dimension: 3)) { _ in true }
    }
    #expect(error?.kind == .shape && error?.message == "training has 3 coordinates, the snapshots have 2")
  }

  // MARK: How it is asked for

  @Test func onlyWhatIsWanted() throws {
    let (model, series) = (Self.model(.explicit), try Self.arbitrary())
    let whole = try Self.evaluate(model, series)
    for wanted in [[], [.oneStep], [.cumulative], [.effectsMismatch], [.oneStep, .effectsMismatch], Self.all]
      as [Set<Quantity>]
    {
      let part = try Self.evaluate(model, series, wanted)
      #expect(part[.oneStep] == (wanted.contains(.oneStep) ? whole[.oneStep] : nil))
      #expect(part[.cumulative] == (wanted.contains(.cumulative) ? whole[.cumulative] : nil))
      #expect(part[.effectsMismatch] == (wanted.contains(.effectsMismatch) ? whole[.effectsMismatch] : nil))
    }
  }

  @Test func threadsDoNotMatter() throws {
    let (model, series) = (Self.model(.implicit), try Self.arbitrary())
    let evaluations = try [1, 2, 5].map { threads in
      try withThreads(threads) { try Self.evaluate(model, series) }
    }
    for evaluation in evaluations {
      #expect(
        evaluation[.oneStep] == evaluations[0][.oneStep] && evaluation[.cumulative] == evaluations[0][.cumulative])
      #expect(evaluation[.effectsMismatch] == evaluations[0][.effectsMismatch])
    }
  }

  @Test func progressCountsDistancesAndMayCancel() throws {
    let (model, series) = (Self.model(.explicit), try Self.arbitrary())
    try withThreads(1) {
      var seen: [Int] = []
      _ = try ModelEvaluation(model, on: series, Self.all) { progress in
        #expect(progress.stage == .evaluation && progress.total == 9)
        seen.append(progress.done)
        return true
      }
      #expect(seen == Array(1...9))
      let error = engineError {
        _ = try ModelEvaluation(model, on: series, Self.all) { $0.done < 4 }
      }
      #expect(error?.kind == .cancelled)
    }
  }

  // MARK: Errors

  @Test func dimensionMismatch() throws {
    var series = SnapshotSeries(dimension: 3)
    try series.append(points: Matrix(rows: 1, columns: 3), time: 0, weights: nil)
    try series.append(points: Matrix(rows: 1, columns: 3), time: 1, weights: nil)
    let error = engineError { _ = try Self.evaluate(Self.model(.explicit), series) }
    #expect(error?.kind == .shape && error?.message.contains("3 coordinates, the model has 2") == true)
  }

  @Test func tooFewSnapshots() throws {
    for populations in [[], [Self.particles(3, seed: 1)]] {
      var series = SnapshotSeries(dimension: 2)
      for population in populations { try series.append(points: population, time: 0, weights: nil) }
      let error = engineError { _ = try Self.evaluate(Self.model(.explicit), series) }
      #expect(error?.kind == .shape && error?.message.contains("at least 2") == true)
    }
  }

  /// Explicit steps of 1e308 / 4 from coordinates of 1e10 leave the numbers.
  @Test func predictionsThatOverflow() throws {
    var series = SnapshotSeries(dimension: 2)
    for time in [0, 1e308] {
      try series.append(points: Matrix(rows: 1, columns: 2, elements: [1e10, 1]), time: time, weights: nil)
    }
    let found = try Self.evaluate(Self.model(.explicit), series)
    #expect(found[.oneStep] == [.infinity] && found[.cumulative] == [.infinity])
    #expect(found.overflow?.kind == .convergence)
    #expect(found.overflow?.message.contains("predictions of step 0") == true)
  }

  /// A rollout that leaves the range of numbers loses neither the one-step predictions nor its own steps before that:
  /// steps of V = -|x|^2 / 2 with tau = 1e105 are 1e105 times as long each time, and 1e315 is no number.
  @Test func rolloutsThatOverflowKeepTheRest() throws {
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 1, exponents: [2]),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 1), width: 1), timeDegree: 0)
    let model = FittedModel(
      options: ModelOptions(
        potential: .linear(FeatureOptions(polynomialDegree: 2, radialGrid: 0, radialCenters: 0)), scheme: .explicit,
        timeVarying: false),
      fitOptions: FitOptions(), standardization: Standardization(center: [0], length: 1, origin: 0, duration: 1),
      learned: LearnedEnergy(potential: .features(FeatureExpansion(basis: basis, coefficients: [-0.5]))),
      region: TrainingRegion(radius: 1, reach: .infinity), times: [0, 1], history: [0])
    var series = SnapshotSeries(dimension: 1)
    for time in [0, 1e105, 2e105, 3e105] {
      try series.append(points: Matrix(rows: 2, columns: 1, elements: [0.5, 1]), time: time, weights: nil)
    }
    let found = try Self.evaluate(model, series, [.oneStep, .cumulative])
    #expect(found[.oneStep]?.allSatisfy(\.isFinite) == true)
    #expect(found[.cumulative]?.prefix(2).allSatisfy(\.isFinite) == true && found[.cumulative]?[2] == .infinity)
    #expect(found.overflow?.message.contains("predictions of step 2") == true)
  }

  /// Coordinates of 1e200 are numbers, but the squares of their distances are not: the message speaks of predictions,
  /// which are all that is wrong here.
  @Test func predictionsTooFarForADistance() throws {
    var series = SnapshotSeries(dimension: 2)
    for time in [0, 1e200] {
      try series.append(points: Matrix(rows: 1, columns: 2, elements: [1, 1]), time: time, weights: nil)
    }
    let found = try Self.evaluate(Self.model(.explicit), series, [.effectsMismatch])
    #expect(found[.effectsMismatch] == [.infinity])
    #expect(
      found.overflow?.message.hasPrefix("predictions of step 0, for time 1e+200, left the range of numbers") == true)
  }

  /// The training points of the model have radius 10: of particles at distances 1, 100 and 140, the last is beyond ten
  /// radii.
  @Test func excursionsAreCounted() throws {
    let model = Self.flatModel()
    let population = Matrix(rows: 3, columns: 2, elements: [1, 0, 60, 80, -99, 99])
    let excursion = model.excursion(of: population)
    #expect(excursion.outside == 1)
    #expect(abs(excursion.farthest - 99 * 2.0.squareRoot() / 10) < 1e-14)
    let series = try Self.series([population, population])
    #expect(try Self.evaluate(model, series, [.oneStep]).excursion == excursion)
  }

  // MARK: Ending it

  /// Predictions are most of the work where a population acts on itself: the callback is asked within them, when no
  /// distance is done yet.
  @Test func predictionsEndWhereTheCallbackSaysSo() throws {
    let basis = FeatureBasis(
      dimension: 2, families: [.radial(RadialFunctions(.gaussian, centers: Self.particles(4, seed: 1), width: 1))],
      timeDegree: 0)
    let features = FeatureOptions(
      polynomialDegree: 2, radialGrid: 0, radialCenters: 0, radialWidth: 0, timeDegree: 1)
    let model = FittedModel(
      options: ModelOptions(potential: nil, interaction: .linear(features), scheme: .implicit, timeVarying: false),
      fitOptions: FitOptions(),
      standardization: Standardization(center: [0, 0], length: 1, origin: 0, duration: 1),
      learned: LearnedEnergy(
        potential: nil, interaction: .features(FeatureExpansion(basis: basis, coefficients: [0.1, 0.1, 0.1, 0.1]))),
      region: TrainingRegion(radius: 10, reach: .infinity), times: [0, 1], history: [0])
    let series = try Self.series([Self.particles(200, seed: 2), Self.particles(200, seed: 3)])
    for quantity in [Quantity.oneStep, .cumulative] {
      var heard: [Int] = []
      let found = questions {
        _ = try ModelEvaluation(model, on: series, [quantity]) { progress in
          heard.append(progress.done)
          #expect(progress.stage == .evaluation && progress.total == 1)
          return heard.count < 150
        }
      }
      #expect(found.error == EngineError(.cancelled, "evaluation cancelled by the progress callback"))
      #expect(heard == [Int](repeating: 0, count: 150))
    }
  }
}

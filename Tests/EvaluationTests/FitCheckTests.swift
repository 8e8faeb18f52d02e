import Energies
import Evaluation
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

@Suite struct FitCheckTests {
  /// V = curvature |x|^2 / 2, explicit.
  private static func model(curvature: Double) -> FittedModel {
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 1, exponents: [2]),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 1), width: 1), timeDegree: 0)
    let features = FeatureOptions(polynomialDegree: 2, radialGrid: 0, radialCenters: 0)
    return FittedModel(
      options: ModelOptions(potential: .linear(features), scheme: .explicit, timeVarying: false),
      fitOptions: FitOptions(), standardization: Standardization(center: [0], length: 1, origin: 0, duration: 1),
      learned: LearnedEnergy(
        potential: .features(FeatureExpansion(basis: basis, coefficients: [curvature / 2]))),
      region: TrainingRegion(radius: 1, reach: .infinity), times: [0, 1], history: [0])
  }

  /// A population at `count` times, each `factor` times the one before.
  private static func series(_ n: Int, factor: Double, count: Int = 2) throws -> SnapshotSeries {
    var random = PhiloxSequence(seed: 3, stream: 0)
    let start = random.normals(n)
    var series = SnapshotSeries(dimension: 1)
    for k in 0..<count {
      let scale = (0..<k).reduce(1.0) { power, _ in power * factor }
      try series.append(
        points: Matrix(rows: n, columns: 1, elements: start.map { $0 * scale }), time: Double(k), weights: nil)
    }
    return series
  }

  private static func check(_ curvature: Double, _ series: SnapshotSeries) throws -> FitCheck {
    try FitCheck(model(curvature: curvature), on: series) { _ in true }
  }

  /// With few enough particles nothing is sampled: the right model leaves no distance, and a flat one that of the
  /// snapshots.
  @Test func distancesOfASmallSeries() throws {
    let series = try Self.series(100, factor: 0.5)
    let right = try Self.check(0.5, series)
    let distance = try ModelEvaluation(Self.model(curvature: 0), on: series, .oneStep) { _ in true }.oneStep?[0]
    // Half of a number and a number less its half are the same.
    #expect(right.oneStep == 0 && right.nothingMoves == distance && !right.isWorse && right.transitions == 1)
    let flat = try Self.check(0, series)
    #expect(flat.oneStep == flat.nothingMoves && !flat.isWorse)
  }

  /// A model that moves the population the wrong way is worse than none: 1.5 x instead of x / 2, twice as far off.
  @Test func wrongWay() throws {
    let check = try Self.check(-0.5, Self.series(100, factor: 0.5))
    #expect(check.isWorse && abs(check.oneStep - 2 * check.nothingMoves) < 1e-13)
  }

  /// Predictions that leave the numbers are worse than anything.
  @Test func overflow() throws {
    let series = try Self.series(100, factor: 10)
    #expect(try Self.check(1e200, series).isWorse)
    let check = try Self.check(1e308, series)
    #expect(check.isWorse && check.oneStep == .infinity && check.nothingMoves.isFinite)
  }

  /// Of thirty transitions twelve are looked at, of 1,000 particles 256; what they say is within the scatter of such
  /// samples: the right model's distance is that of two samples of one population, some 2 / sqrt(256) of its spread.
  @Test func samples() throws {
    let series = try Self.series(1000, factor: 0.9, count: 31)
    let right = try Self.check(0.1, series)
    #expect(right.transitions == 12 && !right.isWorse)
    #expect(try Self.check(-0.1, series).isWorse)
  }

  /// A population at rest, whose model moves it by less than a thousandth of its spread: nothing to warn of.
  @Test func rest() throws {
    let series = try Self.series(100, factor: 1)
    #expect(try !Self.check(1e-4, series).isWorse)
    #expect(try Self.check(1e-1, series).isWorse)
  }

  @Test func cancelling() throws {
    let series = try Self.series(100, factor: 0.5)
    let error = engineError { _ = try FitCheck(Self.model(curvature: 0.5), on: series) { _ in false } }
    #expect(error?.kind == .cancelled)
  }
}

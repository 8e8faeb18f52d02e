import Energies
import Evaluation
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

@Suite struct FitCheckTests {
  /// V = curvature |x|^2 / 2.
  private static func model(curvature: Double, _ scheme: Scheme = .explicit) -> FittedModel {
    let basis = FeatureBasis(
      monomials: Monomials(dimension: 1, exponents: [2]),
      bumps: RadialFunctions(.gaussian, centers: Matrix(rows: 0, columns: 1), width: 1), timeDegree: 0)
    let features = FeatureOptions(polynomialDegree: 2, radialGrid: 0, radialCenters: 0)
    return FittedModel(
      options: ModelOptions(potential: .linear(features), scheme: scheme, timeVarying: false),
      fitOptions: FitOptions(), standardization: Standardization(center: [0], length: 1, origin: 0, duration: 1),
      learned: LearnedEnergy(
        potential: .features(FeatureExpansion(basis: basis, coefficients: [curvature / 2]))),
      region: TrainingRegion(radius: 1, reach: 100), times: [0, 1], history: [0])
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
    let distance = try ModelEvaluation(Self.model(curvature: 0), on: series, [.oneStep]) { _ in true }[.oneStep]?[0]
    // Half of a number and a number less its half are the same.
    #expect(
      right.prediction.wasserstein == 0 && right.nothingMoves.wasserstein == distance && !right.isWorse
        && right.transitions == 1)
    let flat = try Self.check(0, series)
    #expect(flat.prediction.wasserstein == flat.nothingMoves.wasserstein && !flat.isWorse)
  }

  /// A model that moves the population the wrong way is worse than none: 1.5 x instead of x / 2, twice as far off.
  @Test func wrongWay() throws {
    let check = try Self.check(-0.5, Self.series(100, factor: 0.5))
    #expect(check.isWorse && abs(check.prediction.wasserstein - 2 * check.nothingMoves.wasserstein) < 1e-13)
  }

  /// Predictions that leave the numbers are worse than anything.
  @Test func overflow() throws {
    let series = try Self.series(100, factor: 10)
    #expect(try Self.check(1e200, series).isWorse)
    let check = try Self.check(1e308, series)
    #expect(check.isWorse && check.prediction.wasserstein == .infinity && check.nothingMoves.wasserstein.isFinite)
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

  /// Beside W1: half the population has a quarter of the spread, and nothing is left of the energy distance of the
  /// right model, whose predictions are the observations.
  @Test func measuresBesideTheDistance() throws {
    let series = try Self.series(100, factor: 0.5)
    let right = try Self.check(0.5, series)
    #expect(abs(right.prediction.varianceRatio - 1) < 1e-13 && abs(right.nothingMoves.varianceRatio - 4) < 1e-12)
    #expect(right.nothingMoves.energyDistance > 0.05)
    // Of identical samples it is minus the pairs of particles with themselves: a mean distance over n.
    #expect(abs(right.prediction.energyDistance) < 0.02)
  }

  /// The floor is the distance of two samples of the later snapshot: of 2,000 particles two times 256, whose W1 is
  /// about that of independent samples of this size and whose energy distance is 0 but for sampling, 1 / 256 of the
  /// spread.
  @Test func floorOfDisjointSamples() throws {
    let check = try Self.check(0.5, Self.series(2000, factor: 0.5))
    #expect(check.floor.wasserstein > 0.01 && check.floor.wasserstein < 0.15)
    #expect(abs(check.floor.energyDistance) < 0.02)
    let single = try Self.check(0.5, Self.series(1, factor: 0.5))
    #expect(single.floor.wasserstein.isNaN && single.prediction.energyDistance.isNaN)
    #expect(single.prediction.wasserstein.isFinite)
  }

  /// V = c |x|^2 / 2 with tau = 1. The explicit map 1 - c turns over beyond c = 1, the implicit one 1 / (1 + c) below
  /// c = -1; neither depends on where particles are.
  @Test func foldsOfAQuadratic() throws {
    let series = try Self.series(50, factor: 0.5)
    for (curvature, explicit, implicit) in [(0.5, 0.0, 0.0), (1.5, 1, 0), (-0.9, 0, 0), (-1.5, 0, 1)] {
      let models = [(Scheme.explicit, explicit), (.implicit, implicit)]
      for (scheme, share) in models {
        let check = try FitCheck(Self.model(curvature: curvature, scheme), on: series) { _ in true }
        #expect(check.folded == share)
        #expect(check.unconverged == (scheme == .implicit ? share : 0))
      }
    }
  }

  @Test func cancelling() throws {
    let series = try Self.series(100, factor: 0.5)
    let error = engineError { _ = try FitCheck(Self.model(curvature: 0.5), on: series) { _ in false } }
    #expect(error?.kind == .cancelled)
  }
}

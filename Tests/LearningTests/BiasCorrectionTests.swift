import CSystem
import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Closed forms less the bias that simulated populations show: an Ornstein-Uhlenbeck process with V'' = 1 and beta =
/// 1/2, mostly in two coordinates, seen at intervals of 1, by different particles at each time.
@Suite struct BiasCorrectionTests {
  private static func populations(
    _ n: Int, _ d: Int = 2, seed: UInt64, steps: Int = 3, interval: Double = 1
  ) throws -> SnapshotSeries {
    let times = (0...steps).map { interval * Double($0) }
    return try Populations.series(
      times.enumerated().map { k, time in
        let spread = (0.5 - 0.4 * exp(-2 * time)).squareRoot()
        var population = Populations.normal(n, d, spread: spread, seed: seed + UInt64(k))
        for row in 0..<n { population[row, 0] += 2 * exp(-time) }
        return population
      }, times: times)
  }

  private static let model: ModelOptions = {
    var model = ModelOptions.linear(degree: 2, .midpoint)
    model.internal = .gaussianMixture(.init())
    return model
  }()

  private static func fit(_ series: SnapshotSeries, _ samples: Int, _ bars: ErrorBars = .none) throws -> FittedModel {
    try FittedModel.fit(series, model, FitOptions(seed: 5, errorBars: bars, biasSamples: samples))
  }

  private static func curvature(_ model: FittedModel) -> Double {
    model.requiredPotential.hessianProducts([0, 0], along: [1, 0], time: 0)[0]
  }

  /// Without a correction V'' is .888 and beta .415, however many particles there are (`MidpointTests`). Of 1,500
  /// particles and three steps the curvature's own deviation is about 0.02; corrections halve the error at least.
  @Test func stepsBiasIsSubtracted() throws {
    let series = try Self.populations(1500, seed: 300)
    let (plain, corrected) = (try Self.fit(series, 0), try Self.fit(series, 4))
    #expect(abs(Self.curvature(corrected) - 1) < 0.5 * abs(Self.curvature(plain) - 1))
    #expect(abs(Self.curvature(corrected) - 1) < 0.06, "\(Self.curvature(corrected)) \(Self.curvature(plain))")
    let (before, after) = (plain.beta ?? .nan, corrected.beta ?? .nan)
    #expect(abs(after - 0.5) < 0.6 * abs(before - 0.5) && abs(after - 0.5) < 0.05, "\(after) \(before)")
  }

  /// The variance of a fit and that of the mean over the simulated ones.
  @Test func errorBarsGrow() throws {
    let series = try Self.populations(250, seed: 310)
    let bars = ErrorBars.bootstrap(samples: 5)
    let (plain, corrected) = try (Self.fit(series, 0, bars), Self.fit(series, 2, bars))
    let (first, second) = (plain.linear?.covariance?.elements ?? [], corrected.linear?.covariance?.elements ?? [0])
    #expect(largest(difference(first.map { 1.5 * $0 }, second)) < 1e-12 * largest(first))
  }

  @Test func sameSeedSameBits() throws {
    let series = try Self.populations(250, seed: 320)
    let once = try Self.fit(series, 2)
    #expect(try once.learned == Self.fit(series, 2).learned && once.learned != Self.fit(series, 3).learned)
    #expect(once.fitOptions.biasSamples == 2)
  }

  /// The host is asked between simulations, and hears how many are done.
  @Test func theHostCanRefuse() throws {
    let series = try Self.populations(250, seed: 330)
    var heard: [Int] = []
    let error = engineError {
      _ = try FittedModel.fit(series, Self.model, FitOptions(biasSamples: 3)) { progress in
        guard progress.stage == .bootstrap else { return true }
        heard.append(progress.done)
        return progress.done < 2
      }
    }
    #expect(error?.kind == .cancelled && heard.last == 2 && heard.contains(1))
  }

  /// Particles that stay where they are have no forces, and fits to others of their distribution only find noise.
  @Test func nothingToCorrect() throws {
    let population = Populations.normal(50, 2, seed: 340)
    let series = try Populations.series([population, population], times: [0, 1])
    let fit = FitOptions(biasSamples: 2)
    let error = engineError { _ = try FittedModel.fit(series, .linear(degree: 2, .midpoint), fit) }
    #expect(error?.kind == .convergence && error?.message.contains("miss it") ?? false, "\(error?.message ?? "")")
  }

  @Test func refusals() throws {
    let series = try Self.populations(30, seed: 350)
    let fit = FitOptions(biasSamples: 1)
    var unbalanced = fit
    unbalanced.coupling = .entropic(.init(relaxationX: 1, relaxationY: 1))
    var rolled = fit
    rolled.rollout = .some(.init())
    for (model, fit, said) in [
      (ModelOptions.network([4], .midpoint), fit, "network"), (.linear(.explicit), fit, "midpoint"),
      (.linear(.midpoint), rolled, "rollout_weight"), (.linear(.midpoint), unbalanced, "unbalanced"),
    ] {
      let error = engineError { _ = try FittedModel.fit(series, model, fit) }
      #expect(error?.kind == .invalid && error?.message.contains(said) ?? false, "\(said): \(error?.message ?? "")")
    }
  }

  /// In many coordinates plans between few particles are mostly noise, and so are fits to what a noisy fit simulates.
  @Test func biasesThatAreTooLargeAreSaid() throws {
    let series = try Self.populations(300, 10, seed: 500, steps: 5, interval: 0.2)
    let error = engineError { _ = try Self.fit(series, 3) }
    #expect(error?.kind == .convergence)
    #expect(error?.message.contains("times its forces, too much for the bias") ?? false, "\(error?.message ?? "")")
  }

  /// Some energies of few particles, between which little noise is left, throw simulated ones out.
  @Test func explosionsAreSaid() throws {
    var model = ModelOptions.linear(degree: 4, .midpoint)
    model.internal = .gaussianMixture(.init())
    let errors = try (0..<4).compactMap { k in
      let populations = (0..<7).map { Populations.normal(15, 2, seed: UInt64(400 + 10 * k + $0)) }
      let series = try Populations.series(populations, times: (0..<7).map(Double.init))
      return engineError { _ = try FittedModel.fit(series, model, FitOptions(biasSamples: 2)) }
    }
    #expect(!errors.isEmpty && errors.allSatisfy { $0.kind == .convergence && $0.message.contains("bias_samples") })
  }
}

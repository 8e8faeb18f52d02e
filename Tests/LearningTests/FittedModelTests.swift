import Energies
import Files
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// What a model says of itself, and the features that its options lay over the data.
@Suite struct FittedModelTests {
  private static func model(_ options: ModelOptions = .linear()) throws -> FittedModel {
    try FittedModel.fit(try Populations.contracting(), options)
  }

  // MARK: Times of a rollout

  /// Fitted at 0, 0.5 and 1.25; afterwards in steps of 0.75.
  @Test func rolloutTimes() throws {
    let model = try Self.model()
    #expect(try model.rolloutTimes(from: nil, steps: 0) == [0])
    #expect(try model.rolloutTimes(from: nil, steps: 2) == [0, 0.5, 1.25])
    #expect(try model.rolloutTimes(from: nil, steps: 4) == [0, 0.5, 1.25, 2, 2.75])
    #expect(try model.rolloutTimes(from: 0.5, steps: 2) == [0.5, 1.25, 2])
    #expect(try model.rolloutTimes(from: 1.25, steps: 1) == [1.25, 2])
    for start in [0.25, -1, 2, .infinity, .nan] {
      let error = engineError { _ = try model.rolloutTimes(from: start, steps: 1) }
      #expect(error?.kind == .invalid && error?.message.contains("t0 = \(start)") == true)
    }
  }

  // MARK: Description

  @Test func description() throws {
    let model = try Self.model(.network([4, 3], .explicit, timeVarying: true), epochs: 3)
    let description = try #require(JSON.parse(Array(model.description.text.utf8)[...]))
    #expect(description["dimension"]?.integer == 2 && description["fitted"]?.bool == true)
    // (3 + 1) 4 + (4 + 1) 3 + 3 + 1
    #expect(description["parameters"]?.integer == 35 && description["losses"]?.integer == 3)
    #expect(description["times"]?.array?.map(\.double) == [0, 0.5, 1.25])
    #expect(description["length_scale"]?.double == model.standardization.length)
    #expect(description["final_loss"]?.double == model.history[2])
    #expect(description["model"]?["scheme"]?.string == "explicit")
    #expect(description["model"]?["time_varying"]?.bool == true)
    #expect(description["model"]?["hidden"]?.integers == [4, 3])
    #expect(description["fit"]?["epochs"]?.integer == 3)
  }

  private static func model(_ options: ModelOptions, epochs: Int) throws -> FittedModel {
    try FittedModel.fit(try Populations.contracting(), options, FitOptions(epochs: epochs))
  }

  // MARK: Layout of features

  private static func basis(
    _ series: SnapshotSeries, _ options: ModelOptions, seed: UInt64 = 0
  ) throws -> FeatureBasis {
    let model = try FittedModel.fit(series, options, FitOptions(ridge: .fixed(1e-3), seed: seed))
    guard case .features(let expansion)? = model.learned.potential else {
      throw EngineError(.internalDefect, "no features")
    }
    return expansion.basis
  }

  /// A grid spans the box of all points; the width is 0.8 of its mean spacing, or what the options say, in the user's
  /// length.
  @Test func gridSpansTheData() throws {
    let series = try Populations.contracting()
    let standard = try Standardization(series)
    let basis = try Self.basis(series, .linear(degree: 1, grid: 4))
    #expect(basis.monomials.count == 3 && basis.bumps.count == 16 && basis.timeDegree == 0)
    let centers = basis.bumps.centers
    var extents: [Double] = []
    for column in 0..<2 {
      let coordinates = series.snapshots.flatMap { snapshot in
        (0..<snapshot.points.rows).map { (snapshot.points[$0, column] - standard.center[column]) / standard.length }
      }
      let (low, high) = (coordinates.min() ?? 0, coordinates.max() ?? 0)
      let stands = Set((0..<16).map { centers[$0, column] }).sorted()
      let expected = (0..<4).map { low + Double($0) / 3 * (high - low) }
      #expect(stands.count == 4 && largest(difference(stands, expected)) < 1e-14)
      extents.append(high - low)
    }
    #expect(abs(basis.bumps.width - 0.8 * (extents[0] + extents[1]) / 2 / 3) < 1e-14)
    #expect(Set((0..<16).map { Array(centers.row($0)) }).count == 16)
    let wide = try Self.basis(series, .linear(degree: 1, grid: 4, width: 3))
    #expect(abs(wide.bumps.width - 3 / standard.length) < 1e-14)
    #expect(try Self.basis(series, .linear(degree: 1, grid: 1)).bumps.count == 1)
  }

  /// 10^4 places are too many for a grid: some of the points themselves, which the seed chooses.
  @Test func centersFromTheData() throws {
    let series = try Populations.series(
      [Populations.normal(30, 4, seed: 91), Populations.normal(25, 4, seed: 92)], times: [0, 1])
    let options = ModelOptions.linear(degree: 1, grid: 10, centers: 12)
    let standard = try Standardization(series)
    let basis = try Self.basis(series, options)
    #expect(basis.bumps.count == 12 && basis.bumps.width > 0)
    let points = Set(
      series.snapshots.flatMap { $0.points.elements.withUnsafeBufferPointer { standard.points($0) }.chunks(of: 4) })
    let centers = (0..<12).map { Array(basis.bumps.centers.row($0)) }
    #expect(Set(centers).count == 12 && Set(centers).isSubset(of: points))
    #expect(try Self.basis(series, options) == basis)
    #expect(try Self.basis(series, options, seed: 1).bumps.centers != basis.bumps.centers)
    // More centres than points: all points.
    #expect(try Self.basis(series, .linear(degree: 1, grid: 10, centers: 3000)).bumps.count == 55)
  }

  @Test func noFeaturesAtAll() throws {
    let error = engineError { _ = try Self.model(.linear(degree: 0)) }
    #expect(error?.kind == .invalid && error?.message.contains("polynomial_degree = 0") == true)
  }

  @Test func timeDegreeCounts() throws {
    let series = try Populations.contracting()
    // Two transitions bear no more than a line in time.
    #expect(series.snapshots.count == 3)
    #expect(try Self.basis(series, .linear(timeVarying: true)).timeDegree == 1)
    #expect(try Self.basis(series, .linear()).timeDegree == 0)
    let model = try Self.model(.linear(degree: 2, timeVarying: true))
    #expect(model.parameterCount == 2 * 8 && model.history.count == 1)
  }
}

extension [Double] {
  fileprivate func chunks(of size: Int) -> [[Double]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<$0 + size]) }
  }
}

import Energies
import Files
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// The features that options lay over the data, and their way through a file.
@Suite struct FeatureSelectionTests {
  private static let options: [FeatureOptions] = [
    FeatureOptions(polynomialDegree: 3, polynomialTotal: true, radialGrid: 0),
    FeatureOptions(polynomialDegree: 2, trigonometric: true, radialGrid: 0, timeDegree: 1),
    FeatureOptions(polynomialDegree: 0, radial: .thinPlate, radialGrid: 3),
    FeatureOptions(
      polynomialDegree: 1, radial: .inverseMultiquadric, radialGrid: 60, radialCenters: 12, radialWidth: 2),
    FeatureOptions(polynomialDegree: 0, radialGrid: 0, fourierFeatures: 15),
    FeatureOptions(polynomialDegree: 1, trigonometric: true, radialGrid: 4, fourierFeatures: 4, fourierScale: 0.5),
  ]

  private static func model(_ features: FeatureOptions, timeVarying: Bool = false) -> ModelOptions {
    ModelOptions(potential: .linear(features), scheme: .explicit, timeVarying: timeVarying)
  }

  @Test(arguments: options) func filesKeepEveryFamily(features: FeatureOptions) throws {
    let model = try FittedModel.fit(
      try Populations.contracting(), Self.model(features, timeVarying: true), FitOptions(ridge: .fixed(1e-3)))
    let loaded = try withFolder { folder in
      try model.save("\(folder)/m")
      return try FittedModel.load("\(folder)/m")
    }
    #expect(loaded.learned == model.learned && loaded.options == model.options)
    #expect(
      bits(loaded.requiredPotential.gradients([0.3, 1], time: 1))
        == bits(model.requiredPotential.gradients([0.3, 1], time: 1)))
  }

  @Test func familiesFollowTheOptions() throws {
    let series = try Populations.contracting()
    let standard = try Standardization(series)
    func counts(_ features: FeatureOptions) throws -> [Int] {
      try FeatureBasis(potential: features, series, standard, Self.model(features), seed: 0).families.map(\.count)
    }
    #expect(try Self.options.map(counts) == [[9], [8, 16], [9], [3, 12], [16], [3, 6, 16, 4]])
  }

  /// A grid over differences is symmetric about 0 and reaches as far as the widest snapshot; no feature is constant.
  @Test func interactionsStandOnDifferences() throws {
    let series = try Populations.contracting(offset: 100)
    let standard = try Standardization(series)
    let features = FeatureOptions(polynomialDegree: 2, radialGrid: 5)
    let basis = try FeatureBasis(interaction: features, series, standard, Self.model(features), seed: 0)
    #expect(basis.timeDegree == 0 && basis.names.prefix(8).allSatisfy { $0.hasPrefix("x") })
    let centers = basis.bumps.centers
    let extent = (0..<2).map { k in
      series.snapshots.map { snapshot in
        let column = (0..<snapshot.points.rows).map { snapshot.points[$0, k] }
        return ((column.max() ?? 0) - (column.min() ?? 0)) / standard.length
      }.max() ?? 0
    }
    for k in 0..<2 {
      let places = Set((0..<25).map { centers[$0, k] }).sorted()
      #expect(largest(difference(places, [-1, -0.5, 0, 0.5, 1].map { $0 * extent[k] })) < 1e-12)
    }
    let drawn = FeatureOptions(polynomialDegree: 0, radialGrid: 100, radialCenters: 20, fourierFeatures: 6)
    let other = try FeatureBasis(interaction: drawn, series, standard, Self.model(drawn), seed: 3)
    #expect(other.families.map(\.count) == [20, 6])
    #expect(try FeatureBasis(interaction: drawn, series, standard, Self.model(drawn), seed: 3) == other)
    #expect(try FeatureBasis(interaction: drawn, series, standard, Self.model(drawn), seed: 4) != other)
    for row in 0..<20 { #expect(zip(other.bumps.centers.row(row), extent).allSatisfy { abs($0) <= $1 + 1e-12 }) }
  }

  /// The host's features are those of the user's coordinates, and stay with the host.
  @Test func hostFeatures() throws {
    let series = try Populations.contracting(offset: 5)
    var features = FeatureOptions(polynomialDegree: 0, radialGrid: 0)
    features.host = HostFeatures(count: 1) { points, n, d, values, jacobians in
      for i in 0..<n {
        values?[i] = points[i * d] * points[i * d]
        jacobians?[i * d] = 2 * points[i * d]
        for k in 1..<d { jacobians?[i * d + k] = 0 }
      }
    }
    let standard = try Standardization(series)
    let basis = try FeatureBasis(potential: features, series, standard, Self.model(features), seed: 0)
    let expansion = FeatureExpansion(basis: basis, coefficients: [1])
    let z = [0.5, -1]
    let x = standard.center[0] + standard.length * z[0]
    #expect(abs(expansion.values(z)[0] - x * x) < 1e-13 * x * x)
    #expect(abs(expansion.gradients(z)[0] - 2 * x * standard.length) < 1e-13 * abs(x))
    let model = try FittedModel.fit(series, Self.model(features))
    let error = try withFolder { folder in engineError { try model.save("\(folder)/m") } }
    #expect(error?.kind == .invalid && error?.message.contains("callback") == true)
  }

  @Test func descriptionsComeBack() {
    for features in Self.options {
      #expect(FeatureOptions(.object(features.description)) == features)
      #expect(features.isValid)
    }
    for change: (inout FeatureOptions) -> Void in [
      { $0.fourierFeatures = 20_001 }, { $0.fourierScale = -1 }, { $0.fourierCoordinates = -1 },
      { $0.fourierScale = .infinity },
      { $0.radialGrid = 101 },
      { $0.polynomialDegree = 9 },
    ] {
      var features = FeatureOptions()
      change(&features)
      #expect(!features.isValid)
    }
  }
}

import Energies

/// Which features a linear energy has; see the C header for each field's meaning.
package struct FeatureOptions: Sendable, Equatable {
  /// Nil for 4 in one and two coordinates, and 2 in more.
  package var polynomialDegree: Int?
  /// Whether the degree bounds the sum of exponents; nil to choose by the number of coordinates.
  package var polynomialTotal: Bool?
  package var trigonometric: Bool
  package var radial: RadialFunctions.Kind
  package var radialGrid: Int
  package var radialCenters: Int
  /// In the user's length; 0 to choose from the spacing.
  package var radialWidth: Double
  package var fourierFeatures: Int
  /// In the user's length; 0 to choose from the data.
  package var fourierScale: Double
  /// How many coordinates each frequency acts on; 0 for all.
  package var fourierCoordinates: Int
  package var timeDegree: Int
  package var host: HostFeatures?

  package init(
    polynomialDegree: Int? = nil, polynomialTotal: Bool? = nil, trigonometric: Bool = false,
    radial: RadialFunctions.Kind = .gaussian, radialGrid: Int = 10, radialCenters: Int = 100, radialWidth: Double = 0,
    fourierFeatures: Int = 0, fourierScale: Double = 0, fourierCoordinates: Int = 0, timeDegree: Int = 3
  ) {
    self.polynomialDegree = polynomialDegree
    self.polynomialTotal = polynomialTotal
    self.trigonometric = trigonometric
    self.radial = radial
    self.radialGrid = radialGrid
    self.radialCenters = radialCenters
    self.radialWidth = radialWidth
    self.fourierFeatures = fourierFeatures
    self.fourierScale = fourierScale
    self.fourierCoordinates = fourierCoordinates
    self.timeDegree = timeDegree
  }

  /// A polynomial or radial family with more members than this is replaced by a smaller one.
  package static let familyLimit = 3000

  package static let polynomialDegrees = 0...8
  package static let radialGrids = 0...100
  package static let radialCenterCounts = 0...familyLimit
  package static let fourierCounts = 0...20_000
  package static let hostCounts = 1...familyLimit
  package static let fourierCoordinateCounts = 0...1_000_000
  package static let timeDegrees = 1...8

  /// Whether every number is in its range; asked of options from files, which no boundary has checked.
  package var isValid: Bool {
    polynomialDegree.map(Self.polynomialDegrees.contains) ?? true && Self.radialGrids.contains(radialGrid)
      && Self.radialCenterCounts.contains(radialCenters) && Self.fourierCounts.contains(fourierFeatures)
      && Self.fourierCoordinateCounts.contains(fourierCoordinates)
      && Self.timeDegrees.contains(timeDegree)
      && [radialWidth, fourierScale].allSatisfy { $0 >= 0 && $0.isFinite }
  }
}

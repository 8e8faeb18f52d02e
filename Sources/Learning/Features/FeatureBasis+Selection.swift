import Energies
import Numerics
import Snapshots

extension FeatureBasis {
  /// The features of V that the options ask for, laid out over the data, in standardised coordinates.
  package init(
    potential options: FeatureOptions, _ series: SnapshotSeries, _ standardization: Standardization,
    _ model: ModelOptions, seed: UInt64
  ) throws {
    let points = series.snapshots.flatMap { snapshot in
      snapshot.points.elements.withUnsafeBufferPointer { standardization.points($0) }
    }
    let data = PointCloud(
      Matrix(rows: points.count / series.dimension, columns: series.dimension, elements: points), seed: seed)
    try self.init(
      options, data, standardization, "V",
      timeDegree: model.timeVarying ? min(options.timeDegree, series.snapshots.count - 2) : 0)
  }

  /// The features of U, laid out over differences of points of the same snapshot: on a grid symmetric about 0, or about
  /// centres drawn from the differences.
  package init(
    interaction options: FeatureOptions, _ series: SnapshotSeries, _ standardization: Standardization,
    _ model: ModelOptions, seed: UInt64
  ) throws {
    try self.init(
      options, DifferenceCloud(series, length: standardization.length, seed: seed), standardization, "U",
      timeDegree: 0)
  }

  private init(
    _ options: FeatureOptions, _ cloud: any Cloud, _ standardization: Standardization, _ energy: String,
    timeDegree: Int
  ) throws {
    let d = cloud.dimension
    // Where exponents are bounded one by one, their sum reaches d times p, which is safe in up to two coordinates.
    let monomials = Monomials(
      dimension: d, degree: options.polynomialDegree ?? Self.usualDegree(d), limit: FeatureOptions.familyLimit,
      totalDegree: options.polynomialTotal ?? (d > 2))
    var families: [FeatureFamily] = []
    if monomials.count > 0 {
      families.append(.monomials(monomials))
      if options.trigonometric { families.append(.trigonometric(Trigonometric(monomials))) }
    }
    if let functions = Self.radial(options, cloud, standardization), functions.count > 0 {
      families.append(.radial(functions))
    }
    if options.fourierFeatures > 0 {
      families.append(.fourier(try Self.fourier(options, cloud, standardization)))
    }
    if let host = options.host {
      let center = energy == "V" ? standardization.center : [Double](repeating: 0, count: d)
      families.append(.callback(host.standardized(center: center, length: standardization.length)))
    }
    guard !families.isEmpty else {
      throw EngineError(
        .invalid,
        "polynomial_degree = \(options.polynomialDegree ?? -1) leaves no features of \(energy) in \(counted(d, "coordinate")), for there are no radial functions and no random Fourier features either"
      )
    }
    self.init(dimension: d, families: families, timeDegree: timeDegree)
  }

  /// In one and two coordinates the degree 4 of the paper, which is safe there. In more coordinates particles leave the
  /// region where the tails of a quartic are known. Explicit steps then carry single particles away (to distances of
  /// 1e16 in one step on real cells), and 37 % of the implicit steps have no solution. Quadratics have neither problem.
  private static func usualDegree(_ d: Int) -> Int { d <= 2 ? 4 : 2 }

  private static func fourier(
    _ options: FeatureOptions, _ cloud: any Cloud, _ standardization: Standardization
  ) throws -> FourierFeatures {
    let d = cloud.dimension
    let each = options.fourierCoordinates > 0 ? min(d, options.fourierCoordinates) : d
    // In `each` of d coordinates the squared distance is on average the part each / d of the whole.
    let scale =
      options.fourierScale > 0
      ? options.fourierScale / standardization.length
      : cloud.medianDistance * (Double(each) / Double(d)).squareRoot()
    let random = cloud.random(.frequencies)
    try requireMemory(
      options.fourierFeatures / 2 + 1, d, of: Double.self,
      for: "\(options.fourierFeatures) Fourier features in \(d) coordinates")
    return FourierFeatures(
      dimension: d, count: options.fourierFeatures, coordinates: each, scale: scale > 0 ? scale : 1,
      seed: random.seed, stream: random.stream)
  }

  /// Functions of the distance on a grid over the box of the data; where that would be too large, about points drawn
  /// from the data.
  private static func radial(
    _ options: FeatureOptions, _ cloud: any Cloud, _ standardization: Standardization
  ) -> RadialFunctions? {
    guard options.radialGrid > 0 else { return nil }
    func width(_ spacing: Double) -> Double {
      options.radialWidth > 0 ? options.radialWidth / standardization.length : 0.8 * (spacing > 0 ? spacing : 1)
    }
    if isGridSmall(options.radialGrid, cloud.dimension) {
      let (axes, spacing) = grid(options.radialGrid, over: cloud.box)
      return RadialFunctions(options.radial, axes: axes, width: width(spacing))
    }
    let centers = cloud.sample(options.radialCenters)
    return RadialFunctions(options.radial, centers: centers, width: width(medianNearest(centers)))
  }

  private static func isGridSmall(_ count: Int, _ d: Int) -> Bool {
    var size = 1
    for _ in 0..<d {
      size *= count
      if size > FeatureOptions.familyLimit { return false }
    }
    return true
  }

  /// `count` places along each coordinate, and their mean spacing.
  private static func grid(_ count: Int, over box: [ClosedRange<Double>]) -> (axes: [[Double]], spacing: Double) {
    let axes = box.map { range in
      (0..<count).map { place in
        let fraction = count > 1 ? Double(place) / Double(count - 1) : 0.5
        return range.lowerBound + fraction * (range.upperBound - range.lowerBound)
      }
    }
    let extent = box.reduce(0) { $0 + ($1.upperBound - $1.lowerBound) } / Double(box.count)
    return (axes, extent / Double(max(1, count - 1)))
  }

  /// The median distance of a centre to the nearest other, 0 where there is none.
  private static func medianNearest(_ centers: Matrix) -> Double {
    let d = centers.columns
    let nearest = centers.elements.withUnsafeBufferPointer { elements in
      (0..<centers.rows).map { row in
        var least = Double.infinity
        if Interruption.stops { return least }
        for other in 0..<centers.rows where other != row {
          var squares = 0.0
          for k in 0..<d {
            let difference = elements[row * d + k] - elements[other * d + k]
            squares += difference * difference
          }
          least = min(least, squares)
        }
        return least
      }
    }.sorted()
    let median = nearest.isEmpty ? 0 : nearest[nearest.count / 2]
    return median.isFinite ? median.squareRoot() : 0
  }
}

import Energies
import Numerics
import Snapshots

extension FeatureBasis {
  /// The features that the options ask for, laid out over the data, in standardised coordinates.
  ///
  /// Bumps stand on a grid over the box of all points; where a grid would be too large, on points drawn from the data.
  package init(
    _ options: FeatureOptions, _ series: SnapshotSeries, _ standardization: Standardization, _ model: ModelOptions,
    seed: UInt64
  ) {
    let d = series.dimension
    let cloud = series.snapshots.flatMap { snapshot in
      snapshot.points.elements.withUnsafeBufferPointer { standardization.points($0) }
    }
    let grid = Self.gridSize(options.radialGrid, d)
    let centers =
      grid.map { _ in Self.grid(options.radialGrid, over: cloud, d) }
      ?? Self.sample(options.radialGrid > 0 ? options.radialCenters : 0, of: cloud, d, seed)
    let spacing = centers.spacing > 0 ? centers.spacing : 1
    let width = options.radialWidth > 0 ? options.radialWidth / standardization.length : 0.8 * spacing
    self.init(
      dimension: d,
      families: [
        // Exponents that are bounded one by one multiply up to degree d times p, which only two coordinates bear.
        .monomials(
          Monomials(
            dimension: d, degree: options.polynomialDegree ?? Self.usualDegree(d, model.scheme),
            limit: FeatureOptions.familyLimit, totalDegree: d > 2)),
        .radial(RadialFunctions(.gaussian, centers: centers.points, width: width)),
      ],
      timeDegree: model.timeVarying ? min(options.timeDegree, series.snapshots.count - 2) : 0)
  }

  /// The paper's 4 where that is safe. An implicit step ends where V is known but begins where it need not be, and the tails of a quartic
  /// in many coordinates leave it without a solution: on the cells, 37 % of the steps; of quadratics, none.
  private static func usualDegree(_ d: Int, _ scheme: Scheme) -> Int { d <= 2 || scheme == .explicit ? 4 : 2 }

  private typealias Centers = (points: Matrix, spacing: Double)

  /// Points of a grid with `count` per coordinate; nil where there are none or too many.
  private static func gridSize(_ count: Int, _ d: Int) -> Int? {
    guard count > 0 else { return nil }
    var size = 1
    for _ in 0..<d {
      size *= count
      if size > FeatureOptions.familyLimit { return nil }
    }
    return size
  }

  private static func grid(_ count: Int, over cloud: [Double], _ d: Int) -> Centers {
    var low = [Double](repeating: .infinity, count: d)
    var high = [Double](repeating: -.infinity, count: d)
    for index in cloud.indices {
      low[index % d] = min(low[index % d], cloud[index])
      high[index % d] = max(high[index % d], cloud[index])
    }
    var points: [Double] = []
    var position = [Int](repeating: 0, count: d)
    var last: Int
    repeat {
      for coordinate in 0..<d {
        let fraction = count > 1 ? Double(position[coordinate]) / Double(count - 1) : 0.5
        points.append(low[coordinate] + fraction * (high[coordinate] - low[coordinate]))
      }
      last = d - 1
      while last >= 0, position[last] == count - 1 {
        position[last] = 0
        last -= 1
      }
      if last >= 0 { position[last] += 1 }
    } while last >= 0
    let extent = zip(low, high).reduce(0) { $0 + ($1.1 - $1.0) } / Double(d)
    return (Matrix(rows: points.count / d, columns: d, elements: points), extent / Double(max(1, count - 1)))
  }

  /// `count` different points of the data, and the median distance of one to the nearest other.
  private static func sample(_ count: Int, of cloud: [Double], _ d: Int, _ seed: UInt64) -> Centers {
    var random = PhiloxSequence(seed: seed, stream: RandomPurpose.centers.stream())
    let chosen = random.permutation(cloud.count / d).prefix(count)
    let points = Matrix(rows: cloud.count / d, columns: d, elements: cloud).selecting(rows: Array(chosen))
    let nearest = (0..<points.rows).map { row in
      (0..<points.rows).filter { $0 != row }.map { other in
        zip(points.row(row), points.row(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }.min() ?? 0
    }.sorted()
    return (points, nearest.isEmpty ? 0 : nearest[nearest.count / 2].squareRoot())
  }
}

extension FeatureBasis {
  init(ofInteraction options: FeatureOptions, _ series: SnapshotSeries, _ standardization: Standardization, _ model: ModelOptions, seed: UInt64) {
    self.init(options, series, standardization, model, seed: seed)
  }
}

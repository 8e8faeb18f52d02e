import Numerics

/// Features phi_f(x, t), of which an energy is a linear combination: those of each family in turn. When time-varying,
/// all of them times 1 come first, then all times t, and so on up to t^timeDegree.
///
/// Points are row-major (n, d), with n from their count. The functions below fill one row of `stride` numbers per
/// spatial feature, which the caller multiplies by powers of time. Only features of a callback throw. They are asked
/// for on the calling thread, which must be the host's (`callsHost`). Where the host has refused to go on, rows are not
/// filled to their end; see `Interruption`.
package struct FeatureBasis: Sendable, Equatable {
  package let dimension: Int
  package let families: [FeatureFamily]
  /// 0 when constant in time.
  package let timeDegree: Int
  /// Features at one power of time.
  package let spatialCount: Int
  /// Whether the host computes some of the features.
  package let callsHost: Bool
  /// The families that are not the host's, with the number of their first feature. They are made once, because to make
  /// a value of a protocol's type takes an allocation.
  private let panelFamilies: [(features: any PanelFeatures, first: Int)]

  package init(dimension: Int, families: [FeatureFamily], timeDegree: Int) {
    precondition(families.allSatisfy { $0.dimension == dimension }, "a family has another dimension")
    self.dimension = dimension
    self.families = families
    self.timeDegree = timeDegree
    var first = 0
    var panelFamilies: [(features: any PanelFeatures, first: Int)] = []
    for family in families {
      if let features = family.panelFeatures { panelFamilies.append((features, first)) }
      first += family.count
    }
    spatialCount = first
    callsHost = panelFamilies.count < families.count
    self.panelFamilies = panelFamilies
  }

  package static func == (a: FeatureBasis, b: FeatureBasis) -> Bool {
    a.dimension == b.dimension && a.families == b.families && a.timeDegree == b.timeDegree
  }

  package var count: Int { spatialCount * (timeDegree + 1) }

  /// Fills the rows of all features at a time from those of the spatial ones: each power of time is the one before
  /// times `time`.
  package func fillPowers(of time: Double, _ rows: UnsafeMutablePointer<Double>, stride: Int, columns: Int) {
    for feature in spatialCount..<max(spatialCount, count) {
      for column in 0..<columns {
        rows[feature * stride + column] = time * rows[(feature - spatialCount) * stride + column]
      }
    }
  }

  /// phi_f(x_i) at values[f * stride + i].
  package func values(
    _ points: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>, stride: Int
  ) throws {
    try forEachHost { try $0.values(points, into: values + $1 * stride, stride: stride) }
    forEachPanel(points) { panel, start, scratch in
      forEachFamily { features, first in
        features.values(panel, into: values + first * stride + start, stride: stride, scratch)
      }
    }
  }

  /// d phi_f / d x_k at x_i, at jacobians[f * stride + i * d + k].
  package func jacobians(
    _ points: UnsafeBufferPointer<Double>, into jacobians: UnsafeMutablePointer<Double>, stride: Int
  ) throws {
    try forEachHost { try $0.jacobians(points, into: jacobians + $1 * stride, stride: stride) }
    forEachPanel(points) { panel, start, scratch in
      forEachFamily { features, first in
        features.jacobians(panel, into: jacobians + first * stride + start * dimension, stride: stride, scratch)
      }
    }
  }

  /// The mean over a population, sum_k w_k phi_f(x_i - y_k), at values[f * stride + i]; on several threads.
  package func meanValues(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into values: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try forEachHost { try $0.meanValues(points, over: population, into: values + $1 * stride, stride: stride) }
    let place = Place(values)
    forEachMean(points, population) { means, first, panel, start, scratch in
      means.values(panel, into: place.base + first * stride + start, stride: stride, scratch)
    }
  }

  /// The gradients of these means, at jacobians[f * stride + i * d + k]; on several threads.
  package func meanJacobians(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into jacobians: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try forEachHost { try $0.meanJacobians(points, over: population, into: jacobians + $1 * stride, stride: stride) }
    let (place, d) = (Place(jacobians), dimension)
    forEachMean(points, population) { means, first, panel, start, scratch in
      means.jacobians(panel, into: place.base + first * stride + start * d, stride: stride, scratch)
    }
  }

  /// A name of every feature, for reports: "x1^2 x3", "gaussian(centre 12)", "x1 t^2".
  package var names: [String] {
    let spatial = families.flatMap { family in (0..<family.count).map { family.name(of: $0) } }
    return (0...timeDegree).flatMap { power in
      spatial.map { power == 0 ? $0 : power == 1 ? "\($0) t" : "\($0) t^\(power)" }
    }
  }

  // MARK: Distribution over families

  func forEachHost(_ body: (CallbackFeatures, _ first: Int) throws -> Void) rethrows {
    var first = 0
    for family in families {
      if let features = family.hostFeatures { try body(features, first) }
      first += family.count
    }
  }

  func forEachFamily(_ body: (any PanelFeatures, _ first: Int) -> Void) {
    for family in panelFamilies { body(family.features, family.first) }
  }

  private func forEachPanel(
    _ points: UnsafeBufferPointer<Double>, _ body: (PointPanel, _ start: Int, Scratch) -> Void
  ) {
    guard let base = points.baseAddress else { return }
    let (n, size) = (points.count / dimension, PointPanel.usualCapacity(dimension))
    let (panel, scratch) = (PointPanel(dimension: dimension, capacity: min(n, size)), Scratch())
    for start in Swift.stride(from: 0, to: n, by: size) where !Interruption.stops {
      panel.load(base + start * dimension, count: min(size, n - start))
      body(panel, start, scratch)
    }
  }

  /// Pieces have 64 points, whatever the number of threads: with pairs, each of them takes long.
  private func forEachMean(
    _ points: UnsafeBufferPointer<Double>, _ population: Population,
    _ body: @Sendable (any FeatureMeans, _ first: Int, PointPanel, _ start: Int, Scratch) -> Void
  ) {
    let panels = PopulationPanels(population)
    var means: [(first: Int, means: any FeatureMeans)] = []
    forEachFamily { features, first in means.append((first, features.means(over: panels))) }
    guard let base = points.baseAddress, !means.isEmpty else { return }
    let (place, all, d) = (Place(UnsafeMutablePointer(mutating: base)), means, dimension)
    Parallel.forRangesHeeding(points.count / d, grain: 64) { range in
      let (panel, scratch) = (PointPanel(dimension: d, capacity: range.count), Scratch())
      panel.load(place.base + range.lowerBound * d, count: range.count, center: panels.center)
      for (first, means) in all { body(means, first, panel, range.lowerBound, scratch) }
    }
  }
}

/// Memory of which each thread writes its own part.
struct Place: @unchecked Sendable {
  let base: UnsafeMutablePointer<Double>

  init(_ base: UnsafeMutablePointer<Double>) { self.base = base }
}

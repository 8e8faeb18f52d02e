import Numerics

/// The field of a population through a linear interaction: W(x) = sum_k w_k U(x - y_k).
///
/// Families whose mean is again a combination of features are evaluated as such, in O(1) per point; the others at all
/// pairs.
struct FeatureField: Potential {
  private let expansion: FeatureExpansion
  private let population: PopulationPanels
  /// Features about the population's mean, with their weights for each power of time.
  private var smooth: [(features: any PanelFeatures, weights: [[Double]])] = []
  /// Features of differences, and where their weights begin.
  private var paired: [(features: any PanelFeatures, first: Int)] = []
  /// Features of the host.
  private let host: PairField<FeatureExpansion>?

  init(_ expansion: FeatureExpansion, of population: Population) {
    self.expansion = expansion
    let panels = PopulationPanels(population)
    self.population = panels
    let basis = expansion.basis
    var (smooth, paired) = (self.smooth, self.paired)
    basis.forEachFamily { features, first in
      let weights = (0...basis.timeDegree).map { power in
        let start = power * basis.spatialCount + first
        return Array(expansion.coefficients[start..<start + features.count])
      }
      if let found = features.smoothed(over: panels, weights: weights) {
        smooth.append((found.0, found.weights))
      } else {
        paired.append((features, first))
      }
    }
    (self.smooth, self.paired) = (smooth, paired)
    host = basis.callsHost ? PairField(expansion.ofHost, population) : nil
  }

  var dimension: Int { expansion.dimension }
  var callsHost: Bool { host != nil }

  func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    run(points, time, width: 1, into: values) { features, panel, weights, _, sums, scratch in
      features.addValues(panel, weights: weights, to: sums, scratch)
    }
    addHost(to: values) { $0.values(points, time: time, into: $1) }
  }

  func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    run(points, time, width: dimension, into: gradients) { features, panel, weights, _, sums, scratch in
      features.addGradients(panel, weights: weights, to: sums, scratch)
    }
    addHost(to: gradients) { $0.gradients(points, time: time, into: $1) }
  }

  func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    guard let along = directions.baseAddress else { return }
    let place = Place(UnsafeMutablePointer(mutating: along))
    run(points, time, width: dimension, directions: place, into: products) {
      features, panel, weights, directions, sums, scratch in
      features.addHessianProducts(panel, weights: weights, directions: directions.base, to: sums, scratch)
    }
    addHost(to: products) { $0.hessianProducts(points, directions: directions, time: time, into: $1) }
  }

  private typealias Combine =
    @Sendable (
      any PanelFeatures, PointPanel, _ weights: UnsafePointer<Double>, _ directions: PointPanel,
      _ sums: UnsafeMutablePointer<Double>, Scratch
    ) -> Void

  /// Takes 64 points at a time, on several threads: first the smooth features at all of them, then the pairs of each
  /// point.
  private func run(
    _ points: UnsafeBufferPointer<Double>, _ time: Double, width: Int, directions: Place? = nil,
    into results: UnsafeMutableBufferPointer<Double>, _ combine: Combine
  ) {
    guard let base = points.baseAddress, let out = results.baseAddress else { return }
    let (d, weights) = (dimension, expansion.weights(at: time) + [0])
    let smoothWeights = smooth.map { Self.polynomial($0.weights, at: time) + [0] }
    let (source, target) = (Place(UnsafeMutablePointer(mutating: base)), Place(out))
    Parallel.forRangesHeeding(points.count / d, grain: paired.isEmpty ? 1024 : 64) { range in
      let work = Workspace(dimension: d, width: width, capacity: population.panels.first?.capacity ?? 0)
      for start in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
        let n = min(64, range.upperBound - start)
        work.points.load(source.base + start * d, count: n, center: population.center)
        if let directions { work.directions.load(directions.base + start * d, count: n) }
        work.sums.zero()
        for (family, weights) in zip(smooth, smoothWeights) {
          combine(family.features, work.points, weights, work.directions, work.sums.base, work.scratch)
        }
        let lanes = work.points.lanes
        for index in 0..<n {
          if !paired.isEmpty, Interruption.stops { return }
          let result = target.base + (start + index) * width
          for column in 0..<width { result[column] = work.sums.base[column * lanes + index] }
          if !paired.isEmpty {
            addPairs(index, weights, directed: directions != nil, width: width, work, to: result, combine)
          }
        }
      }
    }
  }

  /// Adds the sums over all pairs of one point.
  private func addPairs(
    _ index: Int, _ weights: [Double], directed: Bool, width: Int, _ work: Workspace,
    to result: UnsafeMutablePointer<Double>, _ combine: Combine
  ) {
    for k in 0..<dimension {
      work.point.base[k] = work.points.row(k)[index]
      if directed { work.direction.base[k] = work.directions.row(k)[index] }
    }
    for (panel, masses) in zip(population.panels, population.weights) {
      work.differences.loadDifferences(from: work.point.base, to: panel)
      if directed { work.repeated.load(repeating: work.direction.base, like: panel) }
      work.pairSums.base.update(repeating: 0, count: width * panel.lanes)
      weights.withUnsafeBufferPointer { weights in
        guard let weights = weights.baseAddress else { return }
        for (features, first) in paired {
          combine(features, work.differences, weights + first, work.repeated, work.pairSums.base, work.scratch)
        }
      }
      for column in 0..<width {
        result[column] += Double.kernels.innerProduct(
          count: panel.lanes, a: work.pairSums.base + column * panel.lanes, b: masses.base)
      }
    }
  }

  private func addHost(
    to results: UnsafeMutableBufferPointer<Double>,
    _ evaluate: (PairField<FeatureExpansion>, UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    guard let host else { return }
    var terms = [Double](repeating: 0, count: results.count)
    terms.withUnsafeMutableBufferPointer { evaluate(host, $0) }
    for index in terms.indices { results[index] += terms[index] }
  }

  private static func polynomial(_ coefficients: [[Double]], at time: Double) -> [Double] {
    coefficients.reversed().reduce([Double](repeating: 0, count: coefficients[0].count)) { sums, next in
      zip(sums, next).map { $0 * time + $1 }
    }
  }
}

/// What one thread needs to evaluate a field.
private final class Workspace {
  let points: PointPanel
  let directions: PointPanel
  let differences: PointPanel
  /// The direction of one point, repeated for each difference.
  let repeated: PointPanel
  let sums: AlignedBuffer<Double>
  let pairSums: AlignedBuffer<Double>
  let point: AlignedBuffer<Double>
  let direction: AlignedBuffer<Double>
  let scratch = Scratch()

  init(dimension: Int, width: Int, capacity: Int) {
    points = PointPanel(dimension: dimension, capacity: 64)
    directions = PointPanel(dimension: dimension, capacity: 64)
    differences = PointPanel(dimension: dimension, capacity: capacity)
    repeated = PointPanel(dimension: dimension, capacity: capacity)
    sums = AlignedBuffer(count: width * points.capacity)
    pairSums = AlignedBuffer(count: width * differences.capacity)
    point = AlignedBuffer(count: dimension)
    direction = AlignedBuffer(count: dimension)
  }
}

extension FeatureExpansion {
  /// The part of the expansion that the host computes.
  fileprivate var ofHost: FeatureExpansion {
    let families = basis.families.filter { $0.hostFeatures != nil }
    var coefficients: [Double] = []
    for power in 0...basis.timeDegree {
      basis.forEachHost { features, first in
        let start = power * basis.spatialCount + first
        coefficients += self.coefficients[start..<start + features.count]
      }
    }
    return FeatureExpansion(
      basis: FeatureBasis(dimension: dimension, families: families, timeDegree: basis.timeDegree),
      coefficients: coefficients)
  }
}

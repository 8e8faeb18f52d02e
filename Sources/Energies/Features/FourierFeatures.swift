import Numerics

/// Random Fourier features: a cos(w_f . x), then a sin(w_f . x), for m frequencies w_f and a = 1 / sqrt m.
///
/// With w ~ N(0, I / scale^2), inner products of features approach the Gaussian kernel exp(-|x - y|^2 / (2 scale^2)) as
/// m grows (Rahimi and Recht, "Random features for large-scale kernel machines", NIPS 2007). All gradients of a pair
/// point along its w_f.
package struct FourierFeatures: Sendable, Equatable {
  /// w, shape (m, d).
  package let frequencies: Matrix

  package init(frequencies: Matrix) { self.frequencies = frequencies }

  /// Frequencies for `count` features, rounded up to pairs.
  ///
  /// - Parameter coordinates: how many coordinates each frequency acts on; all are used equally often, and the features
  ///   stand for sums of functions of so many coordinates
  package init(dimension: Int, count: Int, coordinates: Int? = nil, scale: Double, seed: UInt64, stream: UInt64) {
    var random = PhiloxSequence(seed: seed, stream: stream)
    let pairs = count / 2 + count % 2
    let each = min(dimension, max(1, coordinates ?? dimension))
    var frequencies = Matrix(rows: pairs, columns: dimension)
    var deck: [Int] = []
    for pair in 0..<pairs {
      if each == dimension {
        for column in 0..<dimension { frequencies[pair, column] = random.normal() / scale }
        continue
      }
      // Coordinates are dealt from a shuffled deck, so that none is left out for long.
      if deck.count < each { deck = random.permutation(dimension) }
      for column in deck.suffix(each) { frequencies[pair, column] = random.normal() / scale }
      deck.removeLast(each)
    }
    self.init(frequencies: frequencies)
  }

  package var amplitude: Double { 1 / Double(max(1, frequencies.rows)).squareRoot() }

  /// Frequencies that are worked on together: their rows stay in the second cache.
  private static let group = 128

  /// The means of cos w.u and sin w.u over a population, for one frequency; (1, 0) where there is no population.
  fileprivate typealias Rotation = (cosine: Double, sine: Double)

  /// Calls `body` for groups of frequencies, with their vectors, and the sines and cosines of their phases. `free` is
  /// room for `extra` rows per frequency and for 2 d more.
  fileprivate func forEachGroup(
    _ points: PointPanel, _ scratch: Scratch, extra: Int = 0,
    _ body: (
      _ frequencies: Range<Int>, _ vectors: UnsafePointer<Double>, _ sines: UnsafeMutablePointer<Double>,
      _ cosines: UnsafeMutablePointer<Double>, _ free: UnsafeMutablePointer<Double>
    ) -> Void
  ) {
    let (d, lanes) = (dimension, points.lanes)
    let size = min(Self.group, frequencies.rows)
    let room = scratch.room(((3 + extra) * size + 2 * d) * lanes)
    let (sines, cosines) = (room + size * lanes, room + 2 * size * lanes)
    frequencies.elements.withUnsafeBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      for first in stride(from: 0, to: frequencies.rows, by: max(1, size)) {
        let range = first..<min(frequencies.rows, first + size)
        let vectors = base + first * d
        Double.kernels.panelProduct(
          rows: range.count, columns: lanes, depth: d, a: vectors, rowStride: d, columnStride: 1, b: points.base,
          bias: nil, c: room)
        Double.kernels.sineCosine(count: range.count * lanes, x: room, sines: sines, cosines: cosines)
        body(range, vectors, sines, cosines, room + 3 * size * lanes)
      }
    }
  }

  /// out = a x + b y
  fileprivate static func combine(
    _ a: Double, _ x: UnsafePointer<Double>, _ b: Double, _ y: UnsafePointer<Double>, _ count: Int,
    _ out: UnsafeMutablePointer<Double>
  ) {
    for index in 0..<count { out[index] = a * x[index] + b * y[index] }
  }
}

extension FourierFeatures: PanelFeatures {
  package var dimension: Int { frequencies.columns }
  package var count: Int { 2 * frequencies.rows }

  func name(of feature: Int) -> String {
    let pairs = frequencies.rows
    return feature < pairs ? "cos(w\(feature + 1) . x)" : "sin(w\(feature - pairs + 1) . x)"
  }

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    self.values(points, into: values, stride: stride, scratch) { _ in (1, 0) }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    self.jacobians(points, into: jacobians, stride: stride, scratch) { _ in (1, 0) }
  }

  /// Rows of a (C cos + S sin) and a (C sin - S cos) of the phases, (C, S) being the rotation.
  fileprivate func values(
    _ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch,
    _ rotation: (Int) -> Rotation
  ) {
    let lanes = points.lanes
    forEachGroup(points, scratch) { range, _, sines, cosines, _ in
      for (place, f) in range.enumerated() {
        let (c, s) = (amplitude * rotation(f).cosine, amplitude * rotation(f).sine)
        let (sine, cosine) = (sines + place * lanes, cosines + place * lanes)
        Self.combine(c, cosine, s, sine, points.count, values + f * stride)
        Self.combine(c, sine, -s, cosine, points.count, values + (frequencies.rows + f) * stride)
      }
    }
  }

  fileprivate func jacobians(
    _ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch,
    _ rotation: (Int) -> Rotation
  ) {
    let (d, lanes, kernels) = (dimension, points.lanes, Double.kernels)
    forEachGroup(points, scratch) { range, vectors, sines, cosines, free in
      for (place, f) in range.enumerated() {
        let (c, s) = (amplitude * rotation(f).cosine, amplitude * rotation(f).sine)
        let (sine, cosine) = (sines + place * lanes, cosines + place * lanes)
        Self.combine(-c, sine, s, cosine, points.count, free)
        kernels.outerRows(
          dimension: d, count: points.count, a: free, v: vectors + place * d, out: jacobians + f * stride)
        Self.combine(c, cosine, s, sine, points.count, free)
        kernels.outerRows(
          dimension: d, count: points.count, a: free, v: vectors + place * d,
          out: jacobians + (frequencies.rows + f) * stride)
      }
    }
  }

  func addValues(
    _ points: PointPanel, weights: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let lanes = points.lanes
    forEachGroup(points, scratch) { range, _, sines, cosines, _ in
      for (place, f) in range.enumerated() {
        Double.kernels.add(count: lanes, weight: amplitude * weights[f], a: cosines + place * lanes, out: values)
        Double.kernels.add(
          count: lanes, weight: amplitude * weights[frequencies.rows + f], a: sines + place * lanes, out: values)
      }
    }
  }

  func addGradients(
    _ points: PointPanel, weights: UnsafePointer<Double>, to gradients: UnsafeMutablePointer<Double>,
    _ scratch: Scratch
  ) {
    let (d, lanes) = (dimension, points.lanes)
    forEachGroup(points, scratch) { range, vectors, sines, cosines, free in
      for (place, f) in range.enumerated() {
        // The result replaces the sines.
        let (sine, cosine) = (sines + place * lanes, cosines + place * lanes)
        Self.combine(
          -amplitude * weights[f], sine, amplitude * weights[frequencies.rows + f], cosine, lanes, sine)
      }
      Double.kernels.panelProduct(
        rows: d, columns: lanes, depth: range.count, a: vectors, rowStride: 1, columnStride: d, b: sines, bias: nil,
        c: free)
      Double.kernels.add(count: d * lanes, weight: 1, a: free, out: gradients)
    }
  }

  func addHessianProducts(
    _ points: PointPanel, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    let (d, lanes) = (dimension, points.lanes)
    forEachGroup(points, scratch, extra: 1) { range, vectors, sines, cosines, free in
      let along = free + d * lanes
      Double.kernels.panelProduct(
        rows: range.count, columns: lanes, depth: d, a: vectors, rowStride: d, columnStride: 1, b: directions,
        bias: nil, c: along)
      for (place, f) in range.enumerated() {
        let (sine, cosine) = (sines + place * lanes, cosines + place * lanes)
        Self.combine(
          -amplitude * weights[f], cosine, -amplitude * weights[frequencies.rows + f], sine, lanes, sine)
      }
      Double.kernels.hadamard(count: range.count * lanes, a: sines, b: along, out: along)
      Double.kernels.panelProduct(
        rows: d, columns: lanes, depth: range.count, a: vectors, rowStride: 1, columnStride: d, b: along, bias: nil,
        c: free)
      Double.kernels.add(count: d * lanes, weight: 1, a: free, out: products)
    }
  }

  // MARK: Means

  func means(over population: PopulationPanels) -> any FeatureMeans {
    FourierMeans(features: self, characteristic: characteristic(of: population))
  }

  /// The means are combinations of the same waves, with weights that are rotated frequency by frequency.
  func smoothed(over population: PopulationPanels, weights: [[Double]]) -> (any PanelFeatures, weights: [[Double]])? {
    let (pairs, characteristic) = (frequencies.rows, characteristic(of: population))
    let turned = weights.map { weights in
      var turned = weights
      for f in 0..<pairs {
        let (c, s) = characteristic[f]
        turned[f] = weights[f] * c - weights[pairs + f] * s
        turned[pairs + f] = weights[f] * s + weights[pairs + f] * c
      }
      return turned
    }
    return (self, turned)
  }

  /// The population's empirical characteristic function about its mean, at every frequency: sum_k w_k exp(i w . u_k).
  private func characteristic(of population: PopulationPanels) -> [Rotation] {
    var values = [Rotation](repeating: (0, 0), count: frequencies.rows)
    let scratch = Scratch()
    for (panel, weights) in zip(population.panels, population.weights) where !Interruption.stops {
      forEachGroup(panel, scratch) { range, _, sines, cosines, _ in
        for (place, f) in range.enumerated() {
          let offset = place * panel.lanes
          values[f].cosine += Double.kernels.innerProduct(count: panel.lanes, a: cosines + offset, b: weights.base)
          values[f].sine += Double.kernels.innerProduct(count: panel.lanes, a: sines + offset, b: weights.base)
        }
      }
    }
    return values
  }
}

/// Mean waves: cos w.(z - u) = cos w.z cos w.u + sin w.z sin w.u and alike for the sine, so that a population enters by
/// its characteristic function. O(n + m) for n points and m particles.
private struct FourierMeans: FeatureMeans {
  let features: FourierFeatures
  let characteristic: [FourierFeatures.Rotation]

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    features.values(points, into: values, stride: stride, scratch) { characteristic[$0] }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    features.jacobians(points, into: jacobians, stride: stride, scratch) { characteristic[$0] }
  }
}

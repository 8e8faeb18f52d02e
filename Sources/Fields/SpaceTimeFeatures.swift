import Numerics

/// Features of place and time: random cosines and sines, 1, the coordinates, and time.
///
/// With frequencies w ~ N(0, I / length^2) of place and omega ~ N(0, 1 / duration^2) of time, sums over the cosines and
/// sines of w . x + omega t approach Gaussian processes of these scales (Rahimi and Recht, "Random features for
/// large-scale kernel machines", NIPS 2007).
package struct SpaceTimeFeatures: Sendable {
  package let dimension: Int
  /// Shape (m, d + 1), standard normal, since `fill` divides by the scales.
  package let frequencies: Matrix
  package let length: Double
  package let duration: Double

  package var waves: Int { frequencies.rows }
  /// cos, sin; 1, coordinates, time.
  package var count: Int { 2 * waves + dimension + 2 }

  package init(frequencies: Matrix, length: Double, duration: Double) {
    (dimension, self.frequencies) = (frequencies.columns - 1, frequencies)
    (self.length, self.duration) = (length, duration)
  }

  package init(dimension: Int, waves: Int, length: Double, duration: Double, seed: UInt64) {
    var random = PhiloxSequence(seed: seed, stream: RandomPurpose.frequencies.stream(1))
    var frequencies = Matrix(rows: waves, columns: dimension + 1)
    for index in frequencies.elements.indices { frequencies.elements[index] = random.normal() }
    (self.dimension, self.frequencies) = (dimension, frequencies)
    (self.length, self.duration) = (length, duration)
  }

  /// The ridge of each feature, given that of the Gaussian process: each wave has a share of its variance.
  package func ridges(_ ridge: Double) -> [Double] {
    (0..<count).map { $0 < 2 * waves ? ridge * Double(waves) : ridge }
  }

  /// Particles that are worked on together.
  static let lanes = 256

  /// Room for the features of `lanes` particles, with a row for each feature.
  final class Panel {
    let features: AlignedBuffer<Double>
    let coordinates: AlignedBuffer<Double>
    let phases: AlignedBuffer<Double>

    init(_ features: SpaceTimeFeatures) {
      self.features = AlignedBuffer(count: features.count * SpaceTimeFeatures.lanes)
      coordinates = AlignedBuffer(count: (features.dimension + 1) * SpaceTimeFeatures.lanes)
      phases = AlignedBuffer(count: max(1, features.waves) * SpaceTimeFeatures.lanes)
    }
  }

  /// Fills a panel with the features of at most `lanes` particles. The lanes beyond them have features of the origin.
  func fill(_ panel: Panel, _ points: UnsafePointer<Double>, count n: Int, time: (Int) -> Double) {
    let (lanes, d) = (Self.lanes, dimension)
    for k in 0...d {
      let row = panel.coordinates.base + k * lanes
      for lane in 0..<lanes {
        row[lane] = lane >= n ? 0 : k < d ? points[lane * d + k] / length : time(lane) / duration
      }
    }
    let features = panel.features.base
    frequencies.elements.withUnsafeBufferPointer { frequencies in
      guard let frequencies = frequencies.baseAddress else { return }
      Double.kernels.panelProduct(
        rows: waves, columns: lanes, depth: d + 1, a: frequencies, rowStride: d + 1, columnStride: 1,
        b: panel.coordinates.base, bias: nil, c: panel.phases.base)
    }
    Double.kernels.sineCosine(
      count: waves * lanes, x: panel.phases.base, sines: features + waves * lanes, cosines: features)
    let rest = features + 2 * waves * lanes
    for lane in 0..<lanes { rest[lane] = 1 }
    (rest + lanes).update(from: panel.coordinates.base, count: (d + 1) * lanes)
  }
}

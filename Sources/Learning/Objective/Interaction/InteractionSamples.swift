import Energies
import Numerics

/// The particles over which U is averaged at each coupling: the whole snapshot, or two independent samples of it.
///
/// Of every snapshot two permutations are drawn per epoch. A coupling's samples are a stretch of each, from a place of
/// its own: drawn without replacement, uniform over the permutations, and independent of each other, while their
/// particles lie side by side.
final class InteractionSamples<Number: KernelNumber>: @unchecked Sendable {
  // Only `draw` changes it, while no other thread uses it.

  /// Rows of coordinates, and how much each particle counts.
  struct Stretch {
    let coordinates: UnsafePointer<Number>
    /// From one coordinate to the next.
    let stride: Int
    /// n times the particles' weights, divided by `count`; nil where that is 1 / count for all.
    let weights: UnsafePointer<Number>?
    let count: Int
  }

  private struct Source {
    let particles: Int
    let isUniform: Bool
    /// Nil for the whole snapshot.
    let halves: (first: Int, second: Int)?
    let coordinates: [AlignedBuffer<Number>]
    let weights: [AlignedBuffer<Number>]
    /// From one row to the next: particles, and those at the beginning once more.
    let stride: Int
  }

  private let populations: [Population]
  private let snapshot: [Int]
  private let dimension: Int
  private let seed: UInt64
  private var epoch = 0
  private let sources: [Source]
  /// The most pairs of a coupling.
  let mostPairs: Int

  init(_ data: TrainingData, count: Int?, seed: UInt64) {
    populations = data.populations
    snapshot = data.snapshot
    let d = data.couplings.dimension
    dimension = d
    self.seed = seed
    sources = data.populations.map { population in
      let n = population.points.rows
      var halves: (first: Int, second: Int)?
      // Samples as large as the snapshot are the snapshot.
      if let count, count / 2 < n { halves = (count / 2, count - count / 2) }
      let stride = halves == nil ? n : 2 * n
      let copies = halves == nil ? 1 : 2
      let first = population.weights.first ?? 0
      return Source(
        particles: n, isUniform: population.weights.allSatisfy { $0 == first }, halves: halves,
        coordinates: (0..<copies).map { _ in
          // Vectors are read beyond the end.
          let rows = AlignedBuffer<Number>(count: d * stride + LatticeStencils<Number>.padding)
          rows.zero()
          return rows
        },
        weights: (0..<copies).map { _ in AlignedBuffer(count: stride) }, stride: stride)
    }
    mostPairs = sources.map { $0.halves.map { $0.first + $0.second } ?? $0.particles }.max() ?? 1
    for (source, population) in zip(sources, populations) where source.halves == nil {
      fill(source, 0, population, order: Array(0..<source.particles), count: source.particles)
    }
  }

  /// How far apart two particles of a snapshot are along each coordinate, at most.
  var extents: [Double] {
    (0..<dimension).map { c in
      populations.map { population in
        let places = (0..<population.points.rows).map { population.points[$0, c] }
        return (places.max() ?? 0) - (places.min() ?? 0)
      }.max() ?? 0
    }
  }

  /// Differences of random particles of one snapshot, (count, d).
  func differences(_ count: Int) -> [Double] {
    guard !populations.isEmpty else { return [] }
    var random = PhiloxSequence(seed: seed, stream: RandomPurpose.interactionSamples.stream(3))
    return (0..<count).flatMap { _ in
      let points = populations[random.integer(below: populations.count)].points
      let (one, other) = (random.integer(below: points.rows), random.integer(below: points.rows))
      return (0..<dimension).map { points[one, $0] - points[other, $0] }
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  func draw(epoch: Int) {
    self.epoch = epoch
    for (index, (source, population)) in zip(sources, populations).enumerated() {
      guard let halves = source.halves else { continue }
      for (half, count) in [halves.first, halves.second].enumerated() {
        let stream = RandomPurpose.interactionSamples.stream((epoch * sources.count + index) << 2 | half)
        var random = PhiloxSequence(seed: seed, stream: stream)
        fill(source, half, population, order: random.permutation(source.particles), count: count)
      }
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func fill(_ source: Source, _ copy: Int, _ population: Population, order: [Int], count: Int) {
    let n = source.particles
    let (rows, weights) = (source.coordinates[copy].base, source.weights[copy].base)
    let factor = Double(n) / Double(count)
    for place in 0..<source.stride {
      let particle = order[place % n]
      for c in 0..<dimension { rows[c * source.stride + place] = Number(population.points[particle, c]) }
      weights[place] = Number(factor * population.weights[particle])
    }
  }

  /// A coupling's samples: one stretch, or two.
  func stretches(of coupling: Int) -> (first: Stretch, second: Stretch?) {
    let source = sources[snapshot[coupling]]
    guard let halves = source.halves else { return (stretch(source, 0, from: 0, count: source.particles), nil) }
    let philox = Philox(seed: seed, stream: RandomPurpose.interactionSamples.stream(epoch << 2 | 2))
    let draws = philox.block(UInt64(coupling))
    func start(_ draw: UInt32) -> Int { Int(UInt64(draw) * UInt64(source.particles) >> 32) }
    return (
      stretch(source, 0, from: start(draws[0]), count: halves.first),
      stretch(source, 1, from: start(draws[1]), count: halves.second)
    )
  }

  private func stretch(_ source: Source, _ copy: Int, from start: Int, count: Int) -> Stretch {
    Stretch(
      coordinates: source.coordinates[copy].base + start, stride: source.stride,
      weights: source.isUniform ? nil : UnsafePointer(source.weights[copy].base + start), count: count)
  }
}

import Numerics

/// Particles along the vector lanes, as the kernels of Sources/Kernels/Mixture.swift read them: panels of up to 256
/// particles, d rows each, and their weights, 0 for padding.
final class ParticlePanels: @unchecked Sendable {
  let count: Int
  let dimension: Int
  /// Particles in a panel, a multiple of 64.
  let lanes: Int
  let panelCount: Int
  let coordinates: AlignedBuffer<Double>
  let weights: AlignedBuffer<Double>

  /// Enough that sums over lanes are rare, few enough that the terms of 10 components stay in the first cache.
  static let lanes = 256
  /// Operations below which a thread is not worth starting.
  static let worthwhile = 1 << 19

  init(_ population: StandardizedPopulation) throws {
    (count, dimension) = (population.count, population.dimension)
    lanes = min(Self.lanes, (population.count + 63) / 64 * 64)
    panelCount = (count + lanes - 1) / lanes
    try requireMemory(panelCount * lanes * (dimension + 1), of: Double.self, for: "the particles")
    coordinates = AlignedBuffer(count: panelCount * lanes * dimension)
    weights = AlignedBuffer(count: panelCount * lanes)
    coordinates.zero()
    weights.zero()
    population.points.elements.withUnsafeBufferPointer { points in
      for row in 0..<count {
        let (panel, lane) = row.quotientAndRemainder(dividingBy: lanes)
        weights.base[row] = population.weights[row]
        for j in 0..<dimension {
          coordinates.base[(panel * dimension + j) * lanes + lane] = points[row * dimension + j]
        }
      }
    }
  }

  func points(_ panel: Int) -> UnsafeMutablePointer<Double> { coordinates.base + panel * dimension * lanes }
  func weights(_ panel: Int) -> UnsafeMutablePointer<Double> { weights.base + panel * lanes }

  /// Operations per particle of an E-step, about.
  static func work(components k: Int, dimension d: Int, kind: GaussianMixture.Kind) -> Int {
    k * (kind == .full ? d * (d + 1) / 2 + d + 16 : 3 * d + 16)
  }

  /// Moves rows that are `from` apart to be `to` apart.
  static func tighten(_ x: UnsafeMutablePointer<Double>, _ rows: Int, from: Int, to: Int) {
    for row in 1..<max(1, rows) {
      for lane in 0..<to { x[row * to + lane] = x[row * from + lane] }
    }
  }
}

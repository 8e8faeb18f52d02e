import Numerics

/// A population as a pass through a network reads it: blocks of 64 particles with a row per coordinate, and their
/// weights. Padding stands where the first particle does and has weight 0.
final class PopulationBlocks: @unchecked Sendable {
  // Sendable, because it is only read once `init` has filled it.
  let dimension: Int
  let count: Int
  private let coordinates: AlignedBuffer<Double>
  private let masses: AlignedBuffer<Double>

  func places(_ block: Int) -> UnsafePointer<Double> {
    UnsafePointer(coordinates.base + block * dimension * NetworkPass<Double>.blockSize)
  }

  func weights(_ block: Int) -> UnsafePointer<Double> {
    UnsafePointer(masses.base + block * NetworkPass<Double>.blockSize)
  }

  init(_ population: Population) {
    let (n, d, lanes) = (population.points.rows, population.points.columns, NetworkPass<Double>.blockSize)
    dimension = d
    count = (n + lanes - 1) / lanes
    coordinates = AlignedBuffer(count: count * d * lanes)
    masses = AlignedBuffer(count: count * lanes)
    population.points.elements.withUnsafeBufferPointer { points in
      for index in 0..<count * lanes {
        let particle = index < n ? index : 0
        masses.base[index] = index < n ? population.weights[particle] : 0
        let column = coordinates.base + index / lanes * d * lanes + index % lanes
        for c in 0..<d { column[c * lanes] = points[particle * d + c] }
      }
    }
  }
}

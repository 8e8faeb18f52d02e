import Numerics

/// A population in rows of coordinates, sorted by the first, so that neighbours use the same rows of the lattice, which
/// are then in the cache.
final class SortedPopulation: @unchecked Sendable {
  // Sendable, because it is only read once `init` has filled it.
  let count: Int
  let stride: Int
  let coordinates: AlignedBuffer<Double>
  let weights: AlignedBuffer<Double>
  let least: [Double]
  let greatest: [Double]

  init(_ population: Population) {
    let (n, d) = (population.points.rows, population.points.columns)
    count = n
    stride = n + LatticeStencils<Double>.padding
    coordinates = AlignedBuffer(count: d * stride)
    coordinates.zero()
    weights = AlignedBuffer(count: n)
    // With a NaN among the coordinates the order is undefined, but then the sums are NaN in any order.
    let order = (0..<n).sorted { (population.points[$0, 0], $0) < (population.points[$1, 0], $1) }
    for (place, index) in order.enumerated() {
      weights.base[place] = population.weights[index]
      for c in 0..<d { coordinates.base[c * stride + place] = population.points[index, c] }
    }
    (least, greatest) = population.bounds
  }
}

extension Population {
  /// The least and the greatest of each coordinate. Undefined where a particle has a NaN there.
  var bounds: (least: [Double], greatest: [Double]) {
    let d = points.columns
    var (least, greatest) = ([Double](repeating: .infinity, count: d), [Double](repeating: -.infinity, count: d))
    for (index, x) in points.elements.enumerated() {
      let c = index % d
      if !(x >= least[c]) { least[c] = x }
      if !(x <= greatest[c]) { greatest[c] = x }
    }
    return (least, greatest)
  }
}

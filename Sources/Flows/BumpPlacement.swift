import Numerics

extension MapFeatures {
  /// Features for a population: bumps at some of its particles, each as wide as the distance to its neighbours, so that
  /// they are narrow where particles are dense.
  ///
  /// - Parameters:
  ///   - count: of bumps
  ///   - neighbour: the width is the distance to the neighbour of this rank
  package init(for points: Matrix, bumps count: Int, neighbour: Int, seed: UInt64, step: Int) {
    let (n, d) = (points.rows, points.columns)
    var centre = [Double](repeating: 0, count: d)
    for row in 0..<n { for a in 0..<d { centre[a] += points[row, a] / Double(n) } }
    var square = 0.0
    for row in 0..<n { for a in 0..<d { square += (points[row, a] - centre[a]) * (points[row, a] - centre[a]) } }
    let spread = (square / Double(n * d)).squareRoot()
    let length = spread > 0 && spread.isFinite ? spread : 1
    var draws = PhiloxSequence(seed: seed, stream: RandomPurpose.flowBumps.stream(step))
    let chosen = Array(draws.permutation(n).prefix(count))
    var bumps = points.selecting(rows: chosen)
    for row in 0..<bumps.rows { for a in 0..<d { bumps[row, a] = (bumps[row, a] - centre[a]) / length } }
    let widths = (0..<bumps.rows).map { row in
      let distances = (0..<bumps.rows).map { other in
        (0..<d).reduce(0) { sum, a in
          let offset = bumps[row, a] - bumps[other, a]
          return sum + offset * offset
        }.squareRoot()
      }.sorted()
      return max(1e-6, distances[min(neighbour, distances.count - 1)])
    }
    self.init(centre: centre, length: length, bumps: bumps, widths: widths)
  }
}

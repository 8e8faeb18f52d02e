import Numerics

extension GaussianGrid {
  /// Means over a population, by its proxies where these take fewer operations than pairs.
  func means(over population: PopulationPanels) -> any FeatureMeans {
    let particles = population.panels.reduce(0) { $0 + $1.count }
    let places = axes.reduce(0) { $0 + $1.count }
    let pairs = Double(particles * (Self.exponential * places + count))
    let extents = ProxyPopulation.extents(population)
    var counts: [Int] = []
    for extent in extents {
      guard let needed = ProxyPopulation.nodeCount(halfExtent: extent.half / width, limit: 1000) else { break }
      counts.append(needed)
    }
    if counts.count == dimension {
      // This counts exponentials, the contraction of one coordinate after the other, and a particle's part in the
      // masses.
      var operations = 0.0
      for k in 0..<dimension {
        operations += Double(Self.exponential * axes[k].count * counts[k])
        operations +=
          Double(axes[...k].reduce(1) { $0 * $1.count }) * counts[k...].reduce(1) { $0 * Double($1) }
      }
      operations += counts.reduce(1) { $0 * Double($1) }
      if operations < pairs {
        return GaussianProxyMeans(grid: self, population: ProxyPopulation(population, extents, counts: counts))
      }
    }
    return GaussianPairMeans(grid: self, population: population)
  }

  /// Products that take as long as one exponential.
  private static let exponential = 8
}

/// Means of a grid's features over all pairs: for each point, tables over the population and their matrix product. A
/// pair costs one exponential per place of every axis, and otherwise multiplications only.
struct GaussianPairMeans: FeatureMeans {
  let grid: GaussianGrid
  let population: PopulationPanels

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    sum(points, orders: 1, [.none], scratch) { particle, _, means in
      for feature in 0..<grid.count { values[feature * stride + particle] = means[feature] }
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let d = grid.dimension
    sum(points, orders: 2, (0..<d).map { .by($0) }, scratch) { particle, k, means in
      let place = jacobians + particle * d + k
      for feature in 0..<grid.count { place[feature * stride] = means[feature] }
    }
  }

  private func sum(
    _ points: PointPanel, orders: Int, _ derivatives: [GaussianGrid.Derivative], _ scratch: Scratch,
    _ body: (_ particle: Int, _ derivative: Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    let capacity = population.panels.first?.capacity ?? 0
    let differences = PointPanel(dimension: grid.dimension, capacity: capacity)
    let sums = AlignedBuffer<Double>(count: derivatives.count * grid.count)
    let x = AlignedBuffer<Double>(count: grid.dimension)
    let room = scratch.room(grid.room(capacity, orders: orders))
    for particle in 0..<points.count {
      for k in 0..<grid.dimension { x.base[k] = points.row(k)[particle] }
      sums.zero()
      for (panel, weights) in zip(population.panels, population.weights) where !Interruption.stops {
        differences.loadDifferences(from: x.base, to: panel)
        let lanes = panel.lanes
        let tables = grid.tables(differences, orders: orders, in: room)
        let free = room + orders * tables.starts[grid.dimension] * lanes
        let weighted = free + (grid.leftCount + grid.rightCount + 2) * lanes
        for (index, derived) in derivatives.enumerated() {
          let left = grid.half(left: true, tables, derived: derived, in: free)
          let right = grid.half(left: false, tables, derived: derived, in: free + (grid.leftCount + 1) * lanes)
          for row in 0..<grid.leftCount {
            Double.kernels.hadamard(count: lanes, a: left + row * lanes, b: weights.base, out: weighted + row * lanes)
          }
          Double.kernels.outerProduct(
            rows: grid.leftCount, columns: grid.rightCount, lanes: lanes, a: weighted, b: right,
            c: sums.base + index * grid.count, stride: grid.rightCount)
        }
      }
      withExtendedLifetime(sums) {
        for index in derivatives.indices { body(particle, index, sums.base + index * grid.count) }
      }
    }
  }
}

import Numerics

/// Means of a grid's features over a population's proxies: one coordinate after the other, the masses are contracted
/// with that coordinate's functions of the differences to the nodes. Points lie along the lanes.
struct GaussianProxyMeans: FeatureMeans {
  let grid: GaussianGrid
  let population: ProxyPopulation

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    forEachFeature(points, derivatives: false, scratch) { feature, row in
      (values + feature * stride).update(from: row, count: points.count)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let d = grid.dimension
    let interleaved = AlignedBuffer<Double>(count: d * points.lanes)
    forEachFeature(points, derivatives: true, scratch) { feature, rows in
      withExtendedLifetime(interleaved) {
        Double.kernels.interleave(
          dimension: d, count: points.lanes, a: rows, stride: points.lanes, out: interleaved.base)
        (jacobians + feature * stride).update(from: interleaved.base, count: points.count * d)
      }
    }
  }

  /// Calls `body` with one row of values, or d of derivatives, for every feature.
  private func forEachFeature(
    _ points: PointPanel, derivatives: Bool, _ scratch: Scratch, _ body: (Int, UnsafeMutablePointer<Double>) -> Void
  ) {
    let (d, lanes) = (grid.dimension, points.lanes)
    let orders = derivatives ? 2 : 1
    let counts = population.nodes.map(\.count)
    // Tables of every coordinate: rows of a place's function at all nodes, then those of its derivative.
    let sizes = (0..<d).map { grid.axes[$0].count * orders * counts[$0] * lanes }
    // Sizes of the tensors that remain of the masses when each coordinate has been contracted, and their number: one
    // that is not differentiated and, with derivatives, one per coordinate so far.
    let remaining = (0..<d).map { k in counts[(k + 1)...].reduce(1, *) * lanes }
    let tensors = (0..<d).map { derivatives ? $0 + 2 : 1 }
    var (free, tables, partial) = (
      scratch.room(sizes.reduce(0, +) + zip(remaining, tensors).reduce(0) { $0 + $1.0 * $1.1 }),
      [UnsafeMutablePointer<Double>](), [UnsafeMutablePointer<Double>]()
    )
    for k in 0..<d {
      tables.append(free)
      free += sizes[k]
      partial.append(free)
      free += remaining[k] * tensors[k]
    }
    for k in 0..<d { fill(tables[k], points, coordinate: k, orders) }
    let pass = Pass(
      grid: grid, counts: counts, lanes: lanes, orders: orders, tables: tables, partial: partial, remaining: remaining)
    population.masses.withUnsafeBufferPointer { masses in
      guard let base = masses.baseAddress else { return }
      for place in 0..<grid.axes[0].count where !Interruption.stops {
        pass.contract(masses: base, place: place)
        pass.descend(after: 0, feature: place, body)
      }
    }
  }

  private func fill(
    _ table: UnsafeMutablePointer<Double>, _ points: PointPanel, coordinate: Int, _ orders: Int
  ) {
    let (nodes, lanes) = (population.nodes[coordinate], points.lanes)
    for (place, center) in grid.axes[coordinate].enumerated() {
      let rows = table + place * orders * nodes.count * lanes
      let slopes = rows + (orders - 1) * nodes.count * lanes
      for (index, node) in nodes.enumerated() {
        Double.kernels.gaussianRows(
          orders: orders, count: lanes, x: points.row(coordinate), center: center + node, inverseWidth: 1 / grid.width,
          e: rows + index * lanes, first: slopes + index * lanes, second: slopes + index * lanes)
      }
    }
  }
}

/// One panel's contraction.
private struct Pass {
  let grid: GaussianGrid
  let counts: [Int]
  let lanes: Int
  let orders: Int
  let tables: [UnsafeMutablePointer<Double>]
  let partial: [UnsafeMutablePointer<Double>]
  let remaining: [Int]

  private func functions(_ coordinate: Int, place: Int, order: Int) -> UnsafeMutablePointer<Double> {
    tables[coordinate] + (place * orders + order) * counts[coordinate] * lanes
  }

  /// Contracts the first coordinate by a matrix product, because the masses are the same at all points.
  func contract(masses: UnsafePointer<Double>, place: Int) {
    let rest = remaining[0] / lanes
    for order in 0..<orders {
      Double.kernels.panelProduct(
        rows: rest, columns: lanes, depth: counts[0], a: masses, rowStride: 1, columnStride: rest,
        b: functions(0, place: place, order: order), bias: nil, c: partial[0] + order * remaining[0])
    }
  }

  /// Contracts the coordinates after the given one, for the places chosen so far. The tensors are the one that is not
  /// differentiated, then those differentiated by the first coordinate, the second and so on. After the last coordinate
  /// only the latter are used.
  func descend(after coordinate: Int, feature: Int, _ body: (Int, UnsafeMutablePointer<Double>) -> Void) {
    let next = coordinate + 1
    guard next < grid.dimension else {
      return body(feature, partial[coordinate] + (orders - 1) * remaining[coordinate])
    }
    let size = remaining[coordinate]
    for place in 0..<grid.axes[next].count {
      let derived = orders == 1 ? 0 : next
      for tensor in 0...derived {
        reduce(partial[coordinate] + tensor * size, functions(next, place: place, order: 0), next, into: tensor)
      }
      if orders > 1 {
        reduce(partial[coordinate], functions(next, place: place, order: 1), next, into: next + 1)
      }
      descend(after: next, feature: feature * grid.axes[next].count + place, body)
    }
  }

  private func reduce(
    _ tensor: UnsafePointer<Double>, _ functions: UnsafePointer<Double>, _ coordinate: Int, into index: Int
  ) {
    let size = remaining[coordinate]
    let out = partial[coordinate] + index * size
    for row in stride(from: 0, to: size, by: lanes) {
      Double.kernels.sumOfProducts(
        rows: counts[coordinate], count: lanes, a: tensor + row, aStride: size, b: functions, bStride: lanes,
        out: out + row)
    }
  }
}

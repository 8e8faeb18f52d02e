import KernelInterface
import Numerics

/// Functions G(s) of the distance r to given centres, s = r^2 / w^2; below, r is in units of w.
package struct RadialFunctions: Sendable, Equatable {
  package typealias Kind = RadialProfile

  package let kind: Kind
  /// Shape (count, d).
  package let centers: Matrix
  /// w, positive.
  package let width: Double
  /// Where the centres are a full grid: its places along each coordinate; the last coordinate is fastest.
  package let axes: [[Double]]?
  /// The same functions as products of functions of one coordinate, where they are such products.
  private let grid: GaussianGrid?

  package init(_ kind: Kind, centers: Matrix, width: Double) {
    self.kind = kind
    self.centers = centers
    self.width = width
    axes = nil
    grid = nil
  }

  /// Centres at all places of a grid.
  package init(_ kind: Kind, axes: [[Double]], width: Double) {
    self.kind = kind
    self.width = width
    self.axes = axes
    grid = kind == .gaussian ? GaussianGrid(axes: axes, width: width) : nil
    var centers = Matrix(rows: axes.reduce(1) { $0 * $1.count }, columns: axes.count)
    // The number of consecutive rows in which a coordinate stays the same.
    var run = centers.rows
    for (column, axis) in axes.enumerated() where run > 0 {
      run /= axis.count
      for row in 0..<centers.rows { centers[row, column] = axis[row / run % axis.count] }
    }
    self.centers = centers
  }
}

extension RadialFunctions: PanelFeatures {
  package var dimension: Int { centers.columns }
  package var count: Int { centers.rows }

  func name(of feature: Int) -> String { "\(kind.rawValue)(centre \(feature + 1))" }

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    if let grid { return grid.values(points, into: values, stride: stride, scratch) }
    let row = scratch.room(points.lanes)
    forEachCenter { feature, center in
      profile(0, points, center, row)
      (values + feature * stride).update(from: row, count: points.count)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    if let grid { return grid.jacobians(points, into: jacobians, stride: stride, scratch) }
    let (d, lanes, kernels) = (dimension, points.lanes, Double.kernels)
    let slopes = scratch.room((1 + 2 * d) * lanes)
    let (rows, interleaved) = (slopes + lanes, slopes + (1 + d) * lanes)
    let scale = 1 / (width * width)
    forEachCenter { feature, center in
      profile(1, points, center, slopes)
      for k in 0..<d {
        kernels.difference(
          count: lanes, weight: scale, a: slopes, x: points.row(k), c: center[k], out: rows + k * lanes)
      }
      kernels.interleave(dimension: d, count: lanes, a: rows, stride: lanes, out: interleaved)
      (jacobians + feature * stride).update(from: interleaved, count: points.count * d)
    }
  }

  func addValues(
    _ points: PointPanel, weights: UnsafePointer<Double>, to values: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    if let grid { return grid.addValues(points, weights: weights, to: values, scratch) }
    let row = scratch.room(points.lanes)
    forEachCenter { feature, center in
      profile(0, points, center, row)
      Double.kernels.add(count: points.lanes, weight: weights[feature], a: row, out: values)
    }
  }

  func addGradients(
    _ points: PointPanel, weights: UnsafePointer<Double>, to gradients: UnsafeMutablePointer<Double>,
    _ scratch: Scratch
  ) {
    if let grid { return grid.addGradients(points, weights: weights, to: gradients, scratch) }
    let (lanes, slopes) = (points.lanes, scratch.room(points.lanes))
    let scale = 1 / (width * width)
    forEachCenter { feature, center in
      profile(1, points, center, slopes)
      for k in 0..<dimension {
        Double.kernels.addDifference(
          count: lanes, weight: weights[feature] * scale, a: slopes, x: points.row(k), c: center[k],
          out: gradients + k * lanes)
      }
    }
  }

  func addHessianProducts(
    _ points: PointPanel, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>, _ scratch: Scratch
  ) {
    if let grid {
      return grid.addHessianProducts(points, weights: weights, directions: directions, to: products, scratch)
    }
    let (d, lanes, kernels) = (dimension, points.lanes, Double.kernels)
    let slopes = scratch.room(3 * lanes)
    let (curvatures, along) = (slopes + lanes, slopes + 2 * lanes)
    let scale = 1 / (width * width)
    forEachCenter { feature, center in
      let weight = weights[feature]
      profile(1, points, center, slopes)
      profile(2, points, center, curvatures)
      along.update(repeating: 0, count: lanes)
      for k in 0..<d {
        kernels.addDifference(
          count: lanes, weight: 1, a: directions + k * lanes, x: points.row(k), c: center[k], out: along)
        kernels.addProduct(
          count: lanes, weight: weight * scale, a: slopes, b: directions + k * lanes, out: products + k * lanes)
      }
      Double.kernels.hadamard(count: lanes, a: curvatures, b: along, out: along)
      for k in 0..<d {
        kernels.addDifference(
          count: lanes, weight: weight * scale * scale, a: along, x: points.row(k), c: center[k],
          out: products + k * lanes)
      }
    }
  }

  /// G, its slope or its curvature (order 0, 1, 2) about a centre.
  private func profile(
    _ order: Int, _ points: PointPanel, _ center: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    let (kernels, lanes) = (Double.kernels, points.lanes)
    kernels.squaredDistances(
      dimension: dimension, count: lanes, x: points.base, stride: lanes, center: center, scale: 1 / (width * width),
      out: out)
    kernels.radialProfile(kind, order: order, count: lanes, s: out, out: out)
  }

  private func forEachCenter(_ body: (Int, UnsafePointer<Double>) -> Void) {
    centers.elements.withUnsafeBufferPointer { elements in
      guard let base = elements.baseAddress else { return }
      for feature in 0..<count { body(feature, base + feature * dimension) }
    }
  }

  func means(over population: PopulationPanels) -> any FeatureMeans {
    if let grid { return grid.means(over: population) }
    return RadialMeans(functions: self, population: population)
  }
}

/// Means of radial functions: for a point x and a centre c, sums over y of functions of the distance of y from x - c.
private struct RadialMeans: FeatureMeans {
  let functions: RadialFunctions
  let population: PopulationPanels

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    forEachSum(order: 0, points, scratch) { feature, particle, _, panel, weighted, _ in
      let place = values + feature * stride + particle
      if panel == 0 { place.pointee = 0 }
      let lanes = population.panels[panel].lanes
      place.pointee += Double.kernels.innerProduct(count: lanes, a: weighted, b: population.weights[panel].base)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let d = functions.dimension
    let scale = 1 / (functions.width * functions.width)
    forEachSum(order: 1, points, scratch) { feature, particle, query, panel, slopes, weighted in
      let row = jacobians + feature * stride + particle * d
      let others = population.panels[panel]
      Double.kernels.hadamard(count: others.lanes, a: slopes, b: population.weights[panel].base, out: weighted)
      for k in 0..<d {
        if panel == 0 { row[k] = 0 }
        row[k] += scale * Double.kernels.differenceSum(count: others.lanes, a: weighted, c: query[k], x: others.row(k))
      }
    }
  }

  /// Calls `body` with the profile of each feature about each point, for one panel of the population after the other.
  private func forEachSum(
    order: Int, _ points: PointPanel, _ scratch: Scratch,
    _ body: (
      _ feature: Int, _ particle: Int, _ query: UnsafePointer<Double>, _ panel: Int, UnsafeMutablePointer<Double>,
      UnsafeMutablePointer<Double>
    ) -> Void
  ) {
    let (d, kernels) = (functions.dimension, Double.kernels)
    let capacity = population.panels.first?.capacity ?? 0
    let room = scratch.room(2 * capacity + d)
    let query = room + 2 * capacity
    let scale = 1 / (functions.width * functions.width)
    functions.centers.elements.withUnsafeBufferPointer { centers in
      for particle in 0..<points.count {
        for (panel, others) in population.panels.enumerated() where !Interruption.stops {
          for feature in 0..<functions.count {
            for k in 0..<d { query[k] = points.row(k)[particle] - centers[feature * d + k] }
            kernels.squaredDistances(
              dimension: d, count: others.lanes, x: others.base, stride: others.lanes, center: query, scale: scale,
              out: room)
            kernels.radialProfile(functions.kind, order: order, count: others.lanes, s: room, out: room)
            body(feature, particle, query, panel, room, room + capacity)
          }
        }
      }
    }
  }
}

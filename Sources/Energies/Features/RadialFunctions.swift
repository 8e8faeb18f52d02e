import Numerics

/// Functions G(s) of the distance r to given centres, s = r^2 / w^2; below, r counts in units of w.
package struct RadialFunctions: Sendable, Equatable {
  /// In the kernels' order.
  package enum Kind: String, Sendable, CaseIterable {
    /// exp(-r^2)
    case gaussian
    /// r; its gradient at the centre counts as 0.
    case linear
    /// r^2 ln r; its Hessian at the centre, which is infinite, counts as 0.
    case thinPlate = "thin_plate"
    /// r^3
    case cubic
    /// r^5
    case quintic
    /// sqrt(1 + r^2)
    case multiquadric
    /// 1 / sqrt(1 + r^2)
    case inverseMultiquadric = "inverse_multiquadric"
    /// 1 / (1 + r^2)
    case inverseQuadratic = "inverse_quadratic"

    var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  package let kind: Kind
  /// Shape (count, d).
  package let centers: Matrix
  /// w, positive.
  package let width: Double
  /// Where the centres are a full grid: its places along each coordinate; the last coordinate is fastest.
  package let axes: [[Double]]?
  /// The same functions as products along coordinates, where they are.
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
    // In how many rows in a row a coordinate stays the same.
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
    let (d, lanes, kernels) = (dimension, points.lanes, FeatureKernels.current)
    let slopes = scratch.room((1 + 2 * d) * lanes)
    let (rows, interleaved) = (slopes + lanes, slopes + (1 + d) * lanes)
    let scale = 1 / (width * width)
    forEachCenter { feature, center in
      profile(1, points, center, slopes)
      for k in 0..<d { kernels.difference(lanes, scale, slopes, points.row(k), center[k], rows + k * lanes) }
      kernels.interleave(d, lanes, rows, lanes, interleaved)
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
      FeatureKernels.current.add(points.lanes, weights[feature], row, values)
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
        FeatureKernels.current.addDifference(
          lanes, weights[feature] * scale, slopes, points.row(k), center[k], gradients + k * lanes)
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
    let (d, lanes, kernels) = (dimension, points.lanes, FeatureKernels.current)
    let slopes = scratch.room(3 * lanes)
    let (curvatures, along) = (slopes + lanes, slopes + 2 * lanes)
    let scale = 1 / (width * width)
    forEachCenter { feature, center in
      let weight = weights[feature]
      profile(1, points, center, slopes)
      profile(2, points, center, curvatures)
      along.update(repeating: 0, count: lanes)
      for k in 0..<d {
        kernels.addDifference(lanes, 1, directions + k * lanes, points.row(k), center[k], along)
        kernels.addProduct(lanes, weight * scale, slopes, directions + k * lanes, products + k * lanes)
      }
      Double.kernels.hadamard(lanes, curvatures, along, along)
      for k in 0..<d {
        kernels.addDifference(lanes, weight * scale * scale, along, points.row(k), center[k], products + k * lanes)
      }
    }
  }

  /// G, its slope or its curvature (order 0, 1, 2) about a centre.
  private func profile(
    _ order: Int, _ points: PointPanel, _ center: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    let (kernels, lanes) = (FeatureKernels.current, points.lanes)
    kernels.squaredDistances(dimension, lanes, points.base, lanes, center, 1 / (width * width), out)
    kernels.radialProfile(kind.number, order, lanes, out, out)
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

/// Means of radial functions: for a point x and a centre c, sums over y of functions of the distance from x - c.
private struct RadialMeans: FeatureMeans {
  let functions: RadialFunctions
  let population: PopulationPanels

  func values(_ points: PointPanel, into values: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    forEachSum(order: 0, points, scratch) { feature, particle, _, panel, weighted, _ in
      let place = values + feature * stride + particle
      if panel == 0 { place.pointee = 0 }
      let lanes = population.panels[panel].lanes
      place.pointee += FeatureKernels.current.product(lanes, weighted, population.weights[panel].base)
    }
  }

  func jacobians(_ points: PointPanel, into jacobians: UnsafeMutablePointer<Double>, stride: Int, _ scratch: Scratch) {
    let d = functions.dimension
    let scale = 1 / (functions.width * functions.width)
    forEachSum(order: 1, points, scratch) { feature, particle, query, panel, slopes, weighted in
      let row = jacobians + feature * stride + particle * d
      let others = population.panels[panel]
      Double.kernels.hadamard(others.lanes, slopes, population.weights[panel].base, weighted)
      for k in 0..<d {
        if panel == 0 { row[k] = 0 }
        row[k] += scale * FeatureKernels.current.differenceSum(others.lanes, weighted, query[k], others.row(k))
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
    let (d, kernels) = (functions.dimension, FeatureKernels.current)
    let capacity = population.panels.first?.capacity ?? 0
    let room = scratch.room(2 * capacity + d)
    let query = room + 2 * capacity
    let scale = 1 / (functions.width * functions.width)
    functions.centers.elements.withUnsafeBufferPointer { centers in
      for particle in 0..<points.count {
        for (panel, others) in population.panels.enumerated() where !Interruption.stops {
          for feature in 0..<functions.count {
            for k in 0..<d { query[k] = points.row(k)[particle] - centers[feature * d + k] }
            kernels.squaredDistances(d, others.lanes, others.base, others.lanes, query, scale, room)
            kernels.radialProfile(functions.kind.number, order, others.lanes, room, room)
            body(feature, particle, query, panel, room, room + capacity)
          }
        }
      }
    }
  }
}

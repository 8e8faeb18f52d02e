import Numerics

/// An energy that is a linear combination of features: as a potential, or between particles.
///
/// Where features of a callback fail, values and derivatives are NaN.
package struct FeatureExpansion: Interaction, Equatable {
  package let basis: FeatureBasis
  /// One coefficient per feature.
  package let coefficients: [Double]
  private let spaces = PerThread<Space>()

  package init(basis: FeatureBasis, coefficients: [Double]) {
    precondition(coefficients.count == basis.count, "coefficient count differs from the basis")
    self.basis = basis
    self.coefficients = coefficients
  }

  package static func == (a: FeatureExpansion, b: FeatureExpansion) -> Bool {
    a.basis == b.basis && a.coefficients == b.coefficients
  }

  package var dimension: Int { basis.dimension }
  package var callsHost: Bool { basis.callsHost }

  package func values(
    _ points: UnsafeBufferPointer<Double>, time: Double, into values: UnsafeMutableBufferPointer<Double>
  ) {
    run(points, time, width: 1, into: values) { panel, weights, sums, scratch in
      basis.forEachFamily { $0.addValues(panel, weights: weights + $1, to: sums, scratch) }
    }
    addHost(points, time, width: 1, to: values) { try $0.values($1, into: $2, stride: $3) }
  }

  package func gradients(
    _ points: UnsafeBufferPointer<Double>, time: Double, into gradients: UnsafeMutableBufferPointer<Double>
  ) {
    run(points, time, width: dimension, into: gradients) { panel, weights, sums, scratch in
      basis.forEachFamily { $0.addGradients(panel, weights: weights + $1, to: sums, scratch) }
    }
    addHost(points, time, width: dimension, to: gradients) { try $0.jacobians($1, into: $2, stride: $3) }
  }

  package func hessianProducts(
    _ points: UnsafeBufferPointer<Double>, directions: UnsafeBufferPointer<Double>, time: Double,
    into products: UnsafeMutableBufferPointer<Double>
  ) {
    guard let along = directions.baseAddress else { return }
    let place = Place(UnsafeMutablePointer(mutating: along))
    run(points, time, width: dimension, directions: place, into: products) { panel, weights, sums, scratch in
      basis.forEachFamily {
        $0.addHessianProducts(
          panel, weights: weights + $1, directions: sums + dimension * panel.lanes, to: sums, scratch)
      }
    }
    addHost(time, to: products) { features, weights, sums in
      try features.addHessianProducts(points, weights: weights, directions: along, to: sums)
    }
  }

  package func field(of population: Population) -> any Potential { FeatureField(self, of: population) }

  /// Combines rows for one panel of points after the other, on several threads where there are many points. Each point
  /// has `width` sums; rows of directions, where there are any, follow them.
  private func run(
    _ points: UnsafeBufferPointer<Double>, _ time: Double, width: Int, directions: Place? = nil,
    into results: UnsafeMutableBufferPointer<Double>,
    _ combine:
      @Sendable (
        PointPanel, _ weights: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>, Scratch
      ) -> Void
  ) {
    guard let base = points.baseAddress, let out = results.baseAddress else { return }
    let (d, size) = (dimension, PointPanel.usualCapacity(dimension))
    let (source, target) = (Place(UnsafeMutablePointer(mutating: base)), Place(out))
    // Pieces are long enough for a thread to be worth its start, and the same for any number of threads.
    let grain = max(size, (1 << 20) / ((basis.spatialCount + 1) * d) / size * size)
    Parallel.forRangesHeeding(points.count / d, grain: grain) { range in
      spaces.with {
        Space(basis)
      } _: { space in
        let (panel, along, sums) = (space.panel, space.along, space.sums.base)
        fill(space.weights.base, at: time)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: size) where !Interruption.stops {
          let n = min(size, range.upperBound - start)
          panel.load(source.base + start * d, count: n)
          let results = width * panel.lanes
          sums.update(repeating: 0, count: results)
          if let directions {
            along.load(directions.base + start * d, count: n)
            (sums + results).update(from: along.base, count: d * panel.lanes)
          }
          // Scratch memory is made large enough for a full panel even if this one is smaller, so that it need not grow
          // for later panels.
          space.scratch.multiple = size / panel.lanes
          combine(panel, space.weights.base, sums, space.scratch)
          for column in 0..<width {
            let row = sums + column * panel.lanes
            for index in 0..<n { target.base[(start + index) * width + column] = row[index] }
          }
        }
      }
    }
  }

  /// A thread's memory for one panel of points.
  private final class Space {
    let panel: PointPanel
    let along: PointPanel
    /// Up to d sums per point and d coordinates of directions.
    let sums: AlignedBuffer<Double>
    /// One number more than there are features, so that the memory of a basis without features is not empty.
    let weights: AlignedBuffer<Double>
    let scratch = Scratch()

    init(_ basis: FeatureBasis) {
      let (d, size) = (basis.dimension, PointPanel.usualCapacity(basis.dimension))
      panel = PointPanel(dimension: d, capacity: size)
      along = PointPanel(dimension: d, capacity: size)
      sums = AlignedBuffer(count: 2 * d * size)
      weights = AlignedBuffer(count: basis.spatialCount + 1)
    }
  }

  /// Adds the host's features, each times its weight.
  ///
  /// - Parameters:
  ///   - width: numbers per point
  ///   - evaluate: fills a row of such numbers per feature, `stride` apart, at a batch of points
  private func addHost(
    _ points: UnsafeBufferPointer<Double>, _ time: Double, width: Int,
    to results: UnsafeMutableBufferPointer<Double>,
    _ evaluate: (
      CallbackFeatures, UnsafeBufferPointer<Double>, _ rows: UnsafeMutablePointer<Double>, _ stride: Int
    ) throws -> Void
  ) {
    addHost(time, to: results) { features, weights, sums in
      try features.forEachBatch(points) { points, start in
        let numbers = points.count / dimension * width
        let rows = AlignedBuffer<Double>(count: features.count * numbers)
        try evaluate(features, points, rows.base, numbers)
        for feature in 0..<features.count {
          for index in 0..<numbers {
            sums[start * width + index] += weights[feature] * rows.base[feature * numbers + index]
          }
        }
      }
    }
  }

  /// Adds the results of the host's features; they become NaN where these fail.
  private func addHost(
    _ time: Double, to results: UnsafeMutableBufferPointer<Double>,
    _ body: (CallbackFeatures, _ weights: UnsafePointer<Double>, UnsafeMutablePointer<Double>) throws -> Void
  ) {
    guard basis.callsHost, let sums = results.baseAddress else { return }
    weights(at: time).withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      do { try basis.forEachHost { try body($0, weights + $1, sums) } } catch { results.update(repeating: .nan) }
    }
  }

  /// The spatial features' weights at one time: sum_q coefficient_{q f} t^q.
  func weights(at time: Double) -> [Double] {
    [Double](unsafeUninitializedCapacity: basis.spatialCount) { weights, count in
      if let base = weights.baseAddress { fill(base, at: time) }
      count = basis.spatialCount
    }
  }

  private func fill(_ weights: UnsafeMutablePointer<Double>, at time: Double) {
    let spatial = basis.spatialCount
    for feature in 0..<spatial { weights[feature] = 0 }
    for power in stride(from: basis.timeDegree, through: 0, by: -1) {
      for feature in 0..<spatial {
        weights[feature] = weights[feature] * time + coefficients[power * spatial + feature]
      }
    }
  }
}

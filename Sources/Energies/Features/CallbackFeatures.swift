import Numerics

/// Features that the host computes.
///
/// They are asked for on the thread that called the library, with whole batches of points. Work that needs them does
/// not spread over threads (`Potential.callsHost`). Hence nothing is locked here, and a callback may call the library
/// or fork. Hessian products are differences of jacobians at a distance of 1e-5 of the points' scale; their error is
/// about 1e-10 of the features' fourth derivatives.
package final class CallbackFeatures: Sendable, Equatable {
  /// (row-major points (n, d), n, values (n, count) or nil, jacobians (n, count, d) or nil); throws what stops the
  /// work.
  package typealias Evaluation =
    @Sendable (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?) throws -> Void

  package let dimension: Int
  package let count: Int
  private let evaluation: Evaluation

  /// Points per call: their jacobians take some megabytes.
  private var batch: Int { max(1, (1 << 20) / max(1, count * dimension)) }

  /// Splits points into batches and says where each begins.
  func forEachBatch(
    _ points: UnsafeBufferPointer<Double>, _ body: (UnsafeBufferPointer<Double>, _ start: Int) throws -> Void
  ) rethrows {
    let n = points.count / dimension
    for start in Swift.stride(from: 0, to: n, by: batch) {
      let end = min(n, start + batch)
      try body(UnsafeBufferPointer(rebasing: points[start * dimension..<end * dimension]), start)
    }
  }

  package init(dimension: Int, count: Int, evaluation: @escaping Evaluation) {
    self.dimension = dimension
    self.count = count
    self.evaluation = evaluation
  }

  package static func == (left: CallbackFeatures, right: CallbackFeatures) -> Bool { left === right }

  private func call(
    _ points: UnsafePointer<Double>, _ n: Int, values: UnsafeMutablePointer<Double>? = nil,
    jacobians: UnsafeMutablePointer<Double>? = nil
  ) throws {
    guard !Parallel.isOnOwnThread else {
      throw EngineError(.internalDefect, "features of the host were asked for on a thread that is not the host's")
    }
    try evaluation(points, n, values, jacobians)
  }

  // MARK: Rows per feature

  func values(
    _ points: UnsafeBufferPointer<Double>, into values: UnsafeMutablePointer<Double>, stride: Int
  ) throws {
    try forEachBatch(points) { points, start in
      guard let base = points.baseAddress else { return }
      let n = points.count / dimension
      let answers = AlignedBuffer<Double>(count: n * count)
      try call(base, n, values: answers.base)
      for feature in 0..<count {
        for particle in 0..<n { values[feature * stride + start + particle] = answers.base[particle * count + feature] }
      }
    }
  }

  func jacobians(
    _ points: UnsafeBufferPointer<Double>, into jacobians: UnsafeMutablePointer<Double>, stride: Int
  ) throws {
    let d = dimension
    try forEachBatch(points) { points, start in
      guard let base = points.baseAddress else { return }
      let n = points.count / d
      let answers = AlignedBuffer<Double>(count: n * count * d)
      try call(base, n, jacobians: answers.base)
      for feature in 0..<count {
        for particle in 0..<n {
          (jacobians + feature * stride + (start + particle) * d).update(
            from: answers.base + (particle * count + feature) * d, count: d)
        }
      }
    }
  }

  /// products += (Hessian of sum_f weights[f] phi_f) direction, from gradients on either side of each point.
  func addHessianProducts(
    _ points: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>
  ) throws {
    try forEachBatch(points) { points, start in
      let offset = start * dimension
      try addBatch(points, weights: weights, directions: directions + offset, to: products + offset)
    }
  }

  private func addBatch(
    _ points: UnsafeBufferPointer<Double>, weights: UnsafePointer<Double>, directions: UnsafePointer<Double>,
    to products: UnsafeMutablePointer<Double>
  ) throws {
    let (d, n) = (dimension, points.count / dimension)
    let answers = AlignedBuffer<Double>(count: n * count * d)
    let moved = AlignedBuffer<Double>(count: n * d)
    let steps = (0..<n).map { particle -> Double in
      var (size, length) = (1.0, 0.0)
      for place in particle * d..<(particle + 1) * d {
        size = max(size, abs(points[place]))
        length = max(length, abs(directions[place]))
      }
      return length > 0 ? 1e-5 * size / length : 0
    }
    for sign in [1.0, -1.0] {
      for particle in 0..<n {
        for place in particle * d..<(particle + 1) * d {
          moved.base[place] = points[place] + sign * steps[particle] * directions[place]
        }
      }
      try call(moved.base, n, jacobians: answers.base)
      for particle in 0..<n where steps[particle] > 0 {
        let scale = sign / (2 * steps[particle])
        for feature in 0..<count {
          let gradient = answers.base + (particle * count + feature) * d
          for k in 0..<d { products[particle * d + k] += scale * weights[feature] * gradient[k] }
        }
      }
    }
  }

  // MARK: Means

  func meanValues(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into values: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try sum(points, population, width: 1, into: values, stride) { try call($0, $1, values: $2) }
  }

  func meanJacobians(
    _ points: UnsafeBufferPointer<Double>, over population: Population, into jacobians: UnsafeMutablePointer<Double>,
    stride: Int
  ) throws {
    try sum(points, population, width: dimension, into: jacobians, stride) { try call($0, $1, jacobians: $2) }
  }

  private func sum(
    _ points: UnsafeBufferPointer<Double>, _ population: Population, width: Int,
    into means: UnsafeMutablePointer<Double>, _ stride: Int,
    _ evaluate: (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) throws -> Void
  ) throws {
    let (d, m) = (dimension, population.points.rows)
    let size = min(m, batch)
    let (differences, answers) = (
      AlignedBuffer<Double>(count: size * d), AlignedBuffer<Double>(count: size * count * width)
    )
    for particle in 0..<points.count / d {
      for feature in 0..<count {
        for column in 0..<width { means[feature * stride + particle * width + column] = 0 }
      }
      for start in Swift.stride(from: 0, to: m, by: max(1, size)) {
        let others = start..<min(m, start + size)
        for (place, other) in others.enumerated() {
          for k in 0..<d { differences.base[place * d + k] = points[particle * d + k] - population.points[other, k] }
        }
        try evaluate(differences.base, others.count, answers.base)
        for (place, other) in others.enumerated() {
          let weight = population.weights[other]
          for feature in 0..<count {
            for column in 0..<width {
              means[feature * stride + particle * width + column] +=
                weight * answers.base[(place * count + feature) * width + column]
            }
          }
        }
      }
    }
  }
}

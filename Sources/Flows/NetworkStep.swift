import CSystem
import Numerics

/// The convex network that minimises a proximal step, trained by Adam on batches of particles.
package struct NetworkStep {
  let step: ProximalStep
  let shape: ConvexShape
  let iterations: Int
  let batch: Int
  let rate: Double
  let seed: UInt64
  /// The number of the step, for its draws.
  let draw: Int

  package init(
    step: ProximalStep, shape: ConvexShape, iterations: Int, batch: Int, rate: Double, seed: UInt64, draw: Int
  ) {
    (self.step, self.shape, self.iterations, self.batch) = (step, shape, iterations, batch)
    (self.rate, self.seed, self.draw) = (rate, seed, draw)
  }

  /// Particles in a piece of work, whatever the number of threads, so that sums do not depend on it.
  private static let block = 64
  /// The rate falls to this part of itself, along a cosine.
  private static let lastRate = 0.05

  package func solve(_ sample: StepSample, from start: NetworkMap) throws -> NetworkMap {
    try requireLinearAlgebraMemory()
    var adam = Adam(start.parameters, learningRate: rate, clipNorm: .infinity)
    var draws = PhiloxSequence(seed: seed, stream: RandomPurpose.batches.stream(draw))
    let size = min(batch, sample.points.rows)
    var (order, place) = ([Int](), 0)
    for iteration in 0..<iterations {
      if place + size > order.count { (order, place) = (draws.permutation(sample.points.rows), 0) }
      let rows = Array(order[place..<place + size])
      place += size
      let map = NetworkMap(shape, centre: start.centre, length: start.length, parameters: adam.parameters)
      let found = try gradient(map, sample.selecting(rows))
      let share = Double(iteration) / Double(max(1, iterations - 1))
      let factor = Self.lastRate + (1 - Self.lastRate) * (1 + cos(Double.pi * share)) / 2
      found.withUnsafeBufferPointer { if let slopes = $0.baseAddress { adam.descend(slopes, factor: factor) } }
      shape.project(&adam.parameters)
      try Interruption.check()
    }
    return NetworkMap(shape, centre: start.centre, length: start.length, parameters: adam.parameters)
  }

  /// The gradient of the step's objective, in units of length^2 / h, over a batch.
  package func gradient(_ map: NetworkMap, _ sample: StepSample) throws -> [Double] {
    let (n, d) = (sample.points.rows, shape.dimension)
    let state = try step.state(map, sample)
    guard state.value.isFinite else {
      throw EngineError(.convergence, "the network of a step of the flow left the convex functions; lower its rate")
    }
    let landscape = try step.energy.landscape(of: state.images, time: step.time, hessians: false)
    let scale = step.h / (map.length * map.length)
    let parts = try Parallel.map((n + Self.block - 1) / Self.block) { piece -> [Double] in
      let rows = piece * Self.block..<min(n, (piece + 1) * Self.block)
      let pass = ConvexPass(shape, points: rows.count, directions: d)
      var sum = [Double](repeating: 0, count: shape.parameterCount)
      var inverse = [Double](repeating: 0, count: d * d)
      for (i, row) in rows.enumerated() {
        pass.m[i] = -scale * step.energy.internalEnergy.slopes(state.logDensities[row]).first
        state.factors.withUnsafeBufferPointer { factors in
          inverse.withUnsafeMutableBufferPointer { inverse in
            guard let l = factors.baseAddress, let w = inverse.baseAddress else { return }
            TriangularFactor.invert(l + row * d * d, into: w, d)
          }
        }
        for j in 0..<d {
          let index = row * d + j
          pass.z[i * d + j] = (sample.points.elements[index] - map.centre[j]) / map.length
          let force =
            (state.images.elements[index] - sample.references.elements[index]) / step.h + landscape.gradients[index]
          pass.a[i * d + j] = scale * map.length * force
          // (DT)^-1 = L^-T L^-1 is the sum of the products of the rows of L^-1 with themselves.
          for k in 0..<d { pass.v[(k * rows.count + i) * d + j] = inverse[k * d + j] }
        }
      }
      map.parameters.withUnsafeBufferPointer { parameters in
        sum.withUnsafeMutableBufferPointer { sum in
          guard let parameters = parameters.baseAddress else { return }
          pass.forward(parameters)
          pass.reverse(parameters, gradient: sum.baseAddress, pointGradients: nil)
        }
      }
      return sum
    }
    var total = [Double](repeating: 0, count: shape.parameterCount)
    for part in parts { for index in total.indices { total[index] += part[index] / Double(n) } }
    return total
  }
}

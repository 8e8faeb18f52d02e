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

  /// The rate falls to this part of itself, along a cosine.
  private static let lastRate = 0.05

  package func solve(_ sample: StepSample, from start: NetworkMap) throws -> NetworkMap {
    try requireLinearAlgebraMemory()
    var adam = Adam(start.parameters, learningRate: rate, clipNorm: .infinity)
    var draws = PhiloxSequence(seed: seed, stream: RandomPurpose.batches.stream(draw))
    let size = min(batch, sample.points.rows)
    let passes = NetworkBatch(shape, size: size)
    var (order, place) = ([Int](), 0)
    for iteration in 0..<iterations {
      if place + size > order.count { (order, place) = (draws.permutation(sample.points.rows), 0) }
      let rows = Array(order[place..<place + size])
      place += size
      let map = NetworkMap(shape, centre: start.centre, length: start.length, parameters: adam.parameters)
      let found = try passes.gradient(step, map, sample.selecting(rows))
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
    try NetworkBatch(shape, size: sample.points.rows).gradient(step, map, sample)
  }
}

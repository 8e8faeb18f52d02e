import Energies
import Numerics

/// Trains a network potential by Adam on minibatches of couplings.
package struct NetworkTraining {
  package struct Outcome {
    package let network: Network
    /// The objective averaged over each epoch, in standardised squared length.
    package let losses: [Double]
    package let cancelled: Bool
  }

  let couplings: Couplings
  let shape: NetworkShape
  let options: FitOptions

  package init(_ couplings: Couplings, shape: NetworkShape, options: FitOptions) {
    self.couplings = couplings
    self.shape = shape
    self.options = options
  }

  package func run(progress: ProgressHandler) throws -> Outcome {
    switch options.precision {
    case .float32: return try run(Float.self, progress)
    case .float64: return try run(Double.self, progress)
    }
  }

  private func run<Number: KernelNumber>(_: Number.Type, _ progress: ProgressHandler) throws -> Outcome {
    let start = monotonicSeconds()
    let objective = NetworkObjective<Number>(couplings, shape: shape)
    let initial = shape.initialParameters(seed: options.seed).map { Number($0) }
    var optimizer = Adam(initial, learningRate: options.learningRate, clipNorm: options.clipNorm)
    let gradient = AlignedBuffer<Number>(count: shape.parameterCount)
    var order = Array(0..<couplings.count)
    var losses: [Double] = []
    var cancelled = false
    for epoch in 0..<options.epochs {
      var random = PhiloxSequence(seed: options.seed, stream: RandomPurpose.batches.stream(epoch))
      random.shuffle(&order)
      var loss = 0.0
      for first in stride(from: 0, to: order.count, by: options.batchSize) {
        let batch = order[first..<min(order.count, first + options.batchSize)]
        gradient.zero()
        // A batch stands for all couplings, so that its expectation is the objective whatever the weights are.
        let scale = Double(order.count) / Double(batch.count)
        let value = optimizer.parameters.withUnsafeBufferPointer { parameters in
          parameters.baseAddress.map {
            objective.accumulate(batch, scale: scale, parameters: $0, gradient: gradient.base)
          } ?? 0
        }
        loss += value * Double(batch.count) / Double(order.count)
        withExtendedLifetime(gradient) { optimizer.descend(gradient.base) }
      }
      // The loss tells of the weights before the last step only.
      guard loss.isFinite, optimizer.parameters.allSatisfy(\.isFinite) else {
        throw EngineError(
          .convergence,
          "loss or weights are no longer finite in epoch \(epoch + 1); learning_rate = \(options.learningRate) may be too large"
        )
      }
      losses.append(loss)
      if !progress(Progress(.training, done: epoch + 1, of: options.epochs, loss: loss, since: start)) {
        cancelled = true
        break
      }
    }
    let network = Network(shape: shape, parameters: optimizer.parameters.map { Double($0) })
    return Outcome(network: network, losses: losses, cancelled: cancelled)
  }
}

import Energies
import Numerics

/// Trains an energy with networks by Adam on minibatches of couplings.
package struct NetworkTraining {
  package struct Outcome {
    /// In the layout's order, coefficients as they multiply their features.
    package let parameters: [Double]
    /// The objective averaged over each epoch, in standardised squared length.
    package let losses: [Double]
    package let cancelled: Bool
  }

  let data: TrainingData
  let layout: TrainingLayout
  let options: FitOptions

  package init(_ data: TrainingData, layout: TrainingLayout, options: FitOptions) {
    self.data = data
    self.layout = layout
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
    let team = Team(threads: Parallel.threadCount)
    defer { team.dismiss() }
    let objective = try TrainingObjective<Number>(
      data, layout: layout, batchSize: options.batchSize, sampleCount: options.interactionSamples, seed: options.seed,
      team: team)
    let initial = layout.initialParameters(seed: options.seed).map { Number($0) }
    var optimizer = Adam(initial, learningRate: options.learningRate, clipNorm: options.clipNorm)
    let gradient = AlignedBuffer<Number>(count: layout.count)
    let count = data.couplings.count
    var losses: [Double] = []
    var cancelled = false
    for epoch in 0..<options.epochs {
      var random = PhiloxSequence(seed: options.seed, stream: RandomPurpose.batches.stream(epoch))
      let order = random.permutation(count)
      objective.begin(epoch: epoch)
      var loss = 0.0
      for first in stride(from: 0, to: count, by: options.batchSize) {
        let batch = order[first..<min(count, first + options.batchSize)]
        gradient.zero()
        // A batch stands for all couplings, so that its expectation is the objective whatever the weights are.
        let scale = Double(count) / Double(batch.count)
        let value = optimizer.parameters.withUnsafeBufferPointer { parameters in
          parameters.baseAddress.map {
            objective.accumulate(batch, scale: scale, parameters: $0, gradient: gradient.base)
          } ?? 0
        }
        loss += value * Double(batch.count) / Double(count)
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
    var parameters = optimizer.parameters.map { Double($0) }
    for (index, scale) in data.scales.enumerated() { parameters[layout.linearStart + index] /= scale }
    return Outcome(parameters: parameters, losses: losses, cancelled: cancelled)
  }
}

import Numerics

/// The objective over all couplings of some data, such as those of held-out particles, U averaged over all of them.
struct DataLoss {
  private let objective: TrainingObjective<Double>
  private let data: TrainingData
  private let layout: TrainingLayout

  init(_ data: TrainingData, _ layout: TrainingLayout) throws {
    self.data = data
    self.layout = layout
    objective = try TrainingObjective(
      data, layout: layout, batchSize: data.couplings.count, team: Team(threads: Parallel.threadCount))
  }

  /// - Parameter parameters: with the coefficients that multiply the features
  func loss(_ parameters: [Double]) -> Double {
    var scaled = parameters
    for (index, scale) in data.scales.enumerated() { scaled[layout.linearStart + index] *= scale }
    let gradient = AlignedBuffer<Double>(count: layout.count)
    gradient.zero()
    return withExtendedLifetime(gradient) {
      scaled.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map {
          objective.accumulate(
            ArraySlice(0..<data.couplings.count), scale: 1, parameters: $0, gradient: gradient.base)
        } ?? 0
      }
    }
  }
}

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
      data, layout: layout, batchSize: Self.most, team: Team(threads: Parallel.threadCount))
  }

  /// Couplings at a time. The objective keeps a gradient for each part of a batch, which for all couplings of a large
  /// series would be more memory than training takes.
  private static let most = 4096

  /// - Parameter parameters: with the coefficients that multiply the features
  func loss(_ parameters: [Double]) -> Double {
    var scaled = parameters
    for (index, scale) in data.scales.enumerated() { scaled[layout.linearStart + index] *= scale }
    let gradient = AlignedBuffer<Double>(count: layout.count)
    gradient.zero()
    return withExtendedLifetime(gradient) {
      scaled.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return stride(from: 0, to: data.couplings.count, by: Self.most).reduce(0) { sum, first in
          let batch = ArraySlice(first..<min(data.couplings.count, first + Self.most))
          return sum + objective.accumulate(batch, scale: 1, parameters: base, gradient: gradient.base)
        }
      }
    }
  }
}

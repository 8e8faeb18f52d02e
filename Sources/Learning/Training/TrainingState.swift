import Numerics

/// All that the next epoch depends on besides data and options: random numbers are functions of seed and epoch.
struct TrainingState<Number: KernelNumber> {
  var optimizer: Adam<Number>
  /// Epochs done.
  var epoch = 0
  var losses: [Double] = []
  private(set) var best: (parameters: [Double], score: Double)?
  /// The parameters by which the training population was last moved; nil where it was not.
  var rolledBy: [Double]?
  /// Validations since the best one.
  private(set) var misses = 0

  init(optimizer: Adam<Number>) { self.optimizer = optimizer }

  /// Keeps parameters if they are the best so far.
  mutating func judge(_ parameters: [Double], _ score: Double) {
    if score < best?.score ?? .infinity {
      best = (parameters, score)
      misses = 0
    } else {
      misses += 1
    }
  }

  /// Goes on from where another training stood.
  mutating func restore(
    epoch: Int, losses: [Double], best: (parameters: [Double], score: Double)?, misses: Int,
    rolledBy: [Double]?
  ) {
    (self.epoch, self.losses, self.best, self.misses, self.rolledBy) = (epoch, losses, best, misses, rolledBy)
  }

  func isExhausted(_ validation: TrainingOptions.Validation?) -> Bool {
    validation.map { misses >= $0.patience } ?? false
  }
}

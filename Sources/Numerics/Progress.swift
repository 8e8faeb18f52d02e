/// How far long work has come.
package struct Progress: Sendable {
  package enum Stage: Sendable {
    case plans, density, training, influence, bootstrap, rollout, interpolation, growth, flow, sampling, evaluation,
      call
  }

  package let stage: Stage
  /// Units done and units altogether.
  package let done: Int
  package let total: Int
  /// The objective averaged over the last epoch; NaN outside training.
  package private(set) var loss: Double
  /// Since the stage began.
  package let seconds: Double

  package init(_ stage: Stage, done: Int, of total: Int, loss: Double = .nan, since start: Double) {
    self.stage = stage
    self.done = done
    self.total = total
    self.loss = loss
    seconds = monotonicSeconds() - start
  }

  /// The same with the loss in other units.
  package func scalingLoss(by factor: Double) -> Progress {
    var scaled = self
    scaled.loss *= factor
    return scaled
  }
}

/// Called with the progress of long work, on the thread that does it; returns whether to go on.
package typealias ProgressHandler = (Progress) -> Bool

extension EngineError {
  package static func cancelled(_ stage: String) -> EngineError {
    EngineError(.cancelled, "\(stage) cancelled by the progress callback")
  }
}

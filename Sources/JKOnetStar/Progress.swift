import Numerics

/// How far a long call has come.
public struct Progress: Sendable {
  public enum Stage: Sendable {
    case plans, densities, training, errorBars, rollout, interpolation, growth, flow, sampling, evaluation, other
  }

  public let stage: Stage
  /// Units of work that are done, out of `total`.
  public let done: Int
  public let total: Int
  /// The mean objective of the last epoch of training, in squared length, or the energy after the last step of a flow,
  /// in squared length per time; nil in other stages.
  public let loss: Double?
  /// Since the stage began.
  public let seconds: Double
}

/// Hears of progress on the thread that made the call, about ten times a second. Where it returns false, the call ends
/// with an error of kind `cancelled`.
public typealias ProgressHandler = (Progress) -> Bool

extension Progress {
  init(_ progress: Numerics.Progress) {
    switch progress.stage {
    case .plans: stage = .plans
    case .density: stage = .densities
    case .training: stage = .training
    case .influence, .bootstrap: stage = .errorBars
    case .rollout: stage = .rollout
    case .interpolation: stage = .interpolation
    case .growth: stage = .growth
    case .flow: stage = .flow
    case .sampling: stage = .sampling
    case .evaluation: stage = .evaluation
    case .call: stage = .other
    }
    done = progress.done
    total = progress.total
    loss = progress.loss.isNaN ? nil : progress.loss
    seconds = progress.seconds
  }
}

/// The engine's handler for one of this module.
func handler(_ progress: ProgressHandler?) -> (Numerics.Progress) -> Bool {
  { progress?(Progress($0)) ?? true }
}

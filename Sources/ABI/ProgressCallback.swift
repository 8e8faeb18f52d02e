import CJKOnetStar
import Numerics

/// The caller's progress callback as the engine's.
func progressHandler(_ callback: jko_progress_callback?, _ userData: UnsafeMutableRawPointer?) -> ProgressHandler {
  guard let callback else { return { _ in true } }
  return { progress in
    var state = jko_progress(
      stage: stageName(progress.stage), done: Int64(progress.done), total: Int64(progress.total),
      loss: progress.loss, seconds: progress.seconds)
    return callback(&state, userData) == 0
  }
}

private func stageName(_ stage: Progress.Stage) -> UnsafePointer<CChar>? {
  let name: StaticString
  switch stage {
  case .plans: name = "plans"
  case .density: name = "density"
  case .training: name = "training"
  case .influence: name = "error bars"
  case .bootstrap: name = "bootstrap"
  case .rollout: name = "rollout"
  case .interpolation: name = "interpolation"
  case .growth: name = "growth"
  case .flow: name = "flow"
  case .sampling: name = "sampling"
  case .evaluation: name = "evaluation"
  case .call: name = "call"
  }
  return UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
}

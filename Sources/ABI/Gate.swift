// Every exported function that can fail runs its body in `gate`. The engine throws EngineError and does not know about
// C; here errors become status codes and this thread's message.
//
//     @_cdecl("jko_noun_verb") @implementation
//     public func jko_noun_verb(...) -> jko_status { gate { ... } }

import CJKOnetStar
import Numerics

/// Runs `body`, and asks the thread's progress callback meanwhile where there is one. On an error it keeps the message
/// for this thread and returns the status.
///
/// - Parameters:
///   - stack: what the thread must have left of its stack; on less, the call is `JKO_ENOMEM`
///   - out: a handle that `body` produces; it is NULL after a failure
func gate(
  _ stack: StackRoom = .usual, clears out: UnsafeMutablePointer<OpaquePointer?>? = nil, _ body: () throws -> Void
) -> jko_status {
  out?.pointee = nil
  return stack.isThere ? guarded(body) : jko_status(JKO_ENOMEM)
}

/// Kept out of `gate`, whose frame stays small.
@inline(never)
private func guarded(_ body: () throws -> Void) -> jko_status {
  do {
    try MemoryShortage.during { try ThreadProgress.during(body) }
    return jko_status(JKO_OK)
  } catch let error as BoundaryError {
    LastError.set(error.message)
    return error.status
  } catch let error as EngineError {
    LastError.set(error.message)
    return status(of: error.kind)
  } catch {
    LastError.set("unexpected error: \(error)")
    return jko_status(JKO_EINTERNAL)
  }
}

private func status(of kind: EngineError.Kind) -> jko_status {
  switch kind {
  case .invalid: return jko_status(JKO_EINVALID)
  case .shape: return jko_status(JKO_ESHAPE)
  case .nonfinite: return jko_status(JKO_ENONFINITE)
  case .population: return jko_status(JKO_EPOPULATION)
  case .io: return jko_status(JKO_EIO)
  case .format: return jko_status(JKO_EFORMAT)
  case .memory: return jko_status(JKO_ENOMEM)
  case .cancelled: return jko_status(JKO_ECANCELLED)
  case .convergence: return jko_status(JKO_ECONVERGENCE)
  case .internalDefect: return jko_status(JKO_EINTERNAL)
  }
}

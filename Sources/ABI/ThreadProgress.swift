import CJKOnetStar
import CSystem
import Numerics

/// The callback that the host has set for one of its threads by `jko_set_progress`. It hears of all long calls of this
/// thread.
final class ThreadProgress {
  private let callback: ProgressHandler
  /// Whether the callback is running. Calls that it makes itself do not ask it again.
  private var isAsking = false

  private init(_ callback: @escaping ProgressHandler) { self.callback = callback }

  /// Runs a call of the host, about which the thread's callback is asked. A call that the host makes from within any
  /// callback is work of its own: the interruption of the outer call does not apply to it.
  static func during(_ body: () throws -> Void) throws {
    guard let host = current, !host.isAsking else {
      if Interruption.current == nil { return try body() }
      return try Interruption.with(nil, body)
    }
    let start = monotonicSeconds()
    try Interruption.with(nil) {
      try Interruption.during("call", by: "the thread's progress callback", { host.goesOn(since: start) }, body)
    }
  }

  private func goesOn(since start: Double) -> Bool {
    isAsking = true
    defer { isAsking = false }
    return callback(Progress(.call, done: 0, of: 1, since: start))
  }

  static func set(_ callback: ProgressHandler?) throws {
    let next = callback.map { Unmanaged.passRetained(ThreadProgress($0)).toOpaque() }
    guard let key else { return try refuse(next) }
    let before = pthread_getspecific(key)
    guard pthread_setspecific(key, next) == 0 else { return try refuse(next) }
    if let before { Unmanaged<ThreadProgress>.fromOpaque(before).release() }
  }

  private static func refuse(_ next: UnsafeMutableRawPointer?) throws {
    if let next { Unmanaged<ThreadProgress>.fromOpaque(next).release() }
    throw EngineError(.memory, "a callback for this thread does not fit in memory")
  }

  private static var current: ThreadProgress? {
    guard let key, let known = pthread_getspecific(key) else { return nil }
    return Unmanaged<ThreadProgress>.fromOpaque(known).takeUnretainedValue()
  }

  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let failed = pthread_key_create(&key) { known in
      if let known { Unmanaged<ThreadProgress>.fromOpaque(known).release() }
    }
    return failed == 0 ? key : nil
  }()
}

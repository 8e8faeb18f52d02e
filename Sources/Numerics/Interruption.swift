import CSystem

/// Asks the host, on the thread that it called from and not too often, whether long work shall go on.
///
/// Work that is spread over threads checks everywhere; only the host's own thread asks, the others see the answer.
package final class Interruption: @unchecked Sendable {
  private let owner = pthread_self()
  private let isCancelled = AtomicInt(0)
  private let goesOn: () -> Bool
  private let what: String
  /// When the host was last asked; used on the owner's thread only.
  private var lastAsked = monotonicSeconds()

  private let interval: Double

  /// - Parameters:
  ///   - what: the work, as the error calls it.
  ///   - interval: seconds between questions: short for a person who waits, long for a host that draws a progress bar.
  ///   - goesOn: asks the host.
  package init(_ what: String, interval: Double = 0.1, _ goesOn: @escaping () -> Bool) {
    self.what = what
    self.interval = interval
    self.goesOn = goesOn
  }

  /// Throws `.cancelled` from when the host has said so.
  package func check() throws {
    if isCancelled.value == 0, pthread_equal(pthread_self(), owner) != 0 {
      let now = monotonicSeconds()
      if now - lastAsked >= interval { ask() }
    }
    if isCancelled.value != 0 { throw EngineError.cancelled(what) }
  }

  /// Asks at once, if this is the host's own thread.
  func ask() {
    guard isCancelled.value == 0, pthread_equal(pthread_self(), owner) != 0 else { return }
    lastAsked = monotonicSeconds()
    if !goesOn() { isCancelled.value = 1 }
  }
}

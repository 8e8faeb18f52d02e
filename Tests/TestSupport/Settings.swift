import Numerics
import Synchronization

private let threadCountIsTaken = Mutex<Void>(())

/// Runs `body` with so many threads (0 for the default), then restores the number.
///
/// The number is one setting of the process, and tests run side by side: one at a time may change it.
package func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
  try threadCountIsTaken.withLock { _ in
    let before = Parallel.threadCount
    Parallel.threadCount = count
    defer { Parallel.threadCount = before }
    return try body()
  }
}

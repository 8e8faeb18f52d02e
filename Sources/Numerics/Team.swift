import CSystem

/// Threads that work together many times in short succession, such as once per step of training.
///
/// Between two rounds of work they spin for some microseconds, then sleep. As with `Parallel`, the pieces are the
/// caller's, and threads decide only who does which. The caller never waits for a thread that has not taken a piece:
/// where others keep the processors busy, it does the work alone.
package final class Team: @unchecked Sendable {
  /// Written before a round begins, and read by the threads that have taken one of its pieces. The round does not end
  /// before these pieces are done.
  private var body: (@Sendable (Int, Int) -> Void)?
  /// The number of the round, the number of its pieces, and the next piece, in one integer so that they change at once.
  private let ticket = AtomicInt(0)
  private let done = AtomicInt(0)
  private let ended = AtomicInt(0)
  private let joined = AtomicInt(1)
  /// The number of threads that sleep; guarded by the mutex.
  private var sleepers = 0
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private var threads: [OwnThread] = []

  /// How often a thread looks for work before it sleeps: long enough for the pause between two steps of training, and
  /// short enough not to slow other work down.
  private static let patience = 4000
  private static let mostPieces = 1 << 15

  /// The number of threads, the caller's included.
  package var count: Int { threads.count + 1 }

  /// - Parameter threads: all of them, the caller's included. The team has fewer where the system gives no more.
  package init(threads count: Int) {
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    for _ in 1..<max(1, count) {
      // Threads hold no reference to the team, because it waits for them before it is released.
      let team = Unmanaged.passUnretained(self)
      guard let thread = OwnThread({ team._withUnsafeGuaranteedRef { $0.serve() } }) else { break }
      threads.append(thread)
    }
  }

  /// Ends the threads. No round may be running. To be called before the last reference to the team is released, while
  /// the threads may still use it.
  package func dismiss() {
    guard !threads.isEmpty else { return }
    ended.value = 1
    signal(ticket.value)
    for thread in threads { thread.join() }
    threads = []
  }

  deinit {
    dismiss()
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  /// Runs `body(piece, member)` once for every piece in 0..<pieces and returns when all are done. `member` is the
  /// number of the thread, from 0.
  package func forEach(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ member: Int) -> Void) {
    guard !threads.isEmpty, pieces > 1 else {
      for piece in 0..<pieces { body(piece, 0) }
      return
    }
    for first in stride(from: 0, to: pieces, by: Self.mostPieces) {
      round(min(Self.mostPieces, pieces - first)) { body(first + $0, $1) }
    }
  }

  private func round(_ pieces: Int, _ body: @Sendable (Int, Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      self.body = body
      done.value = 0
      let next = (ticket.value >> 32 &+ 1) & 0x7FFF_FFFF
      signal(next << 32 | pieces << 16)
      Parallel.withinPieces { work(member: 0) }
      var spins = 0
      while done.value < pieces {
        spins += 1
        if spins > Self.patience { sched_yield() }
      }
      self.body = nil
      // The compiler writes the length of this file's path into the code, by where these braces are said to stand.
      // With the folder in it, builds in two folders would differ.
      #sourceLocation(file:"Numerics",line:1)
    }
  }
  #sourceLocation()

  /// Takes pieces of the present round while there are any.
  private func work(member: Int) {
    while true {
      let seen = ticket.value
      let (pieces, piece) = (seen >> 16 & 0xFFFF, seen & 0xFFFF)
      if piece >= pieces { return }
      guard ticket.replace(seen, by: seen + 1) else { continue }
      body?(piece, member)
      _ = done.fetchAdd(1)
    }
  }

  private func signal(_ next: Int) {
    pthread_mutex_lock(mutex)
    ticket.value = next
    if sleepers > 0 { pthread_cond_broadcast(wake) }
    pthread_mutex_unlock(mutex)
  }

  private var hasPieces: Bool {
    let seen = ticket.value
    return seen & 0xFFFF < seen >> 16 & 0xFFFF
  }

  private func serve() {
    let member = joined.fetchAdd(1)
    while ended.value == 0 {
      waitForPieces()
      Parallel.withinPieces { work(member: member) }
    }
  }

  private func waitForPieces() {
    for _ in 0..<Self.patience where hasPieces || ended.value != 0 { return }
    pthread_mutex_lock(mutex)
    sleepers += 1
    while !hasPieces, ended.value == 0 { pthread_cond_wait(wake, mutex) }
    sleepers -= 1
    pthread_mutex_unlock(mutex)
  }
}

import CSystem

/// Threads that work together many times in short succession, such as once per step of training.
///
/// Between two pieces of work they spin for some microseconds, then sleep. As with `Parallel`, the pieces are the caller's, and threads
/// decide only who does which.
package final class Team: @unchecked Sendable {
  // What is shared is either atomic or guarded by the mutex, or written before `round` is raised and read after.
  private var body: (@Sendable (Int, Int) -> Void)?
  private var pieces = 0
  private let next = AtomicInt(0)
  private let joined = AtomicInt(1)
  private let unfinished = AtomicInt(0)
  private let round = AtomicInt(0)
  private let ended = AtomicInt(0)
  /// Guarded by the mutex.
  private var sleepers = 0
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private var threads: [pthread_t] = []

  /// Threads, the caller's included.
  package var count: Int { threads.count + 1 }

  /// Enough for the pause between two steps, too little to be felt elsewhere.
  private static let patience = 4000

  /// - Parameter threads: all of them, the caller's included; fewer where no more are to be had.
  package init(threads count: Int) {
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    for _ in 1..<max(1, count) {
      var thread = pthread_t()
      let argument = Unmanaged.passUnretained(self).toOpaque()
      let failed = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Team>.fromOpaque(argument).takeUnretainedValue().serve() }
          return nil
        }, argument)
      if failed != 0 { break }
      threads.append(thread)
    }
  }

  /// Lets the threads go; nothing may be running. Must be called before the team is given up.
  package func dismiss() {
    guard !threads.isEmpty else { return }
    ended.value = 1
    signal()
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }

  deinit {
    dismiss()
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    wake.deallocate()
    mutex.deallocate()
  }

  /// Runs `body(piece, member)` once for every piece in 0..<pieces, `member` being the number of the thread, from 0; returns when all
  /// are done.
  package func forEach(_ pieces: Int, _ body: @Sendable (_ piece: Int, _ member: Int) -> Void) {
    guard !threads.isEmpty, pieces > 1 else {
      for piece in 0..<pieces { body(piece, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      self.body = body
      self.pieces = pieces
      next.value = 0
      unfinished.value = threads.count
      signal()
      Parallel.withinPieces { work(body, pieces, 0) }
      var spins = 0
      while unfinished.value > 0 {
        spins += 1
        if spins > Self.patience { sched_yield() }
      }
      self.body = nil
    }
  }

  private func work(_ body: @Sendable (Int, Int) -> Void, _ pieces: Int, _ member: Int) {
    while true {
      let piece = next.fetchAdd(1)
      if piece >= pieces { return }
      body(piece, member)
    }
  }

  /// Begins a new round.
  private func signal() {
    pthread_mutex_lock(mutex)
    _ = round.fetchAdd(1)
    if sleepers > 0 { pthread_cond_broadcast(wake) }
    pthread_mutex_unlock(mutex)
  }

  private func serve() {
    let member = joined.fetchAdd(1)
    var seen = 0
    while true {
      waitForRound(after: seen)
      seen += 1
      if ended.value != 0 { return }
      if let body { Parallel.withinPieces { work(body, pieces, member) } }
      _ = unfinished.fetchAdd(-1)
    }
  }

  private func waitForRound(after seen: Int) {
    for _ in 0..<Self.patience where round.value > seen { return }
    pthread_mutex_lock(mutex)
    sleepers += 1
    while round.value <= seen { pthread_cond_wait(wake, mutex) }
    sleepers -= 1
    pthread_mutex_unlock(mutex)
  }
}

import CSystem

/// Work spread over threads.
///
/// The pieces of work are fixed by the caller and numbered; threads only decide who does which. Anything that is
/// summed is summed by piece number afterwards, so that results do not depend on the number of threads.
///
/// Threads are plain POSIX threads that live for one call: nothing survives it that a fork could lose.
package enum Parallel {
  /// The number of threads that calls use: the host's choice, or one per processor that this process may run on.
  package static var threadCount: Int {
    get {
      let chosen = setting.value
      return chosen > 0 ? chosen : Int(jko_system_processors())
    }
    set { setting.value = newValue }
  }

  private static let setting = AtomicInt(0)

  /// Whether the calling thread is one of the library's own. Callbacks must not be called there, because the host knows
  /// only its own threads.
  package static var isOnOwnThread: Bool { OwnThread.isCurrent }

  /// Runs `body(piece)` once for every piece in 0..<pieces, on up to `threadCount` threads; returns when all are done.
  ///
  /// - Parameter spreads: false keeps all pieces on the calling thread; for those that call the host
  package static func forEach(_ pieces: Int, spreads: Bool = true, _ body: @Sendable (Int) -> Void) {
    // For a single piece `threadCount` is not read, because to ask the system for the number of processors takes longer
    // than many a piece.
    let workers = pieces <= 1 || !spreads || isWithinPieces ? 1 : min(threadCount, pieces)
    guard workers > 1 else {
      for piece in 0..<pieces { body(piece) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let job = Job(pieces: pieces, body: body)
      var threads: [OwnThread] = []
      for _ in 1..<workers {
        // Where the system gives no more threads, this one and those that were made do all pieces.
        guard let thread = OwnThread({ job.run() }) else { break }
        threads.append(thread)
      }
      job.run()
      for thread in threads { thread.join() }
      // The compiler writes the length of this file's path into the code, by where these braces are said to stand.
      // With the folder in it, builds in two folders would differ.
      #sourceLocation(file:"Numerics",line:1)
    }
  }
  #sourceLocation()

  /// Whether this thread is doing a piece of work already. Work within such a piece stays on its thread, so that there
  /// are never more threads than were asked for.
  private static var isWithinPieces: Bool {
    get { markKey.map { pthread_getspecific($0) != nil } ?? false }
    set { if let markKey { pthread_setspecific(markKey, newValue ? UnsafeRawPointer(bitPattern: 1) : nil) } }
  }

  private static let markKey: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  /// Runs a piece of work that others than `forEach` have spread over threads, such as `Team`. Calls of `forEach` from
  /// within it stay on this thread.
  static func withinPieces(_ body: () -> Void) {
    let outer = isWithinPieces
    isWithinPieces = true
    defer { isWithinPieces = outer }
    body()
  }

  /// Splits 0..<count into pieces of at most `grain` and runs `body(range)` for each.
  package static func forRanges(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let pieces = (count + grain - 1) / grain
    forEach(pieces) { piece in body(piece * grain..<min(count, (piece + 1) * grain)) }
  }

  private final class Job: Sendable {
    let pieces: Int
    let body: @Sendable (Int) -> Void
    let next = AtomicInt(0)

    init(pieces: Int, body: @escaping @Sendable (Int) -> Void) {
      self.pieces = pieces
      self.body = body
    }

    func run() {
      Parallel.isWithinPieces = true
      defer { Parallel.isWithinPieces = false }
      while true {
        let piece = next.fetchAdd(1)
        if piece >= pieces { return }
        body(piece)
      }
    }
  }
}

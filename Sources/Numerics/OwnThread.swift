import CSystem

/// A thread of the library's own, beside those of the host.
///
/// It blocks all signals from its first instruction on, except those that an instruction of its own raises. The host's
/// handlers expect to run on the host's threads: they use what belongs to these threads, such as an interpreter's
/// state, and count on interrupting their system calls.
struct OwnThread {
  private let thread: pthread_t

  /// What is usual may be too little: the host chooses it, or the limit of the process's own stack does.
  private static let leastStack = 1 << 20

  private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS]

  /// Nil where the system gives no more threads.
  init?(_ body: @escaping @Sendable () -> Void) {
    let argument = Unmanaged.passRetained(Body(body))
    var (blocked, before, thread) = (sigset_t(), sigset_t(), pthread_t())
    sigfillset(&blocked)
    for fault in Self.faults { sigdelset(&blocked, fault) }
    // A thread inherits the signal mask of its creator. Signals to the creator wait until its own mask is restored.
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    var stack = 0
    pthread_attr_getstacksize(&attributes, &stack)
    if stack < Self.leastStack { pthread_attr_setstacksize(&attributes, Self.leastStack) }
    let failed = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        OwnThread.isCurrent = true
        body.run()
        return nil
      }, argument.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard failed == 0 else {
      argument.release()
      return nil
    }
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }

  /// Whether the calling thread is an `OwnThread`, and not one of the host's.
  private(set) static var isCurrent: Bool {
    get { markKey.map { pthread_getspecific($0) != nil } ?? false }
    set { if let markKey { pthread_setspecific(markKey, newValue ? UnsafeRawPointer(bitPattern: 1) : nil) } }
  }

  private static let markKey: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

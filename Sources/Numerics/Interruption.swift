import CSystem

/// Asks the host, on the thread that it called from and not too often, whether long work shall go on.
///
/// Work finds the interruption by its thread: `during` sets it, `Parallel` hands it to the threads that share the work,
/// and whatever lasts calls `Interruption.check()` between two steps of some milliseconds. Where nothing can be thrown,
/// `Interruption.stops` says whether to leave out the rest. Nobody sees a result with such gaps: `during` throws once
/// the host has refused, whatever came of the work. Only the host's own thread asks; the others see the answer.
package final class Interruption: @unchecked Sendable {
  private let owner = pthread_self()
  private let refused = AtomicInt(0)
  private let goesOn: () -> Bool
  private let what: String
  private let refuser: String
  /// The interruption of the work that this work is part of. It is asked along with this one, and its refusal ends
  /// both.
  private let outer: Interruption?
  private let interval: Double
  /// When the host was last asked; used on the owner's thread only.
  private var lastAsked: Double

  /// Seconds between questions: short for a person who waits, long for a host that draws a progress bar.
  private static let usualInterval = 0.1

  /// - Parameters:
  ///   - what: the work, as the error calls it.
  ///   - refuser: who is asked, as the error calls it.
  ///   - interval: seconds from one question to the next; nil for the interval of the work that this is part of, or
  ///     else a tenth of a second.
  ///   - goesOn: asks the host.
  package init(
    _ what: String, by refuser: String = "the progress callback", interval: Double? = nil,
    _ goesOn: @escaping () -> Bool
  ) {
    self.what = what
    self.refuser = refuser
    self.goesOn = goesOn
    outer = Interruption.current
    self.interval = interval ?? outer?.interval ?? Self.usualInterval
    // The interval begins with the last question of the outer work, so that work in many short parts asks as often as
    // work in one part.
    let asked = outer.flatMap { pthread_equal($0.owner, pthread_self()) != 0 ? $0.lastAsked : nil }
    lastAsked = asked ?? monotonicSeconds()
  }

  /// Whether the host has refused to go on. It is asked if the interval since the last question has passed.
  package var stops: Bool {
    if !isCancelled, pthread_equal(pthread_self(), owner) != 0, monotonicSeconds() - lastAsked >= interval { ask() }
    return isCancelled
  }

  /// Throws `.cancelled` once the host has refused to go on, and `.memory` once the system has no more.
  package func check() throws {
    try MemoryShortage.check()
    if stops { throw refusal }
  }

  /// Asks at once, if this is the host's own thread.
  func ask() {
    outer?.ask()
    guard !isCancelled, pthread_equal(pthread_self(), owner) != 0 else { return }
    lastAsked = monotonicSeconds()
    // The host may call the library from its callback. That call is work of its own, without this interruption.
    if !Self.with(nil, goesOn) { refused.value = 1 }
  }

  /// Whether the host has refused, without asking it.
  var isCancelled: Bool { refused.value != 0 || outer?.isCancelled ?? false }

  var refusal: EngineError { EngineError(.cancelled, "\(what) cancelled by \(refuser)") }
}

// The interruption of the calling thread's work.
extension Interruption {
  /// The interruption of the work that the calling thread is doing; nil where no host is to be asked.
  package static var current: Interruption? {
    guard let key, let known = pthread_getspecific(key) else { return nil }
    return Unmanaged<Interruption>.fromOpaque(known).takeUnretainedValue()
  }

  /// Throws `.cancelled` once the host has refused to go on with the calling thread's work, and `.memory` once the
  /// system has no more.
  package static func check() throws {
    if let current { try current.check() } else { try MemoryShortage.check() }
  }

  /// Whether the host has refused to go on with the calling thread's work. The rest of the work will not be used.
  package static var stops: Bool { current?.stops ?? false }

  /// Runs `body` as a part of the work that an interruption belongs to.
  package static func with<Result>(_ interruption: Interruption?, _ body: () throws -> Result) rethrows -> Result {
    guard let key else { return try body() }
    let before = pthread_getspecific(key)
    defer { pthread_setspecific(key, before) }
    pthread_setspecific(key, interruption.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) })
    return try withExtendedLifetime(interruption) { try body() }
  }

  /// Runs work that asks `goesOn`, on the calling thread, about ten times a second.
  ///
  /// - Throws: what `body` throws; `.cancelled`, whatever came of it, if the host has refused to go on.
  package static func during<Value>(
    _ what: String, by refuser: String = "the progress callback", _ goesOn: () -> Bool, _ body: () throws -> Value
  ) throws -> Value {
    try withoutActuallyEscaping(goesOn) { goesOn in
      let interruption = Interruption(what, by: refuser, goesOn)
      let outcome = Result { try with(interruption, body) }
      if interruption.isCancelled { throw interruption.refusal }
      return try outcome.get()
      // The compiler writes the length of this file's path into the code, by where these braces are said to stand.
      // With the folder in it, builds in two folders would differ.
      #sourceLocation(file:"Numerics",line:1)
    }
  }
  #sourceLocation()

  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()
}

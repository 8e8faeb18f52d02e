extension Parallel {
  /// `body(0)` .. `body(count - 1)`, on several threads; throws the error of the first index that has one.
  package static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let slots = Slots<Value>(count)
    forEach(count) { index in slots.fill(index, Result { try body(index) }) }
    return try slots.take()
  }

  /// The same for pieces that take long, one thread to a piece: `progress(done)` hears, on the calling thread, after every round of
  /// pieces, and meanwhile whenever a piece checks the interruption it is handed; it returns whether to go on.
  package static func map<Value: Sendable>(
    _ count: Int, _ what: String, progress: (_ done: Int) -> Bool,
    body: @Sendable (Int, Interruption) throws -> Value
  ) throws -> [Value] {
    try withoutActuallyEscaping(progress) { progress in
      var values: [Value] = []
      while values.count < count {
        let first = values.count
        let interruption = Interruption(what) { progress(first) }
        values += try map(min(threadCount, count - first)) { try body(first + $0, interruption) }
        if !progress(values.count) { throw EngineError.cancelled(what) }
      }
      return values
    }
  }

  /// One place per result; each is written by one thread and read when all have ended.
  private final class Slots<Value: Sendable>: @unchecked Sendable {
    private let slots: UnsafeMutableBufferPointer<Result<Value, any Error>?>

    init(_ count: Int) {
      slots = .allocate(capacity: count)
      slots.initialize(repeating: nil)
    }

    deinit {
      slots.deinitialize()
      slots.deallocate()
    }

    func fill(_ index: Int, _ result: Result<Value, any Error>) { slots[index] = result }

    func take() throws -> [Value] { try slots.compactMap { try $0?.get() } }
  }
}

extension Parallel {
  /// Returns `body(0)` .. `body(count - 1)`, computed on several threads. Where some of them fail, the error of the
  /// first index is thrown. All heed the interruption of the calling thread's work.
  ///
  /// - Parameter spreads: as in `forEach`
  package static func map<Value: Sendable>(
    _ count: Int, spreads: Bool = true, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let (slots, interruption) = (Slots<Value>(count), Interruption.current)
    forEach(count, spreads: spreads) { index in
      slots.fill(
        index,
        Result {
          try Interruption.with(interruption) {
            try Interruption.check()
            return try body(index)
          }
        })
    }
    return try slots.take()
  }

  /// The same for pieces that take long. Pieces with the most work begin first. `progress(done)` is called on the
  /// calling thread, whenever this thread has finished a piece or its piece checks the interruption that it is handed.
  /// It returns whether to go on.
  ///
  /// - Parameter work: of each piece, in any unit
  package static func map<Value: Sendable>(
    _ work: [Int], _ what: String, progress: (_ done: Int) -> Bool,
    body: @Sendable (Int, Interruption) throws -> Value
  ) throws -> [Value] {
    try withoutActuallyEscaping(progress) { progress in
      let (slots, done) = (Slots<Value>(work.count), AtomicInt(0))
      let order = work.indices.sorted { (-work[$0], $0) < (-work[$1], $1) }
      let interruption = Interruption(what) { progress(done.value) }
      forEach(work.count) { place in
        slots.fill(
          order[place],
          Result {
            try Interruption.with(interruption) {
              try interruption.check()
              return try body(order[place], interruption)
            }
          })
        if done.fetchAdd(1) + 1 < work.count { interruption.ask() }
      }
      if interruption.isCancelled { throw interruption.refusal }
      let values = try slots.take()
      if !progress(work.count) { throw EngineError.cancelled(what) }
      return values
      // The compiler writes the length of this file's path into the code, by where these braces are said to stand.
      // With the folder in it, builds in two folders would differ.
      #sourceLocation(file:"Numerics",line:1)
    }
  }
  #sourceLocation()

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

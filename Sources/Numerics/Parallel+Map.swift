extension Parallel {
  /// `body(0)` .. `body(count - 1)`, on several threads; throws the error of the first index that has one.
  package static func map<Value: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let slots = Slots<Value>(count)
    forEach(count) { index in slots.fill(index, Result { try body(index) }) }
    return try slots.take()
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

import CSystem
import Synchronization

/// Objects that each thread uses by itself, such as memory for intermediate results. A thread's object is made when it
/// first asks, kept for its next use, and released with the owner.
///
/// Each thread has its own place, so that nothing has to wait and, from a thread's second use on, nothing is allocated.
/// An object in use is not in its place, so that a use within a use gets another object. Where more threads run at once
/// than there are places, the others make an object for each use.
package final class PerThread<Value: AnyObject>: @unchecked Sendable {
  // A place belongs to one thread, and is a cache line apart from the next.
  private let places: UnsafeMutablePointer<Value?>
  private static var stride: Int { 8 }

  package init() {
    places = .allocate(capacity: ThreadNumber.limit * Self.stride)
    places.initialize(repeating: nil, count: ThreadNumber.limit * Self.stride)
  }

  deinit {
    places.deinitialize(count: ThreadNumber.limit * Self.stride)
    places.deallocate()
  }

  package func with<Result>(_ make: () -> Value, _ body: (Value) throws -> Result) rethrows -> Result {
    guard let number = ThreadNumber.current else { return try body(make()) }
    let place = places + number * Self.stride
    var kept: Value?
    swap(&kept, &place.pointee)
    let value = kept ?? make()
    defer { place.pointee = value }
    return try body(value)
  }
}

/// A small number for every thread that asks: the least that no living thread has.
private enum ThreadNumber {
  static let limit = 64

  private static let taken = Atomic<UInt64>(0)

  /// Holds the number, plus 1.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let failed = pthread_key_create(&key) { number in
      taken.bitwiseAnd(~(1 << UInt64(UInt(bitPattern: number) - 1)), ordering: .acquiringAndReleasing)
    }
    return failed == 0 ? key : nil
  }()

  /// The calling thread's number; nil where all numbers are taken.
  static var current: Int? {
    guard let key else { return nil }
    let known = Int(bitPattern: pthread_getspecific(key))
    return known > 0 ? known - 1 : take(key)
  }

  private static func take(_ key: pthread_key_t) -> Int? {
    var before = taken.load(ordering: .acquiring)
    while before != .max {
      let number = (~before).trailingZeroBitCount
      let bit: UInt64 = 1 << UInt64(number)
      let (exchanged, original) = taken.compareExchange(
        expected: before, desired: before | bit, ordering: .acquiringAndReleasing)
      if exchanged {
        if pthread_setspecific(key, UnsafeRawPointer(bitPattern: number + 1)) == 0 { return number }
        taken.bitwiseAnd(~bit, ordering: .acquiringAndReleasing)
        return nil
      }
      before = original
    }
    return nil
  }
}

import Synchronization

/// An integer that threads may read and change at once.
package final class AtomicInt: Sendable {
  private let storage: Atomic<Int>

  package init(_ value: Int) { storage = Atomic(value) }

  package var value: Int {
    get { storage.load(ordering: .acquiring) }
    set { storage.store(newValue, ordering: .releasing) }
  }

  /// Adds, and returns the value before.
  package func fetchAdd(_ amount: Int) -> Int { storage.add(amount, ordering: .acquiringAndReleasing).oldValue }

  /// Sets the value, and returns the one before.
  func exchange(_ value: Int) -> Int { storage.exchange(value, ordering: .acquiringAndReleasing) }

  /// Sets the value if it is the expected one; returns whether it was.
  func replace(_ expected: Int, by value: Int) -> Bool {
    storage.compareExchange(expected: expected, desired: value, ordering: .acquiringAndReleasing).exchanged
  }

  /// Sets the value if it is 0; returns whether it was.
  func replaceZero(by value: Int) -> Bool {
    storage.compareExchange(expected: 0, desired: value, ordering: .acquiringAndReleasing).exchanged
  }
}

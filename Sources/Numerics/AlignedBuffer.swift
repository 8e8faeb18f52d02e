import CSystem

/// Uninitialised memory for numbers, aligned for the widest vectors, freed with its owner.
package final class AlignedBuffer<Number: KernelNumber> {
  package let count: Int
  package let base: UnsafeMutablePointer<Number>

  package init(count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * MemoryLayout<Number>.stride, alignment: 64)
      .bindMemory(to: Number.self, capacity: max(1, count))
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Sets every number to 0, by setting its bytes to 0.
  package func zero() { memset(base, 0, count * MemoryLayout<Number>.stride) }
}

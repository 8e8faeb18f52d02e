import CSystem

/// Throws `.memory` where `count` elements cannot be allocated.
///
/// Swift ends the process when an allocation fails, so code whose sizes come from outside (a file, a caller) asks here
/// first. The answer is the operating system's: it refuses what exceeds memory and swap, but may grant more than a
/// container's limit allows.
package func requireMemory<Element>(_ count: Int, of type: Element.Type, for name: String) throws {
  let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
  guard count >= 0, !overflow, jko_system_can_allocate(size) != 0 else {
    throw EngineError(
      .memory, "\(name): \(count) elements of \(MemoryLayout<Element>.stride) bytes do not fit in memory")
  }
}

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

/// The same for a product of sizes, none of which is negative. What exceeds an `Int` fits in no memory.
package func requireMemory<Element>(
  _ first: Int, _ second: Int, _ more: Int..., of type: Element.Type, for name: String
) throws {
  var (count, overflows) = first.multipliedReportingOverflow(by: second)
  for factor in more {
    let (product, overflow) = count.multipliedReportingOverflow(by: factor)
    (count, overflows) = (product, overflows || overflow)
  }
  try requireMemory(overflows ? .max : count, of: type, for: name)
}

import CReserve

/// Throws `.memory` where `count` elements cannot be allocated.
///
/// Swift ends the process when an allocation fails. Small ones fall back on a reserve (Sources/System/CReserve); code
/// whose sizes come from outside (a file, a caller) asks here first. The answer is the operating system's: it refuses
/// what exceeds memory and swap, but may grant more than a container's limit allows.
package func requireMemory<Element>(_ count: Int, of type: Element.Type, for name: String) throws {
  try MemoryShortage.check()
  let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
  guard count >= 0, !overflow, jko_reserve_can_allocate(size) != 0 else {
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

/// What the system has refused since the calls that are under way began. The process lives on a reserve from then on,
/// and its work must end.
package enum MemoryShortage {
  /// - Throws: `.memory`
  package static func check() throws {
    let bytes = jko_reserve_shortage()
    if bytes > 0 { throw EngineError(.memory, "the system has no more memory: it refused \(bytes) bytes") }
  }

  /// Runs a call of the host, to which shortages before it do not matter.
  ///
  /// - Throws: what `body` throws; `.memory` where there is not even a reserve
  package static func during(_ body: () throws -> Void) throws {
    guard jko_reserve_enter() != 0 else {
      throw EngineError(.memory, "the system gives this process no address space, not even what calls keep in reserve")
    }
    defer { jko_reserve_leave() }
    try body()
  }
}

import CSystem

/// `.jkonetstar-<system>-<random>.part`: short, whatever the target is called, and not used twice.
struct TemporaryName {
  private static let prefix = ".jkonetstar-"
  private static let suffix = ".part"
  /// The boot of the system that this process runs on: the same in all its containers, which share its locks. Nil
  /// where it cannot be known.
  private static let system: String? = {
    let descriptor = jko_system_open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = read(descriptor, start, buffer.count)
      guard count > 0 else { return nil }
      return hexadecimal(UInt64(crc32Checksum(UnsafeRawBufferPointer(rebasing: buffer[..<count]))), digits: 8)
    }
  }()

  let text: String
  let isOfThisSystem: Bool

  init() {
    let random = hexadecimal(UInt64.random(in: 0 ... .max), digits: 16)
    text = "\(Self.prefix)\(Self.system ?? "00000000")-\(random)\(Self.suffix)"
    isOfThisSystem = Self.system != nil
  }

  /// Nil where `name` is not one of these.
  init?(parsing name: String) {
    guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
    let parts = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count).split(separator: "-")
    guard parts.map(\.count) == [8, 16], parts.allSatisfy({ $0.allSatisfy(\.isHexDigit) }) else { return nil }
    text = name
    isOfThisSystem = Self.system.map { $0 == parts[0] } ?? false
  }
}

private func hexadecimal(_ number: UInt64, digits: Int) -> String {
  let text = String(number, radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

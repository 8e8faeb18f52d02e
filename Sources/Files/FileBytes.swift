import CSystem
import Numerics

/// The bytes of a file, or of memory, read where they are needed: what a file claims to be is looked at before it is
/// read whole.
package final class FileBytes {
  package let count: Int
  private let source: Source
  /// The last block of the file that a short read brought in, and where it begins. Headers are read number by number.
  private var block: (start: Int, bytes: [UInt8]) = (0, [])
  private static let blockSize = 1 << 16

  private enum Source {
    case memory(ArraySlice<UInt8>)
    case file(descriptor: Int32, path: String)
  }

  package init(_ bytes: ArraySlice<UInt8>) {
    source = .memory(bytes)
    count = bytes.count
  }

  /// - Throws: `.io` where there is no regular file, or none that may be read.
  package init(opening path: String) throws {
    // Without O_NONBLOCK, opening a pipe would wait for a writer before its kind could be seen.
    let descriptor = jko_system_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw File.failure("opened", path) }
    source = .file(descriptor: descriptor, path: path)
    var status = stat()
    let error = fstat(descriptor, &status) == 0 ? nil : File.failure("read", path)
    count = Int(status.st_size)
    if let error { throw error }
    guard jko_system_is_regular(&status) != 0 else {
      throw EngineError(
        .io, "path = \(quoted(path)) is not a regular file but \(String(cString: jko_system_kind(&status)))")
    }
  }

  deinit {
    if case .file(let descriptor, _) = source { close(descriptor) }
  }

  /// All of them, fewer where the file became shorter meanwhile.
  package func all() throws -> [UInt8] {
    switch source {
    case .memory(let bytes): return Array(bytes)
    case .file(let descriptor, let path): return try Self.read(descriptor, path, 0..<count)
    }
  }

  /// The bytes in `range`, which lies within the count; fewer where the file became shorter meanwhile.
  package func bytes(_ range: Range<Int>) throws -> ArraySlice<UInt8> {
    let range = range.clamped(to: 0..<count)
    switch source {
    case .memory(let bytes):
      return bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
    case .file(let descriptor, let path):
      guard range.count < Self.blockSize else { return try Self.read(descriptor, path, range)[...] }
      if range.lowerBound < block.start || range.upperBound > block.start + block.bytes.count {
        // Half of the block before the range: an archive is looked at from its end.
        let start = max(0, range.lowerBound - Self.blockSize / 2)
        block = (start, try Self.read(descriptor, path, start..<min(count, range.upperBound + Self.blockSize / 2)))
      }
      let (start, available) = (range.lowerBound - block.start, block.bytes.count)
      return block.bytes[min(start, available)..<min(range.upperBound - block.start, available)]
    }
  }

  private static func read(_ descriptor: Int32, _ path: String, _ range: Range<Int>) throws -> [UInt8] {
    try requireMemory(range.count, of: UInt8.self, for: "path = \(quoted(path))")
    var error: EngineError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      count = 0
      guard let base = buffer.baseAddress else { return }
      while count < range.count {
        let got = pread(descriptor, base + count, range.count - count, off_t(range.lowerBound + count))
        if got == 0 { break }
        if got < 0 {
          if jko_system_errno() == EINTR { continue }
          error = File.failure("read", path)
          return
        }
        count += got
      }
    }
    if let error { throw error }
    return bytes
  }
}

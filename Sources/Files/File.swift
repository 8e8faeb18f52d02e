import CSystem
import Numerics

/// Whole files in and out.
package enum File {
  /// The bytes of the file at `path`.
  package static func read(_ path: String) throws -> [UInt8] {
    let descriptor = jko_system_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw failure("opened", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
    guard jko_system_is_regular(&status) != 0 else {
      throw EngineError(.io, "path = \"\(path)\" is not a regular file")
    }
    let size = Int(status.st_size)
    var error: EngineError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = 0
      guard let base = buffer.baseAddress else { return }
      while count < size {
        let got = systemRead(descriptor, base + count, size - count)
        if got == 0 { break }
        if got < 0 {
          if jko_system_errno() == EINTR { continue }
          error = failure("read", path)
          return
        }
        count += got
      }
    }
    if let error { throw error }
    return bytes
  }

  /// Writes `bytes` to `path`, which then holds either what it held before or all of them, even after a crash:
  /// a temporary file beside it is written, synchronised and renamed.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = "\(path).\(getpid())-\(uniqueNumber.fetchAdd(1)).part"
    let descriptor = jko_system_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("written", path) }
    do {
      defer { close(descriptor) }
      guard writeAll(bytes, descriptor), fsync(descriptor) == 0 else {
        let error = failure("written", path)
        unlink(temporary)
        throw error
      }
    }
    guard rename(temporary, path) == 0 else {
      let error = failure("written", path)
      unlink(temporary)
      throw error
    }
    synchronizeFolder(of: path)
  }

  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && jko_system_is_folder(&status) != 0
  }

  /// Makes the folder at `path` unless it is there; its parent must exist.
  package static func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o755) == 0 || isFolder(path) else { throw failure("made", path) }
  }

  private static let uniqueNumber = AtomicInt(0)

  private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return true }
      var written = 0
      while written < buffer.count {
        let count = systemWrite(descriptor, base + written, buffer.count - written)
        if count < 0 {
          if jko_system_errno() == EINTR { continue }
          return false
        }
        written += count
      }
      return true
    }
  }

  /// Makes the rename itself durable; a file system that cannot is no reason to fail.
  private static func synchronizeFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = jko_system_open(folder, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ action: String, _ path: String) -> EngineError {
    EngineError(.io, "path = \"\(path)\" could not be \(action): \(String(cString: strerror(jko_system_errno())))")
  }
}

// Inside File, `read` and `write` are its own.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}

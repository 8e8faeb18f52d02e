import CSystem
import Numerics

/// Whole files in and out.
package enum File {
  /// The bytes of the file at `path`.
  package static func read(_ path: String) throws -> [UInt8] {
    // Without O_NONBLOCK, opening a pipe would wait for a writer before its kind could be seen.
    let descriptor = jko_system_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failure("opened", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
    guard jko_system_is_regular(&status) != 0 else {
      throw EngineError(.io, "path = \(quoted(path)) is not a regular file")
    }
    let size = Int(status.st_size)
    try requireMemory(size, of: UInt8.self, for: "path = \(quoted(path))")
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
    try write([(bytes, path)])
  }

  /// Writes files that belong together.
  ///
  /// A failure to write any of them leaves all as they were. Only then are they renamed one by one, the last file
  /// being removed first: a set whose replacement was interrupted lacks its last file rather than mixing old and new.
  package static func write(_ files: [(bytes: [UInt8], path: String)]) throws {
    var staged: [(temporary: String, path: String)] = []
    do {
      for (bytes, path) in files { staged.append((try stage(bytes, beside: path), path)) }
      if files.count > 1, let last = staged.last {
        guard unlink(last.path) == 0 || jko_system_errno() == ENOENT else { throw failure("replaced", last.path) }
        synchronizeFolder(of: last.path)
      }
      while let (temporary, path) = staged.first {
        guard rename(temporary, path) == 0 else { throw failure("written", path) }
        synchronizeFolder(of: path)
        staged.removeFirst()
      }
    } catch {
      for (temporary, _) in staged { unlink(temporary) }
      throw error
    }
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
    guard mkdir(path, 0o755) != 0 else { return }
    // Looking for the folder may fail in another way; what is told is why it could not be made.
    let error = failure("made", path)
    guard isFolder(path) else { throw error }
  }

  private static let uniqueNumber = AtomicInt(0)

  /// A new file beside `path` that holds `bytes`, on the disk and not only in its cache.
  private static func stage(_ bytes: [UInt8], beside path: String) throws -> String {
    while true {
      let temporary = "\(path).\(getpid())-\(uniqueNumber.fetchAdd(1)).part"
      let descriptor = jko_system_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if descriptor < 0 {
        // Left over from a process of the same number that was killed: take the next name.
        if jko_system_errno() == EEXIST { continue }
        throw failure("written", path)
      }
      defer { close(descriptor) }
      guard writeAll(bytes, descriptor), fsync(descriptor) == 0 else {
        let error = failure("written", path)
        unlink(temporary)
        throw error
      }
      return temporary
    }
  }

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
    EngineError(.io, "path = \(quoted(path)) could not be \(action): \(String(cString: strerror(jko_system_errno())))")
  }
}

// Inside File, `read` and `write` are its own.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}

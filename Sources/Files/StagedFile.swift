import CSystem
import Numerics

/// A temporary file beside its target, complete and on the disk, that takes the target's place by a rename.
///
/// A process that is killed leaves its temporary file behind. Its writer holds a lock on it, which the system releases
/// when the process ends, so that any later write in the same folder finds out that the writer is gone and removes the
/// file. Process numbers in names would not tell: they are used again, and other hosts have their own. Files without a
/// name (O_TMPFILE) would not do: `linkat` cannot replace a file, so that a temporary name is needed after all.
final class StagedFile {
  let target: WriteTarget
  private let path: String
  private let descriptor: Int32
  private var isPublished = false

  /// A file that holds `bytes`, synchronised, with mode and owner of the file that it is to replace.
  init(_ bytes: [UInt8], for target: WriteTarget) throws {
    self.target = target
    (path, descriptor) = try Self.create(for: target)
    guard Self.write(bytes, descriptor) else { throw File.failure("written", target.asked) }
    if let replaced = target.replaced { Self.adopt(replaced, descriptor) }
    guard File.synchronize(descriptor) else { throw File.failure("written", target.asked) }
  }

  /// When the file was written, in seconds by the clock of the folder's server.
  var time: Int? {
    var own = stat()
    return fstat(descriptor, &own) == 0 ? own.st_mtim.tv_sec : nil
  }

  /// Takes the target's place.
  func publish() throws {
    guard rename(path, target.path) == 0 else { throw File.failure("written", target.asked) }
    isPublished = true
  }

  /// Gives the place up again, where it took it.
  func withdraw() {
    guard isPublished else { return }
    unlink(target.path)
  }

  deinit {
    if !isPublished { unlink(path) }
    // The lock ends here, when the temporary name is gone.
    close(descriptor)
  }

  /// A new file, locked. Nobody else reads it before it has the mode of the file that it replaces; a file that is new
  /// has the mode of any program's new files.
  private static func create(for target: WriteTarget) throws -> (path: String, descriptor: Int32) {
    while true {
      let path = "\(target.folder)/\(TemporaryName().text)"
      let mode: Int32 = target.replaced == nil ? 0o666 : 0o600
      let descriptor = jko_system_open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if descriptor < 0 {
        if [EEXIST, EINTR].contains(jko_system_errno()) { continue }
        throw File.failure("written", target.asked)
      }
      // Where the file system has no locks, nobody gets one, and leftovers stay.
      let isLocked = jko_system_try_lock(descriptor) == 0 || jko_system_errno() != EWOULDBLOCK
      // Another process may have taken the file for a leftover before it was locked. Then the next one is tried.
      var status = stat()
      if isLocked, fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (path, descriptor) }
      unlink(path)
      close(descriptor)
    }
  }

  private static func write(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
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

  /// Gives the file the owner, group and mode of `replaced`, as far as this process may.
  private static func adopt(_ replaced: stat, _ descriptor: Int32) {
    let keepsOwner = fchown(descriptor, replaced.st_uid, replaced.st_gid) == 0
    let keepsGroup = keepsOwner || fchown(descriptor, uid_t.max, replaced.st_gid) == 0
    var mode = replaced.st_mode & 0o7777
    // Rights were meant for that owner and that group. Another group gets no more than everybody.
    if !keepsOwner { mode &= 0o1777 }
    if !keepsGroup { mode = mode & 0o1707 | (mode & 0o7) << 3 }
    _ = fchmod(descriptor, mode)
  }
}

// Inside StagedFile, `write` is its own.
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, buffer, count)
}

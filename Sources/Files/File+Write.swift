import CSystem
import Numerics

extension File {
  /// Writes `bytes` to `path`, which then holds either what it held before or all of them, even after a crash:
  /// a temporary file beside it is written, synchronised and renamed.
  ///
  /// Symbolic links are followed, and a file that is replaced passes on its mode and owner. It does not pass on its
  /// other hard links, which keep the old contents.
  ///
  /// - Throws: `.io`, also where `path` leads to something that is not a regular file.
  package static func write(_ bytes: [UInt8], to path: String) throws {
    try write([(bytes, path)])
  }

  /// Writes files that belong together.
  ///
  /// A failure to write any of them leaves all as they were. Only then are they renamed one by one, the last file
  /// being removed first: a set whose replacement was interrupted lacks its last file rather than mixing old and new.
  package static func write(_ files: [(bytes: [UInt8], path: String)]) throws {
    let targets = try files.map { try WriteTarget($0.path) }
    // A staged file that is released without a rename removes itself.
    var staged: [StagedFile] = []
    for (file, target) in zip(files, targets) { staged.append(try StagedFile(file.bytes, for: target)) }
    // Only once in a folder.
    var cleaned = Set<String>()
    for file in staged where cleaned.insert(file.target.folder).inserted { file.removeLeftovers() }
    if files.count > 1, let last = targets.last {
      guard unlink(last.path) == 0 || jko_system_errno() == ENOENT else { throw failure("replaced", last.asked) }
      synchronizeFolder(last.folder)
    }
    for file in staged {
      try file.publish()
      synchronizeFolder(file.target.folder)
    }
  }

  /// Makes the rename itself durable; a file system that cannot is no reason to fail.
  private static func synchronizeFolder(_ folder: String) {
    let descriptor = jko_system_open(folder, O_RDONLY | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    close(descriptor)
  }
}

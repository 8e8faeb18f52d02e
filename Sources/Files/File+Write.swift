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
  /// A failure to write or replace any of them leaves all as they were. A process that ends in the middle leaves a set
  /// that lacks its last file, rather than one that mixes old and new: that file is moved away first and comes last.
  package static func write(_ files: [(bytes: [UInt8], path: String)]) throws {
    let targets = try files.map { try WriteTarget($0.path) }
    let folders = try targets.map { try Folder($0.folder, for: $0.asked) }
    // What was left goes before anything new comes: it may be why the disk is full, and a process that is killed again
    // and again leaves no more than one file.
    let others = Set(folders.map(\.path)).filter { Leftovers.remove(from: $0, now: nil) }
    // A staged file that is released without a rename removes itself.
    var staged: [StagedFile] = []
    for (file, target) in zip(files, targets) { staged.append(try StagedFile(file.bytes, for: target)) }
    for folder in others {
      Leftovers.remove(from: folder, now: staged.first { $0.target.folder == folder }?.time)
    }
    guard files.count > 1 else {
      try publish(zip(staged, folders))
      return
    }
    var displaced: [DisplacedFile?] = targets.map { _ in nil }
    do {
      for index in targets.indices.reversed() {
        displaced[index] = try DisplacedFile(targets[index])
        if index == targets.count - 1 { try folders[index].synchronize(for: targets[index].asked) }
      }
      try publish(zip(staged, folders))
    } catch {
      // Here as well the last file goes first and comes back last.
      for file in staged.reversed() { file.withdraw() }
      for index in targets.indices {
        displaced[index]?.putBack()
        try? folders[index].synchronize(for: targets[index].asked)
      }
      throw error
    }
  }

  private static func publish(_ files: some Sequence<(StagedFile, Folder)>) throws {
    for (file, folder) in files {
      try file.publish()
      try folder.synchronize(for: file.target.asked)
    }
  }

  /// Whether the disk has all of a file, or of a folder.
  static func synchronize(_ descriptor: Int32) -> Bool {
    while fsync(descriptor) != 0 { if jko_system_errno() != EINTR { return false } }
    return true
  }
}

import CSystem
import Numerics

/// Where a write to a path ends: behind all symbolic links, in a regular file or at a name that is free.
struct WriteTarget {
  /// As the caller named it, for messages.
  let asked: String
  let path: String
  /// The file that will be replaced, if there is one.
  let replaced: stat?

  var folder: String { File.folder(of: path) }

  /// - Throws: `.io` where the path leads to anything but a regular file that may be written, or a free name.
  init(_ asked: String) throws {
    for _ in 0..<Self.mostLooks {
      guard let found = try Self.found(asked) else { continue }
      self = found
      return
    }
    throw EngineError(.io, "path = \(quoted(asked)) leads to a file without a name, or changes all the time")
  }

  private init(asked: String, path: String, replaced: stat?) {
    (self.asked, self.path, self.replaced) = (asked, path, replaced)
  }

  /// Others may replace or remove the file between two looks at it. It then is looked at again, so many times in all.
  private static let mostLooks = 100

  /// Nil where what the path leads to changed meanwhile. Links under /proc lead to files that may have lost their name;
  /// they look as if they did, and cannot be replaced by name.
  private static func found(_ asked: String) throws -> WriteTarget? {
    var status = stat()
    let exists = stat(asked, &status) == 0
    if exists, jko_system_is_folder(&status) != 0 { throw File.failure("written", asked, EISDIR) }
    guard !exists || jko_system_is_regular(&status) != 0 else {
      throw EngineError(
        .io, "path = \(quoted(asked)) is not a regular file but \(String(cString: jko_system_kind(&status)))")
    }
    // The folder alone decides whether a file may be replaced. One that may not be written is kept all the same, as
    // it would be by a program that opens it.
    guard !exists || faccessat(AT_FDCWD, asked, W_OK, AT_EACCESS) == 0 else {
      guard jko_system_errno() == ENOENT else { throw File.failure("written", asked) }
      return nil
    }
    let path = try end(of: asked)
    var end = stat()
    let endExists = lstat(path, &end) == 0
    guard endExists == exists, !exists || (end.st_dev == status.st_dev && end.st_ino == status.st_ino) else {
      return nil
    }
    return WriteTarget(asked: asked, path: path, replaced: exists ? status : nil)
  }

  /// As many links in a row as Linux follows.
  private static let mostLinks = 40

  /// `path` with its last component replaced as long as that is a symbolic link. The target need not exist.
  private static func end(of path: String) throws -> String {
    var current = path
    for _ in 0...mostLinks {
      var status = stat()
      guard lstat(current, &status) == 0 else {
        guard jko_system_errno() == ENOENT else { throw File.failure("written", path) }
        return current
      }
      guard jko_system_is_link(&status) != 0 else { return current }
      guard let target = readLink(current) else { throw File.failure("written", path) }
      // Relative links count from the folder of the link.
      current = target.hasPrefix("/") || !current.contains("/") ? target : "\(File.folder(of: current))/\(target)"
    }
    throw File.failure("written", path, ELOOP)
  }

  private static func readLink(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX) + 1) { buffer in
      guard let start = buffer.baseAddress else { return nil }
      let count = readlink(path, start, Int(PATH_MAX))
      guard count >= 0 else { return nil }
      start[count] = 0
      return String(cString: start)
    }
  }
}

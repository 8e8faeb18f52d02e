import CSystem

/// Temporary files whose writers were killed.
enum Leftovers {
  /// Removes them from a folder.
  ///
  /// - Parameter now: seconds by the clock of the folder's server, which tells how old files of other hosts are; nil
  ///   leaves those alone.
  /// - Returns: whether there are files of other hosts, or from before a restart
  @discardableResult
  static func remove(from folder: String, now: Int?) -> Bool {
    guard let names = try? File.names(inFolder: folder) else { return false }
    var hasOthers = false
    for name in names {
      guard let temporary = TemporaryName(parsing: name) else { continue }
      hasOthers = hasOthers || !temporary.isOfThisSystem
      if temporary.isOfThisSystem || now != nil {
        remove("\(folder)/\(name)", isOfThisSystem: temporary.isOfThisSystem, now: now)
      }
    }
    return hasOthers
  }

  /// A lock decides on the system that wrote the file. Some network file systems keep locks to each host: there a file
  /// of another host, or from before a restart, must also be a day older than one written now, by the server's clock.
  private static func remove(_ path: String, isOfThisSystem: Bool, now: Int?) {
    var descriptor = jko_system_open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0)
    if descriptor < 0 { descriptor = jko_system_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, jko_system_is_regular(&status) != 0, jko_system_try_lock(descriptor) == 0
    else { return }
    let isOld = now.map { $0 - status.st_mtim.tv_sec > 86_400 } ?? false
    if isOfThisSystem || isOld { unlink(path) }
  }
}

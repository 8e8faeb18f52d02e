import CSystem
import Numerics

/// A file under a temporary name, which gets its name back unless all the files that take its place, and that of those
/// that belong to it, have come to be.
final class DisplacedFile {
  private let path: String
  private let aside: String
  /// Holds a lock, so that nobody takes the file for a leftover. Negative where it may not be read.
  private let descriptor: Int32

  /// Nil where there is no file.
  init?(_ target: WriteTarget) throws {
    path = target.path
    aside = "\(target.folder)/\(TemporaryName().text)"
    descriptor = jko_system_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0)
    if descriptor >= 0 { _ = jko_system_try_lock(descriptor) }
    guard rename(path, aside) == 0 else {
      let number = jko_system_errno()
      if descriptor >= 0 { close(descriptor) }
      if number == ENOENT { return nil }
      throw File.failure("replaced", target.asked, number)
    }
  }

  func putBack() { _ = rename(aside, path) }

  deinit {
    // Nothing is there where it was put back.
    unlink(aside)
    if descriptor >= 0 { close(descriptor) }
  }
}

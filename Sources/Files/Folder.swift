import CSystem
import Numerics

/// A folder in which files are renamed, held open so that the renames can be made durable however few files the
/// process may open by then.
final class Folder {
  let path: String
  /// Negative where the folder may be written but not read. Then nobody can synchronise it.
  private let descriptor: Int32

  init(_ path: String, for asked: String) throws {
    self.path = path
    descriptor = jko_system_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
    guard descriptor >= 0 || jko_system_errno() == EACCES else { throw File.failure("written", asked) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Waits until the disk has what was done in the folder. A file system that cannot synchronise folders is no reason
  /// to fail.
  ///
  /// - Throws: `.io` where the disk fails
  func synchronize(for asked: String) throws {
    guard descriptor >= 0, !File.synchronize(descriptor) else { return }
    let number = jko_system_errno()
    guard ![EINVAL, EBADF, ENOTSUP, ENOSYS, EROFS].contains(number) else { return }
    throw EngineError(
      .io,
      "path = \(quoted(asked)) may not outlast a loss of power, for its folder could not be synchronised: "
        + String(cString: strerror(number)))
  }
}

import CSystem
import Numerics

/// Whole files in and out. Reading piece by piece: `FileBytes`; writing: `File+Write.swift`.
package enum File {
  /// The bytes of the file at `path`.
  package static func read(_ path: String) throws -> [UInt8] { try FileBytes(opening: path).all() }

  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && jko_system_is_folder(&status) != 0
  }

  /// Makes the folder at `path` unless it is there, and fills it; its parent must exist. A folder that was made is
  /// removed where filling it fails.
  package static func makeFolder(_ path: String, filled fill: () throws -> Void) throws {
    guard mkdir(path, 0o777) == 0 else {
      // Looking for the folder may fail in another way; what is told is why it could not be made.
      let error = failure("made", path)
      guard isFolder(path) else { throw error }
      return try fill()
    }
    do {
      // Whatever slashes the path ends with.
      let above = try Folder("\(path)/..", for: path)
      try fill()
      try above.synchronize(for: path)
    } catch {
      rmdir(path)
      throw error
    }
  }

  /// The names in the folder at `path`, in no order, without "." and "..".
  package static func names(inFolder path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw failure("listed", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = String(cString: jko_system_entry_name(entry))
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The folder that holds what `path` names.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  static func failure(_ action: String, _ path: String) -> EngineError {
    failure(action, path, jko_system_errno())
  }

  static func failure(_ action: String, _ path: String, _ number: Int32) -> EngineError {
    EngineError(
      number == ENOMEM ? .memory : .io,
      "path = \(quoted(path)) could not be \(action): \(String(cString: strerror(number)))")
  }
}

import CSystem

package struct NoFolder: Error {}

/// Runs `body` with the path of an empty folder that is removed afterwards, with the files in it.
package func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array("\(parent)/jkonetstar-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw NoFolder() }
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { remove(path) }
  return try body(path)
}

private func remove(_ folder: String) {
  if let stream = opendir(folder) {
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink("\(folder)/\(name)") }
    }
    closedir(stream)
  }
  rmdir(folder)
}

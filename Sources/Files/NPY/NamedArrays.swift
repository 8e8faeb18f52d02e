import Numerics

/// NumPy arrays with names: the members of an `.npz` file, or the files of a folder.
package struct NamedArrays {
  /// Of the folder or file.
  package let path: String
  package let names: [String]
  private let source: Source

  private enum Source {
    case archive(ZipArchive)
    case folder
  }

  package init(archive file: FileBytes, name: String) throws {
    let archive = try ZipArchive(file, name: quoted(name))
    (path, source) = (name, .archive(archive))
    names = Self.arrays(archive.names)
  }

  package init(folder path: String) throws {
    (self.path, source) = (path, .folder)
    names = Self.arrays(try File.names(inFolder: path).sorted())
  }

  package func read(_ name: String) throws -> NPYArray {
    switch source {
    case .archive(let archive):
      let contents = try archive.contents(of: "\(name).npy")
      return try NPY.read(FileBytes(contents), name: "\(quoted(path)): \(name)")
    case .folder:
      let file = "\(path)/\(name).npy"
      return try NPY.read(FileBytes(opening: file), name: quoted(file))
    }
  }

  private static func arrays(_ files: [String]) -> [String] {
    files.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
  }
}

import Files
import Foundation
import Numerics
import Testing

private func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "files-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

private func contents(_ folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

@Suite("Whole files")
struct FileTests {
  @Test("What is written is read, and nothing else is left", arguments: [0, 1, 4096, 1_000_003])
  func roundTrip(count: Int) throws {
    try withFolder { folder in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      try File.write(bytes, to: "\(folder)/ä b")
      #expect(try File.read("\(folder)/ä b") == bytes)
      try File.write([1, 2], to: "\(folder)/ä b")
      #expect(try File.read("\(folder)/ä b") == [1, 2])
      #expect(try contents(folder) == ["ä b"])
    }
  }

  @Test("Missing files, folders and pipes are not read")
  func refusedReads() throws {
    try withFolder { folder in
      expectError(.io, "none\" could not be opened: No such file or directory") { _ = try File.read("\(folder)/none") }
      expectError(.io, "could not be opened") { _ = try File.read("") }
      expectError(.io, "is not a regular file but a folder") { _ = try File.read(folder) }
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      expectError(.io, "is not a regular file but a pipe") { _ = try File.read("\(folder)/pipe") }
      expectError(.io, "two\\nlines") { _ = try File.read("two\nlines") }
    }
  }

  @Test("A file larger than memory is refused")
  func tooLarge() throws {
    try withFolder { folder in
      let path = "\(folder)/sparse"
      try File.write([], to: path)
      // Where the file system has no sparse file of 2^62 bytes, there is nothing to test.
      guard truncate(path, 1 << 62) == 0 else { return }
      #expect {
        try File.read(path)
      } throws: {
        ($0 as? EngineError)?.kind == .memory
      }
    }
  }

  @Test("A failed write leaves the file as it was, and no other file")
  func failedWrite() throws {
    try withFolder { folder in
      expectError(.io, "could not be written: No such file") { try File.write([1], to: "\(folder)/no/file") }
      try FileManager.default.createDirectory(atPath: "\(folder)/a", withIntermediateDirectories: false)
      expectError(.io, "a\" could not be written: Is a directory") { try File.write([1], to: "\(folder)/a") }
      #expect(try contents(folder) == ["a"])
    }
  }

  @Test("Parts of a file, in any order and of any length, are those of the whole")
  func parts() throws {
    try withFolder { folder in
      let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      try File.write(bytes, to: "\(folder)/file")
      for file in [try FileBytes(opening: "\(folder)/file"), FileBytes(([1, 2, 3] + bytes)[3...])] {
        let all = try file.all()
        #expect(file.count == bytes.count && all == bytes)
        for start in [0, 299_990, 1, 65_535, 65_536, 150_000, 149_000, 100, 299_999, 300_000] {
          for length in [0, 1, 9, 65_535, 65_536, 100_000, 300_000] {
            let range = start..<min(start + length, bytes.count)
            #expect(try file.bytes(range).elementsEqual(bytes[range]), "\(range)")
          }
        }
      }
    }
  }

  @Test("Of a file that became shorter, what is left is read")
  func shortened() throws {
    try withFolder { folder in
      try File.write([UInt8](repeating: 7, count: 200_000), to: "\(folder)/file")
      let file = try FileBytes(opening: "\(folder)/file")
      #expect(truncate("\(folder)/file", 10) == 0)
      #expect(try file.all().count == 10)
      #expect(try file.bytes(0..<200_000).count == 10)
      #expect(try file.bytes(5..<20).count == 5)
      #expect(try file.bytes(100_000..<100_020).isEmpty)
    }
  }

  @Test("Files that belong together are written together")
  func together() throws {
    try withFolder { folder in
      let paths = ["a", "b", "c"].map { "\(folder)/\($0)" }
      try File.write(paths.enumerated().map { (bytes: [UInt8($0.offset)], path: $0.element) })
      for (index, path) in paths.enumerated() { #expect(try File.read(path) == [UInt8(index)]) }
      // One that cannot be written: the others stay.
      expectError(.io, "could not be written") {
        try File.write([([9], paths[0]), ([9], "\(folder)/no/file"), ([9], paths[2])])
      }
      for (index, path) in paths.enumerated() { #expect(try File.read(path) == [UInt8(index)]) }
      #expect(try contents(folder) == ["a", "b", "c"])
      try FileManager.default.removeItem(atPath: paths[1])
      try FileManager.default.createDirectory(atPath: paths[1], withIntermediateDirectories: false)
      expectError(.io, "b\" could not be written: Is a directory") {
        try File.write(paths.map { (bytes: [7], path: $0) })
      }
      #expect(try contents(folder) == ["a", "b", "c"] && (try File.read(paths[0])) == [0])
    }
  }

  @Test("Folders are made once, and not over files")
  func folders() throws {
    try withFolder { folder in
      for _ in 1...2 { try File.makeFolder("\(folder)/new/") {} }
      #expect(File.isFolder("\(folder)/new") && File.exists("\(folder)/new"))
      try File.write([1], to: "\(folder)/file")
      #expect(!File.isFolder("\(folder)/file") && File.exists("\(folder)/file"))
      #expect(!File.exists("\(folder)/none") && !File.isFolder("\(folder)/none"))
      expectError(.io, "could not be made: File exists") { try File.makeFolder("\(folder)/file") {} }
      expectError(.io, "could not be made: No such file") { try File.makeFolder("\(folder)/no/such") {} }
    }
  }

  @Test("A folder that could not be filled is removed, unless it was there before or something is in it")
  func unfilled() throws {
    try withFolder { folder in
      func fail() throws { throw EngineError(.io, "full") }
      expectError(.io, "full") { try File.makeFolder("\(folder)/new", filled: fail) }
      #expect(!File.exists("\(folder)/new"))
      expectError(.io, "full") {
        try File.makeFolder("\(folder)/new") {
          try File.write([1], to: "\(folder)/new/file")
          try fail()
        }
      }
      expectError(.io, "full") { try File.makeFolder("\(folder)/new", filled: fail) }
      let left = try contents("\(folder)/new")
      #expect(left == ["file"])
    }
  }

  @Test("Many threads may write the same file")
  func threads() throws {
    try withFolder { folder in
      let path = "\(folder)/shared"
      let failures = AtomicInt(0)
      // As many times as it takes some of them to replace the file while others look at it.
      Parallel.forEach(32) { piece in
        for _ in 0..<20 {
          do { try File.write([UInt8](repeating: UInt8(piece), count: 1000), to: path) } catch {
            _ = failures.fetchAdd(1)
          }
        }
      }
      #expect(failures.value == 0)
      let bytes = try File.read(path)
      #expect(bytes.count == 1000 && Set(bytes).count == 1)
      #expect(try contents(folder) == ["shared"])
    }
  }
}

@Suite("CRC-32")
struct ChecksumTests {
  /// The check value of the CRC-32/ISO-HDLC entry in the catalogue of parametrised CRC algorithms, and two more.
  @Test("Known answers")
  func known() {
    for (text, expected) in [("123456789", 0xCBF4_3926), ("", 0), ("a", 0xE8B7_BE43)] as [(String, UInt32)] {
      #expect(Array(text.utf8).withUnsafeBytes { crc32Checksum($0) } == expected)
    }
  }

  @Test("Any flipped bit changes it")
  func flips() {
    let bytes = (0..<100).map { UInt8($0 * 2) }
    let sum = bytes.withUnsafeBytes { crc32Checksum($0) }
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        #expect(changed.withUnsafeBytes { crc32Checksum($0) } != sum)
      }
    }
  }
}

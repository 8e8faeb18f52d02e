import Numerics

/// Whether a file is a table in plain text at all, decided by its beginning.
package enum CSVText {
  /// How many bytes are looked at first: enough for the header of most tables, and few enough to be read at once.
  private static let beginning = 1 << 20

  /// Reads the file once its header is known to be one of a table that is wanted.
  ///
  /// - Parameter check: reads the header, and throws where the table is not wanted
  package static func read(
    _ file: FileBytes, name: String, checkingHeader check: (inout CSVReader) throws -> Void
  ) throws -> [UInt8] {
    let start = try file.bytes(0..<min(file.count, beginning))
    try requirePlain(start, name)
    // The check sees whole lines only. A header that is longer than the beginning is checked with the rest.
    if start.count < file.count, let end = start.lastIndex(where: { $0 == UInt8(ascii: "\n") }) {
      var reader = CSVReader(Array(start[...end]), name: name)
      try check(&reader)
    }
    return try file.all()
  }

  /// Refuses what is not text in an encoding that continues ASCII.
  static func requirePlain(_ bytes: ArraySlice<UInt8>, _ name: String) throws {
    for (what, mark) in marks where bytes.starts(with: mark) {
      throw EngineError(.format, "\(name) is \(what)")
    }
    let zeros = bytes.prefix(4).map { $0 == 0 }
    for (what, pattern) in patterns where zeros.starts(with: pattern) {
      throw EngineError(.format, "\(name) is \(what) without a byte order mark, or no text; save it as UTF-8")
    }
    let header = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard !header.contains(0) else {
      throw EngineError(.format, "\(name) is not a text file: its first line holds zero bytes")
    }
  }

  /// Longer marks come first, because that of UTF-32 begins with that of UTF-16.
  private static let marks: [(String, [UInt8])] = [
    ("UTF-32 text; save it as UTF-8", [0xFF, 0xFE, 0, 0]), ("UTF-32 text; save it as UTF-8", [0, 0, 0xFE, 0xFF]),
    ("UTF-16 text; save it as UTF-8", [0xFF, 0xFE]), ("UTF-16 text; save it as UTF-8", [0xFE, 0xFF]),
    ("compressed by gzip; decompress it first", [0x1F, 0x8B]),
    ("a zip archive or spreadsheet, not text", [0x50, 0x4B, 3, 4]), ("a NumPy file, not text", NPY.magic),
  ]

  /// Which of the first four bytes are zero.
  private static let patterns: [(String, [Bool])] = [
    ("UTF-32 text", [false, true, true, true]), ("UTF-32 text", [true, true, true, false]),
    ("UTF-16 text", [false, true, false, true]), ("UTF-16 text", [true, false, true, false]),
  ]
}

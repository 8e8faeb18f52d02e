import Numerics

/// The records of comma-, semicolon- or tab-separated values (RFC 4180) one after the other, as places in their bytes.
///
/// Cells may be quoted and surrounded by spaces; lines end in LF, CRLF or CR; a byte order mark before the first record
/// and blank lines at the end are skipped.
package struct CSVReader {
  package struct Cell {
    /// Where its text lies, without surrounding spaces and quotes.
    let range: Range<Int>
    /// Whether doubled quotes within stand for one.
    let quoted: Bool
  }

  private let bytes: [UInt8]
  /// What messages call the file.
  package let name: String
  /// Between two cells.
  private let delimiter: UInt8
  private var position = 0
  private var nextLine = 1
  /// The line on which the last record began, from 1.
  package private(set) var line = 0

  /// - Parameter delimiter: nil to find it in the first line
  package init(_ bytes: [UInt8], name: String, delimiter: Unicode.Scalar? = nil) {
    self.bytes = bytes
    self.name = name
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    self.delimiter = delimiter.map { UInt8(ascii: $0) } ?? Self.delimiter(bytes[position...])
  }

  /// Of comma, tab and semicolon the one that occurs most often outside quotes in the first line.
  private static func delimiter(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    let known = [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")]
    var counts = [0, 0, 0]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if isLineEnd(byte) { break }
      if let place = known.firstIndex(of: byte) { counts[place] += 1 }
    }
    var best = 0
    for place in 1..<known.count where counts[place] > counts[best] { best = place }
    return known[best]
  }

  /// The next record, or nil when only blank lines are left.
  package mutating func record() throws -> [Cell]? {
    line = nextLine
    if bytes[position...].allSatisfy({ isSpace($0) || Self.isLineEnd($0) }) { return nil }
    var cells: [Cell] = []
    while true {
      cells.append(try cell())
      guard position < bytes.count, bytes[position] == delimiter else { break }
      position += 1
    }
    skipLineEnd()
    return cells
  }

  package func text(_ cell: Cell) -> String {
    guard cell.quoted else { return String(decoding: bytes[cell.range], as: UTF8.self) }
    var plain: [UInt8] = []
    var afterQuote = false
    for byte in bytes[cell.range] {
      // Within a quoted cell quotes come in pairs, of which the first is kept.
      afterQuote = byte == UInt8(ascii: "\"") && !afterQuote
      if byte != UInt8(ascii: "\"") || afterQuote { plain.append(byte) }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  /// Reads up to the delimiter, line end or end of file after the cell.
  private mutating func cell() throws -> Cell {
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return try plainCell() }
    let start = position + 1
    let end = try closingQuote()
    position = end + 1
    skipSpaces()
    if position < bytes.count, bytes[position] != delimiter, !Self.isLineEnd(bytes[position]) {
      throw failure("has text after a closing quote")
    }
    return Cell(range: start..<end, quoted: true)
  }

  private mutating func plainCell() throws -> Cell {
    let start = position
    while position < bytes.count, bytes[position] != delimiter, !Self.isLineEnd(bytes[position]) {
      if bytes[position] == UInt8(ascii: "\"") { throw failure("has a quote within an unquoted cell") }
      position += 1
    }
    var end = position
    while end > start, isSpace(bytes[end - 1]) { end -= 1 }
    return Cell(range: start..<end, quoted: false)
  }

  /// Where the quote that was opened at `position` closes.
  private mutating func closingQuote() throws -> Int {
    var index = position + 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\"") {
        guard index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\"") else { return index }
        index += 1
      } else if bytes[index] == UInt8(ascii: "\n") {
        nextLine += 1
      }
      index += 1
    }
    throw failure("has a quote that is not closed")
  }

  private mutating func skipSpaces() {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
  }

  private mutating func skipLineEnd() {
    guard position < bytes.count else { return }
    if bytes[position] == UInt8(ascii: "\r"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "\n") {
      position += 1
    }
    position += 1
    nextLine += 1
  }

  private func failure(_ what: String) -> EngineError { EngineError(.format, "\(name): line \(line) \(what)") }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && delimiter != byte)
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}

import Numerics

/// A table of numbers with a header line, as comma-separated values (RFC 4180).
///
/// Cells may be quoted and surrounded by spaces; lines end in LF, CRLF or CR; a byte order mark before the header and
/// blank lines at the end are skipped. Numbers are decimal, with a point, in any locale.
struct CSVTable {
  /// The selected columns.
  let names: [String]
  /// Row-major, one row per line, `names.count` columns.
  let values: [Double]

  var rows: Int { values.count / names.count }

  func column(_ index: Int) -> [Double] { (0..<rows).map { values[$0 * names.count + index] } }

  /// - Parameters:
  ///   - name: what messages call the file.
  ///   - select: the columns to read, out of those that the header names; others may hold anything.
  /// - Throws: `.format`, naming line and column; `.nonfinite` for nan, inf and what exceeds a double.
  init(_ bytes: [UInt8], name: String, select: ([String]) throws -> [String]) throws {
    var reader = CSVReader(bytes, name: name)
    guard let header = try reader.record() else {
      throw EngineError(.format, "\(name) is empty; a header line is needed")
    }
    let present = try Self.columnNames(header.map { reader.text($0) }, name)
    let names = try select(present)
    let places = names.compactMap { present.firstIndex(of: $0) }
    var values: [Double] = []
    while let record = try reader.record() {
      guard record.count == present.count else {
        throw EngineError(
          .format, "\(name): line \(reader.line) has \(record.count) cells; the header has \(present.count)")
      }
      for (place, column) in zip(places, names) {
        let text = reader.text(record[place])
        guard let value = decimal(text), value.isFinite else {
          throw Self.failure(text, "\(name): line \(reader.line), column \(quoted(column))")
        }
        values.append(value)
      }
    }
    self.names = names
    self.values = values
  }

  private static func columnNames(_ names: [String], _ name: String) throws -> [String] {
    var known = Set<String>()
    for (index, column) in names.enumerated() {
      guard !column.isEmpty else {
        throw EngineError(
          .format,
          "\(name): column \(index + 1) has no name in the header; an unnamed index, as pandas writes, must be left out"
        )
      }
      guard known.insert(column).inserted else {
        throw EngineError(.format, "\(name): two columns are named \(quoted(column))")
      }
    }
    return names
  }

  /// Why `text` is no finite number.
  private static func failure(_ text: String, _ place: String) -> EngineError {
    if text.isEmpty { return EngineError(.format, "\(place) is empty") }
    if decimal(text) != nil {
      return EngineError(.nonfinite, "\(place): \(quoted(text)) exceeds the range of a double")
    }
    let word = text.drop { $0 == "-" || $0 == "+" }.lowercased()
    if ["nan", "inf", "infinity"].contains(word) {
      return EngineError(.nonfinite, "\(place): \(quoted(text)) is not finite")
    }
    return EngineError(.format, "\(place): \(quoted(text)) is not a number")
  }
}

/// A decimal number: Swift's own reading, which no locale changes, but without its hexadecimal numbers and words.
private func decimal(_ text: String) -> Double? {
  let allowed = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
  return allowed ? Double(text) : nil
}

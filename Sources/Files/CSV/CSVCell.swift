import Numerics

/// Whether the cells of a column are numbers, as far as it has been read.
package enum CSVColumnKind {
  case unknown
  case numbers
  /// There was no number so far; the error says what is wrong with the first cell.
  case text(EngineError)

  package var isText: Bool {
    if case .text = self { return true }
    return false
  }

  /// The number in the next cell, or nan in a column of text.
  ///
  /// - Throws: for a column with numbers and text, what is wrong with the first cell that is no number
  package mutating func value(_ text: String, _ place: @autoclosure () -> String) throws -> Double {
    guard let value = decimal(text), value.isFinite else {
      if case .text = self { return .nan }
      let failure = cellFailure(text, place())
      guard case .unknown = self, failure.kind == .format else { throw failure }
      self = .text(failure)
      return .nan
    }
    switch self {
    case .numbers: break
    case .unknown: self = .numbers
    case .text(let failure): throw failure
    }
    return value
  }
}

/// A decimal number: Swift's own reading, which no locale changes, but without its hexadecimal numbers and words.
package func decimal(_ text: String) -> Double? {
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

/// Why `text` is no finite number.
package func cellFailure(_ text: String, _ place: String) -> EngineError {
  if text.isEmpty { return EngineError(.format, "\(place) is empty") }
  if decimal(text) != nil {
    return EngineError(.nonfinite, "\(place): \(quoted(text)) exceeds the range of a double")
  }
  let word = text.drop { $0 == "-" || $0 == "+" }.lowercased()
  if ["nan", "inf", "infinity"].contains(word) {
    return EngineError(.nonfinite, "\(place): \(quoted(text)) is not finite")
  }
  let point = text.replacing(",", with: ".")
  let hint = point != text && decimal(point) != nil ? "; the decimal mark is a point" : ""
  return EngineError(.format, "\(place): \(quoted(text)) is not a number\(hint)")
}

import Numerics

/// A JSON value. Numbers keep their text, so that no digit is lost; members keep their order.
package indirect enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSON])
  case object([(name: String, value: JSON)])

  package static func == (left: JSON, right: JSON) -> Bool { left.text == right.text }

  package static func number(_ value: Int) -> JSON { .number("\(value)") }
  package static func number(_ value: Double) -> JSON { value.isFinite ? .number("\(value)") : .null }
  package static func numbers(_ values: [Int]) -> JSON { .array(values.map { .number($0) }) }

  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var string: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  package var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  package var integer: Int? {
    if case .number(let text) = self { return Int(text) }
    return nil
  }

  package var unsigned: UInt64? {
    if case .number(let text) = self { return UInt64(text) }
    return nil
  }

  package var double: Double? {
    if case .number(let text) = self { return Double(text) }
    return nil
  }

  package var array: [JSON]? {
    if case .array(let values) = self { return values }
    return nil
  }

  package var strings: [String]? {
    guard let values = array?.map(\.string), !values.contains(nil) else { return nil }
    return values.compactMap { $0 }
  }

  package var integers: [Int]? {
    guard let values = array?.map(\.integer), !values.contains(nil) else { return nil }
    return values.compactMap { $0 }
  }
}

extension JSON {
  /// Compact text, ASCII only.
  package var text: String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .number(let text): return text
    case .string(let value): return Self.quoted(value)
    case .array(let values): return "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      return "{" + members.map { Self.quoted($0.name) + ":" + $0.value.text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ value: String) -> String {
    var text = "\""
    for unit in value.utf16 {
      switch unit {
      case 0x22: text += "\\\""
      case 0x5C: text += "\\\\"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: unit)))
      default:
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return text + "\""
  }
}

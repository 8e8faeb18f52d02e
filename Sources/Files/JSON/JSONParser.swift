extension JSON {
  /// The value that `bytes` spell, white space around it allowed; nil where they are not JSON (RFC 8259).
  package static func parse(_ bytes: ArraySlice<UInt8>) -> JSON? {
    var parser = JSONParser(bytes: bytes, position: bytes.startIndex)
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipSpace()
    return parser.position == bytes.endIndex ? value : nil
  }
}

private struct JSONParser {
  let bytes: ArraySlice<UInt8>
  var position: Int

  /// Deeper nesting than any file of ours has, and shallower than any stack.
  static let deepest = 64

  private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  mutating func value(depth: Int) -> JSON? {
    guard depth < Self.deepest else { return nil }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return object(depth)
    case UInt8(ascii: "["): return array(depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default: return number()
    }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.endIndex - position >= length else { return false }
    let same = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + length]) }
    if same { position += length }
    return same
  }

  private mutating func take(_ byte: Character) -> Bool {
    skipSpace()
    guard next == byte.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func object(_ depth: Int) -> JSON? {
    guard take("{" as Character) else { return nil }
    var members: [(name: String, value: JSON)] = []
    if take("}" as Character) { return .object(members) }
    repeat {
      skipSpace()
      guard let name = string(), take(":" as Character), let value = value(depth: depth + 1) else { return nil }
      members.append((name, value))
    } while take("," as Character)
    return take("}" as Character) ? .object(members) : nil
  }

  private mutating func array(_ depth: Int) -> JSON? {
    guard take("[" as Character) else { return nil }
    var values: [JSON] = []
    if take("]" as Character) { return .array(values) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      values.append(value)
    } while take("," as Character)
    return take("]" as Character) ? .array(values) : nil
  }

  /// Its digits, as they stand: an integer without leading zeros, then perhaps a fraction and an exponent.
  private mutating func number() -> JSON? {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    if next == UInt8(ascii: "0") { position += 1 } else { guard takeDigits() else { return nil } }
    if next == UInt8(ascii: ".") {
      position += 1
      guard takeDigits() else { return nil }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard takeDigits() else { return nil }
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  /// Whether there was at least one.
  private mutating func takeDigits() -> Bool {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    return position > start
  }

  private mutating func string() -> String? {
    guard next == UInt8(ascii: "\"") else { return nil }
    position += 1
    var units: [UInt16] = []
    var plain = position
    func decoded(_ range: Range<Int>) -> String.UTF16View? { String(validating: bytes[range], as: UTF8.self)?.utf16 }
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        guard let last = decoded(plain..<position) else { return nil }
        units += last
        position += 1
        return String(decoding: units, as: UTF16.self)
      case UInt8(ascii: "\\"):
        guard let part = decoded(plain..<position) else { return nil }
        position += 1
        guard let unit = escape() else { return nil }
        units += part
        units.append(unit)
        plain = position
      case 0..<0x20: return nil
      default: position += 1
      }
    }
    return nil
  }

  private mutating func escape() -> UInt16? {
    guard let byte = next else { return nil }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(byte)
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      guard bytes.endIndex - position >= 4 else { return nil }
      var unit: UInt16 = 0
      for _ in 0..<4 {
        guard let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue else { return nil }
        unit = unit << 4 | UInt16(truncatingIfNeeded: digit)
        position += 1
      }
      return unit
    default: return nil
    }
  }
}

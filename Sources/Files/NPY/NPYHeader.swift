import Numerics

/// What the header of a NumPy file says: a Python dictionary such as
/// `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`, padded with spaces.
struct NPYHeader {
  enum ElementType: String, CaseIterable {
    case boolean = "b1"
    case int8 = "i1"
    case int16 = "i2"
    case int32 = "i4"
    case int64 = "i8"
    case uint8 = "u1"
    case uint16 = "u2"
    case uint32 = "u4"
    case uint64 = "u8"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    /// In bytes.
    var size: Int {
      switch self {
      case .boolean, .int8, .uint8: 1
      case .int16, .uint16, .float16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }
  }

  let type: ElementType
  let bigEndian: Bool
  let fortranOrder: Bool
  let shape: [Int]

  /// As Python writes a tuple.
  var shapeText: String { Self.text(shape) }

  static func text(_ shape: [Int]) -> String {
    "(" + shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }

  init(parsing text: ArraySlice<UInt8>, name: String) throws {
    var literal = PythonLiteral(text, name: name)
    var descr: String?
    var order: Bool?
    var lengths: [Int]?
    try literal.require("{")
    while !literal.skip("}") {
      let key = try literal.string()
      try literal.require(":")
      switch key {
      case "descr" where descr == nil: descr = try literal.typeName()
      case "fortran_order" where order == nil: order = try literal.boolean()
      case "shape" where lengths == nil: lengths = try literal.tuple()
      default: throw literal.failure("does not expect \(quoted(key)) here")
      }
      if !literal.skip(",") {
        try literal.require("}")
        break
      }
    }
    try literal.requireEnd()
    guard let descr, let order, let lengths else {
      throw EngineError(.format, "\(name): its header lacks 'descr', 'fortran_order' or 'shape'")
    }
    (type, bigEndian) = try Self.elementType(descr, name)
    fortranOrder = order
    shape = lengths
  }

  private static func elementType(_ descr: String, _ name: String) throws -> (ElementType, bigEndian: Bool) {
    let native = 1.littleEndian != 1
    let orders: [Character: Bool] = ["<": false, ">": true, "=": native, "|": native]
    guard let first = descr.first, let bigEndian = orders[first],
      let type = ElementType(rawValue: String(descr.dropFirst()))
    else {
      throw EngineError(.format, "\(name) has elements of type \(quoted(descr))\(kind(of: descr)); \(readTypes)")
    }
    return (type, bigEndian)
  }

  fileprivate static let readTypes = "read are b1, i1 to i8, u1 to u8 and f2 to f8"

  /// What NumPy's letter means, for those who did not choose it.
  private static func kind(of descr: String) -> String {
    switch descr.drop(while: { "<>=|".contains($0) }).first {
    case "O": " (Python objects)"
    case "U", "S", "a": " (text)"
    case "c": " (complex numbers)"
    case "M", "m": " (dates)"
    case "V", "[": " (records)"
    default: ""
    }
  }
}

/// The few Python literals that occur in a header, read from left to right.
private struct PythonLiteral {
  private let text: ArraySlice<UInt8>
  private var position: Int
  private let name: String

  init(_ text: ArraySlice<UInt8>, name: String) {
    self.text = text
    self.name = name
    position = text.startIndex
  }

  func failure(_ what: String) -> EngineError {
    EngineError(.format, "\(name): byte \(position - text.startIndex) of its header: NumPy's format \(what)")
  }

  private var next: UInt8? { position < text.endIndex ? text[position] : nil }

  private mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
  }

  /// Whether the next character was `mark`, which is then behind.
  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard let byte = next, byte == UInt8(ascii: mark) else { return false }
    position += 1
    return true
  }

  mutating func require(_ mark: Unicode.Scalar) throws {
    guard skip(mark) else { throw failure("expects '\(mark)'") }
  }

  mutating func requireEnd() throws {
    skipSpaces()
    guard next == nil else { throw failure("expects nothing after '}'") }
  }

  /// In single or double quotes; none of the strings that matter needs an escape.
  mutating func string() throws -> String {
    skipSpaces()
    guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw failure("expects a string")
    }
    let start = position + 1
    guard let end = text[start...].firstIndex(of: quote) else { throw failure("expects a closing quote") }
    position = end + 1
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  /// A type's name. A list of fields is given as "[": no list is a type that is read.
  mutating func typeName() throws -> String {
    skipSpaces()
    if next == UInt8(ascii: "[") {
      throw EngineError(.format, "\(name) has records as elements; \(NPYHeader.readTypes)")
    }
    return try string()
  }

  mutating func boolean() throws -> Bool {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("expects True or False")
  }

  /// Lengths in parentheses; a single one needs a comma after it, as in Python.
  mutating func tuple() throws -> [Int] {
    try require("(")
    var lengths: [Int] = []
    while !skip(")") {
      lengths.append(try length())
      if !skip(",") {
        guard lengths.count > 1 else { throw failure("expects ',' after a single length") }
        try require(")")
        break
      }
    }
    return lengths
  }

  /// Decimal digits without a leading zero, perhaps followed by the L of Python 2's long integers.
  private mutating func length() throws -> Int {
    skipSpaces()
    if next == UInt8(ascii: "-") { throw failure("has no negative lengths") }
    let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      throw failure("expects a length")
    }
    var value = 0
    for digit in digits {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
      guard !overflow, !carry else { throw failure("does not reach lengths beyond 2^63") }
      value = sum
    }
    position = digits.endIndex
    if next == UInt8(ascii: "L") { position += 1 }
    return value
  }
}

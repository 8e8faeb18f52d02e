import Files
import Testing

private func parse(_ text: String) -> JSON? { JSON.parse(Array(text.utf8)[...]) }

@Suite("JSON (RFC 8259)")
struct JSONTests {
  @Test(
    "Texts of the grammar are read",
    arguments: [
      "null", "true", "false", "0", "-0", "1", "-1", "10", "123456789012345678901234567890", "0.5", "-0.25", "1e5",
      "1E5", "1e+5", "1e-5", "1.5E-300", "0e0", "1e400", "\"\"", "\"a\"", "\"\u{7F}\"", "\"ä€😀\"", "[]", "{}", " [ ] ",
      "\t{\r\n}\t", "[1]", "[1,2]", "[ 1 , [ 2 , [ ] ] ]", "{\"a\":1}", "{ \"a\" : { \"b\" : [ null , true ] } }",
      "{\"\":\"\"}", "{\"a\":1,\"a\":2}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\\uD83D\\uDE00\\u20aC\"",
      "\" /* no comment */ \"",
    ])
  func accepted(text: String) { #expect(parse(text) != nil) }

  @Test(
    "Texts outside the grammar are not",
    arguments: [
      "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "inf", "undefined", "'a'", "a",
      // Numbers.
      "+1", "-", "--1", "01", "-01", "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e5.5", "1.2.3", "0x10", "1_000",
      "1 2", "1-2", "e5", "1,", "٣",
      // Strings.
      "\"", "\"a", "a\"", "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "\"\\\"", "\"\\a\"", "\"\\x41\"",
      "\"\\U0041\"",
      "\"\\u\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u+123\"", "\"\\u-000\"", "\"\\u 123\"", "\"a\"b",
      // Arrays and objects.
      "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "[1}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1",
      "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "[] []", "[]x",
      "// no\n1",
      // White space that JSON does not know.
      "\u{A0}1", "\u{B}1", "\u{C}1", "\u{FEFF}1",
    ])
  func refused(text: String) { #expect(parse(text) == nil) }

  @Test(
    "Bytes that are not UTF-8 are not JSON",
    arguments: [[0xFF], [0xC3], [0xE2, 0x82], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
  func invalidUTF8(bytes: [UInt8]) {
    #expect(JSON.parse([0x22] + bytes[...] + [0x22]) == nil)
    #expect(JSON.parse(bytes[...]) == nil)
  }

  @Test("Escapes and surrogate pairs mean what they say")
  func escapes() {
    #expect(parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")?.string == "\"\\/\u{8}\u{C}\n\r\t")
    #expect(parse("\"\\u0041\\u00e4\\u20AC\\ud83d\\ude00x\"")?.string == "Aä€😀x")
    #expect(parse("\"\\u0000\"")?.string == "\0")
    // A surrogate alone is no character: the replacement character stands in its place.
    #expect(parse("\"a\\ud800b\"")?.string == "a\u{FFFD}b")
  }

  @Test("Numbers keep their digits, and are integers only where they are written so")
  func numbers() {
    #expect(parse("18446744073709551615")?.unsigned == .max && parse("18446744073709551616")?.unsigned == nil)
    #expect(parse("-9223372036854775808")?.integer == .min && parse("9223372036854775808")?.integer == nil)
    #expect(parse("1.0")?.integer == nil && parse("1e2")?.integer == nil && parse("1e2")?.double == 100)
    #expect(parse("0.1")?.double == 0.1 && parse("5e-324")?.double == 0x1p-1074)
    #expect(parse("1")?.string == nil && parse("\"1\"")?.integer == nil && parse("[1,2.5]")?.integers == nil)
  }

  @Test("Members keep their order; the first of a name counts")
  func members() {
    let object = parse("{\"b\":1,\"a\":[2,3],\"b\":4}")
    #expect(object?["b"]?.integer == 1 && object?["a"]?.integers == [2, 3] && object?["c"] == nil)
    #expect(object?.text == "{\"b\":1,\"a\":[2,3],\"b\":4}")
    #expect(parse("[1]")?["a"] == nil && parse("{}")?.array == nil)
  }

  /// A million brackets would be as many stack frames, and no stack has room for them.
  @Test("Nesting has a bound", arguments: [("[", "]"), ("{\"a\":", "}")])
  func depth(open: String, close: String) {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }
    #expect(parse(nested(60)) != nil)
    #expect(parse(nested(100)) == nil)
    #expect(parse(nested(1_000_000)) == nil)
    #expect(parse(String(repeating: open, count: 1_000_000)) == nil)
  }

  @Test("What is written is read back, in ASCII")
  func roundTrip() throws {
    let value = JSON.object([
      ("name", .string("ä\u{0}\u{1F}\"\\/\n€😀\u{7F}")), ("none", .null), ("yes", .bool(true)), ("no", .bool(false)),
      ("int", .number(Int.min)), ("double", .number(0.1)), ("nan", .number(Double.nan)), ("empty", .array([])),
      ("list", .numbers([1, -2])), ("", .object([])),
    ])
    #expect(value.text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    let read = try #require(parse(value.text))
    #expect(read == value)
    #expect(read["name"]?.string == "ä\u{0}\u{1F}\"\\/\n€😀\u{7F}")
    #expect(read["nan"] == .null && read["double"]?.double == 0.1)
  }

  @Test("Doubles survive, to the last bit")
  func doubles() throws {
    for value in [0.1, -0.0, 0x1p-1074, 1e308, 1.0 / 3, .greatestFiniteMagnitude, 123456789.125, 1e22, 1e16] {
      #expect(parse(JSON.number(value).text)?.double?.bitPattern == value.bitPattern)
    }
  }
}

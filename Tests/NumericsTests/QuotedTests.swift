import Numerics
import Testing

@Suite("Text in messages")
struct QuotedTests {
  @Test(
    "Nothing that is quoted ends a line",
    arguments: [
      ("plain", "\"plain\""), ("a\u{2028}b", "\"a\\u{2028}b\""), ("\u{2029}", "\"\\u{2029}\""),
      ("a\u{85}", "\"a\\u{85}\""), ("a\nb\r\n", "\"a\\nb\\r\\n\""), ("\u{0B}\u{0C}", "\"\\u{0B}\\u{0C}\""),
      ("ä\u{E9}\"", "\"ä\u{E9}\\\"\""),
    ])
  func lines(text: String, expected: String) {
    #expect(quoted(text) == expected)
    let isOneLine = quoted(text).allSatisfy { !$0.isNewline }
    #expect(isOneLine)
  }

  @Test("Long texts and long lists are shortened")
  func lengths() {
    #expect(quoted(String(repeating: "n", count: 200)).count == 202)
    #expect(quoted(String(repeating: "n", count: 201)).count == 205)
    #expect(quotedList([]) == "" && quotedList(["a", "b"]) == "\"a\", \"b\"")
    #expect(quotedList((0..<10).map { "\($0)" }).hasSuffix("\"7\" and 2 more"))
    #expect(quotedList([String(repeating: "n", count: 1000)]).count < 40)
  }
}

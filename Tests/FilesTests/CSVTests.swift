import Files
import TestSupport
import Testing

@Suite("Separated values")
struct CSVTests {
  private func records(_ text: String) throws -> [[String]] {
    var reader = CSVReader(Array(text.utf8), name: "a.csv")
    var records: [[String]] = []
    while let record = try reader.record() { records.append(record.map { reader.text($0) }) }
    return records
  }

  @Test("Lines end in LF, CRLF or CR")
  func lineEnds() throws {
    for end in ["\n", "\r\n", "\r"] {
      #expect(
        try records(["x,t", "1,0", "2,1", ""].joined(separator: end)) == [["x", "t"], ["1", "0"], ["2", "1"]])
    }
  }

  @Test("Comma, tab and semicolon separate, whichever is most frequent in the first line")
  func delimiters() throws {
    #expect(try records("a;b;\"c;,,,\"\n1,5;2;3") == [["a", "b", "c;,,,"], ["1,5", "2", "3"]])
    #expect(try records("a\tb c\n1 \t 2") == [["a", "b c"], ["1", "2"]])
  }

  @Test("Quotes keep delimiters, line ends and doubled quotes; a byte order mark and blank last lines are skipped")
  func quotes() throws {
    #expect(try records("\u{FEFF}\"a, \"\"b\"\"\n\" , c\n\n  \n") == [["a, \"b\"\n", "c"]])
  }

  /// The compiler's reading of the same literals is the reference.
  @Test(
    "Numbers are read to the nearest double",
    arguments: [
      ("0", 0), ("-0", -0.0), ("+1", 1), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001), ("007", 7),
      ("0.1", 0.1), ("9007199254740993", 9_007_199_254_740_992), ("1.7976931348623157e308", 1.7976931348623157e308),
      ("5e-324", 0x1p-1074), ("1e-400", 0), ("2.2250738585072011e-308", 0x1p-1022 - 0x1p-1074),
      ("123456789012345678901234567890", 123456789012345678901234567890.0), ("1e22", 1e22), ("1e23", 1e23),
      ("0.30000000000000004", 0.30000000000000004), ("-8.5e-5", -8.5e-5), ("4503599627370497.5", 4503599627370497.5),
    ] as [(String, Double)])
  func numbers(cell: String, expected: Double) throws {
    let number = try #require(decimal(try records("\(cell)\n")[0][0]))
    #expect(number.bitPattern == expected.bitPattern)
  }
}

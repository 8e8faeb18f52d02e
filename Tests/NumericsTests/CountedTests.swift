import Numerics
import Testing

@Suite("Counts with their nouns")
struct CountedTests {
  @Test(
    "One is singular, all others are plural",
    arguments: [
      (0, "row", "0 rows"), (1, "row", "1 row"), (2, "row", "2 rows"), (1, "mass", "1 mass"), (3, "mass", "3 masses"),
    ])
  func numbers(count: Int, noun: String, expected: String) {
    #expect(counted(count, noun) == expected)
  }
}

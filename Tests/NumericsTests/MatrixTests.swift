import Numerics
import Testing

@Suite("Matrices, messages and memory")
struct MatrixTests {
  private let matrix = Matrix(rows: 3, columns: 2, elements: [1, 2, 3, 4, 5, 6])

  @Test("Elements lie row by row")
  func layout() {
    #expect(matrix[1, 0] == 3 && matrix[2, 1] == 6)
    #expect(Array(matrix.row(1)) == [3, 4])
    var changed = matrix
    changed[0, 1] = 9
    #expect(changed.elements == [1, 9, 3, 4, 5, 6])
    #expect(matrix.elements[1] == 2)
  }

  @Test("Rows are picked in any order, repeatedly or not at all")
  func selection() {
    #expect(matrix.selecting(rows: [2, 0, 2]).elements == [5, 6, 1, 2, 5, 6])
    #expect(matrix.selecting(rows: []) == Matrix(rows: 0, columns: 2))
  }

  @Test("Text in messages is quoted, on one line and not endless")
  func quoting() {
    #expect(quoted("a b") == "\"a b\"")
    #expect(quoted("a\n\"b\"\0") == "\"a\\n\\\"b\\\"\\0\"")
    #expect(quoted("") == "\"\"")
    #expect(quoted(String(repeating: "x", count: 200)).count == 202)
    #expect(quoted(String(repeating: "x", count: 201)).hasSuffix("x\"..."))
  }

  @Test("Memory that nobody has is refused before it is asked for")
  func memory() throws {
    try requireMemory(0, of: Double.self, for: "a")
    try requireMemory(1000, of: Double.self, for: "a")
    for count in [-1, Int.max, Int.max / 8, 1 << 57] {
      #expect {
        try requireMemory(count, of: Double.self, for: "a")
      } throws: {
        ($0 as? EngineError)?.kind == .memory
      }
    }
    try requireMemory(10, 10, 10, of: Double.self, for: "a")
    try requireMemory(0, Int.max, of: Double.self, for: "a")
    for factors in [(1 << 20, 1 << 40, 1), (1 << 32, 1 << 32, 1), (1 << 31, 1 << 31, 1 << 31), (1, 1, Int.max)] {
      #expect {
        try requireMemory(factors.0, factors.1, factors.2, of: Double.self, for: "a")
      } throws: {
        ($0 as? EngineError)?.kind == .memory
      }
    }
  }
}

import CSystem

/// Reference numbers written by a generator in Tests/Oracles.
///
/// Plain text: comment lines `## ...`, and arrays, each a header line `# name extent extent ...` followed by its
/// elements in row-major order, separated by white space. A header without extents announces a single number.
public struct OracleFile: Sendable {
  public struct Array: Sendable {
    public let shape: [Int]
    public let values: [Double]

    public var scalar: Double { values[0] }
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public let arrays: [String: Array]

  /// Reads Tests/Oracles/`name`.txt.
  public init(_ name: String) throws {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let path = "/\(folder)/Oracles/\(name).txt"
    try self.init(path: path, text: Self.read(path))
  }

  public subscript(name: String) -> Array {
    get throws {
      guard let array = arrays[name] else { throw Failure(description: "no array named \(name)") }
      return array
    }
  }

  init(path: String, text: String) throws {
    var arrays: [String: Array] = [:]
    var name = ""
    var shape: [Int] = []
    var values: [Double] = []

    func finish() throws {
      guard !name.isEmpty else { return }
      guard values.count == shape.reduce(1, *) else {
        throw Failure(description: "\(path): \(name) has \(values.count) numbers, its shape is \(shape)")
      }
      arrays[name] = Array(shape: shape, values: values)
    }

    for line in text.split(separator: "\n") where !line.hasPrefix("##") {
      let words = line.split(separator: " ")
      if words.first == "#" {
        try finish()
        guard words.count >= 2 else { throw Failure(description: "\(path): header without a name") }
        name = String(words[1])
        shape = try words.dropFirst(2).map { try Self.parse($0, path) }
        values = []
      } else {
        for word in words { values.append(try Self.parse(word, path)) }
      }
    }
    try finish()
    self.arrays = arrays
  }

  private static func parse<Number: LosslessStringConvertible>(_ word: Substring, _ path: String) throws -> Number {
    guard let number = Number(String(word)) else { throw Failure(description: "\(path): \(word) is not a number") }
    return number
  }

  private static func read(_ path: String) throws -> String {
    guard let file = fopen(path, "rb") else { throw Failure(description: "\(path) cannot be opened") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

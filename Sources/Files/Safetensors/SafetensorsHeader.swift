import Numerics

/// What a file says of its tensors, each number checked against the size of the file.
struct SafetensorsHeader {
  enum ElementType { case doubles, integers }
  struct Entry {
    let name: String
    let shape: [Int]
    let type: ElementType
    /// In elements.
    let count: Int
    /// In bytes, from the start of the data.
    let start: Int
  }

  /// Where the checksum's digits stand in the file, and which they are.
  let checksum: Range<Int>
  let stated: String
  let metadata: [(name: String, value: String)]
  let entries: [Entry]
  let dataStart: Int

  init(_ file: FileBytes, name: String) throws {
    func damaged(_ what: String) -> EngineError { EngineError(.format, "\(name): \(what)") }
    let header = try Self.text(file, damaged)
    guard let place = Safetensors.checksumPlace(header) else {
      throw damaged("no checksum found; not a model file of this library")
    }
    stated = String(decoding: header[place], as: UTF8.self)
    checksum = place.lowerBound - header.startIndex + 8..<place.upperBound - header.startIndex + 8
    guard case .object(let members)? = JSON.parse(header) else { throw damaged("the header is not a JSON object") }
    dataStart = 8 + header.count
    (metadata, entries) = try Self.contents(members, available: file.count - dataStart, damaged)
  }

  /// The header's text, which follows its length in eight bytes.
  private static func text(_ file: FileBytes, _ damaged: (String) -> EngineError) throws -> ArraySlice<UInt8> {
    guard file.count >= 8 else { throw damaged("\(file.count) bytes are too few for a model file") }
    let word = try file.bytes(0..<8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    // Text, archives and arrays begin otherwise; their first bytes, read as a length, would say nothing to anybody.
    if file.count > 8, try file.bytes(8..<9).first != UInt8(ascii: "{") {
      throw damaged("not a model file; it does not begin as a safetensors file does")
    }
    guard let length = Int(exactly: word), length <= file.count - 8 else {
      throw damaged("the header is \(word) bytes long, the file only \(file.count); it was cut short or damaged")
    }
    guard length <= Safetensors.longestHeader else {
      throw damaged("the header is \(length) bytes long; this library writes at most \(Safetensors.longestHeader)")
    }
    let text = try file.bytes(8..<8 + length)
    guard text.count == length else { throw damaged("the file became shorter while it was read") }
    return text
  }

  /// - Parameter available: bytes behind the header
  private static func contents(
    _ members: [(name: String, value: JSON)], available: Int, _ damaged: (String) -> EngineError
  ) throws -> (metadata: [(name: String, value: String)], entries: [Entry]) {
    var metadata: [(name: String, value: String)] = []
    var entries: [Entry] = []
    var end = 0
    for (member, value) in members {
      if member == "__metadata__" {
        guard case .object(let strings) = value else { throw damaged("__metadata__ is not an object") }
        metadata = strings.compactMap { entry in entry.value.string.map { (entry.name, $0) } }
        continue
      }
      // Tensors lie one behind the other, as the format demands, so that together they are no larger than the file.
      let entry = try Entry(member, value, from: end, available: available, damaged)
      entries.append(entry)
      end += 8 * entry.count
    }
    guard end == available else { throw damaged("tensors take \(end) bytes of the \(available) behind the header") }
    return (metadata, entries)
  }
}

extension SafetensorsHeader.Entry {
  fileprivate init(
    _ name: String, _ value: JSON, from end: Int, available: Int, _ damaged: (String) -> EngineError
  ) throws {
    let tensor = "tensor \(quoted(name))"
    guard let type = value["dtype"]?.string, let shape = value["shape"]?.integers,
      let offsets = value["data_offsets"]?.integers, offsets.count == 2
    else { throw damaged("\(tensor) lacks dtype, shape or data_offsets") }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, product <= available / 8 else {
        throw damaged("\(tensor) has shape \(shape), more than the file holds")
      }
      count = product
    }
    guard offsets[0] == end, offsets[0] <= available - 8 * count, offsets[1] == offsets[0] + 8 * count else {
      throw damaged("\(tensor) has data_offsets \(offsets), which do not fit its shape \(shape) and place")
    }
    let types: [String: SafetensorsHeader.ElementType] = ["F64": .doubles, "I64": .integers]
    guard let known = types[type] else {
      throw damaged("\(tensor) has dtype \(quoted(type)); F64 and I64 are read")
    }
    self.init(name: name, shape: shape, type: known, count: count, start: offsets[0])
  }
}

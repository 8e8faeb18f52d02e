import Numerics

/// The bytes of an archive as little-endian numbers. Offsets come from the file and may be wrong, so that each access
/// is checked against the end.
struct ZipBytes {
  let file: FileBytes
  let name: String

  var count: Int { file.count }

  func slice(_ range: Range<Int>) throws -> ArraySlice<UInt8> {
    let bytes = try file.bytes(range)
    guard bytes.count == range.count else { throw failure("became shorter while it was read") }
    return bytes
  }

  func failure(_ what: String) -> EngineError { EngineError(.format, "\(name) \(what)") }

  func range(_ start: Int, _ length: Int) throws -> Range<Int> {
    guard start >= 0, start <= count, length >= 0, length <= count - start else {
      throw failure("refers to \(length) bytes at \(start); it has \(count)")
    }
    return start..<start + length
  }

  func uint16(_ offset: Int) throws -> Int { try number(offset, 2) }
  func uint32(_ offset: Int) throws -> Int { try number(offset, 4) }

  /// Eight bytes; nothing can have a size of 2^63 or more.
  func uint64(_ offset: Int) throws -> Int {
    let high = try number(offset + 4, 4)
    guard high < 1 << 31 else { throw failure("refers to more than 2^63 bytes") }
    return high << 32 | (try number(offset, 4))
  }

  private func number(_ offset: Int, _ size: Int) throws -> Int {
    try slice(try range(offset, size)).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Replaces each of `fields` that is 2^32 - 1 by the next eight bytes of the zip64 extra field, if there is one.
  func resolveZip64(_ fields: [Int], extra: Range<Int>) throws -> [Int] {
    guard fields.contains(0xFFFF_FFFF) else { return fields }
    var position = extra.lowerBound
    while position < extra.upperBound {
      let length = try uint16(position + 2)
      let field = try range(position + 4, length)
      guard field.upperBound <= extra.upperBound else { throw failure("has an extra field that exceeds its header") }
      if try uint16(position) == 1 {
        var next = field.lowerBound
        return try fields.map { value in
          guard value == 0xFFFF_FFFF else { return value }
          guard next + 8 <= field.upperBound else { throw failure("has a zip64 field that is too short") }
          defer { next += 8 }
          return try uint64(next)
        }
      }
      position = field.upperBound
    }
    return fields
  }
}

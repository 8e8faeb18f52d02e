import Numerics

/// One file in a zip archive, as the central directory describes it.
struct ZipMember {
  static let stored = 0
  static let deflated = 8

  let name: String
  let nameBytes: [UInt8]
  let flags: Int
  let method: Int
  let checksum: UInt32
  let compressedSize: Int
  /// Once inflated.
  let size: Int
  let headerOffset: Int

  var isEncrypted: Bool { flags & 1 != 0 }
  var hasDescriptor: Bool { flags & 8 != 0 }
}

/// The central directory at the end of a zip archive: what is in it, and where.
struct ZipDirectory {
  /// Where the directory begins; members lie before it.
  let start: Int
  let members: [ZipMember]

  init(_ bytes: ZipBytes) throws {
    let record = try EndRecord(bytes)
    let range = try bytes.range(record.start, record.size)
    guard range.upperBound == record.end else {
      throw bytes.failure(
        "has a directory of \(record.size) bytes at \(record.start) that does not end at \(record.end)")
    }
    var members: [ZipMember] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let (member, end) = try Self.member(bytes, position)
      guard end <= range.upperBound else { throw bytes.failure("has a directory entry that exceeds the directory") }
      members.append(member)
      position = end
    }
    guard members.count == record.count else {
      throw bytes.failure("has \(members.count) directory entries, not \(record.count) as it says")
    }
    start = record.start
    self.members = members
  }

  private static func member(_ bytes: ZipBytes, _ start: Int) throws -> (ZipMember, end: Int) {
    guard try bytes.uint32(start) == 0x0201_4b50 else { throw bytes.failure("has no directory entry at \(start)") }
    let name = try bytes.range(start + 46, try bytes.uint16(start + 28))
    let extra = try bytes.range(name.upperBound, try bytes.uint16(start + 30))
    let comment = try bytes.range(extra.upperBound, try bytes.uint16(start + 32))
    guard try bytes.uint16(start + 34) == 0 else { throw bytes.failure("continues on another disk") }
    let numbers = try bytes.resolveZip64(
      [try bytes.uint32(start + 24), try bytes.uint32(start + 20), try bytes.uint32(start + 42)], extra: extra)
    let nameBytes = try bytes.slice(name)
    let member = ZipMember(
      name: String(decoding: nameBytes, as: UTF8.self), nameBytes: Array(nameBytes),
      flags: try bytes.uint16(start + 8), method: try bytes.uint16(start + 10),
      checksum: UInt32(truncatingIfNeeded: try bytes.uint32(start + 16)),
      compressedSize: numbers[1], size: numbers[0], headerOffset: numbers[2])
    return (member, comment.upperBound)
  }

  /// The end of central directory record, and its zip64 form where that stands before it.
  private struct EndRecord {
    let count: Int
    let size: Int
    let start: Int
    /// Where the directory has to end.
    let end: Int

    init(_ bytes: ZipBytes) throws {
      let position = try Self.find(bytes)
      let disk = try bytes.uint16(position + 4) | bytes.uint16(position + 6)
      let onDisk = try bytes.uint16(position + 8)
      let short = [
        try bytes.uint16(position + 10), try bytes.uint32(position + 12), try bytes.uint32(position + 16),
      ]
      guard position >= 20, try bytes.uint32(position - 20) == 0x0706_4b50 else {
        guard disk == 0, onDisk == short[0] else { throw bytes.failure("continues on another disk") }
        (count, size, start, end) = (short[0], short[1], short[2], position)
        return
      }
      end = try bytes.uint64(position - 12)
      guard try bytes.uint32(position - 16) == 0, try bytes.uint32(position - 4) <= 1,
        try bytes.uint32(end) == 0x0606_4b50, try bytes.uint32(end + 16) | bytes.uint32(end + 20) == 0
      else { throw bytes.failure("has a damaged zip64 record, or continues on another disk") }
      let long = [try bytes.uint64(end + 32), try bytes.uint64(end + 40), try bytes.uint64(end + 48)]
      let consistent = zip(zip(short, [0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF]), long).allSatisfy {
        $0.0 == $0.1 || $0.0 == $1
      }
      // The length of the zip64 record is counted from behind the field that gives it.
      guard consistent, try bytes.uint64(end + 24) == long[0],
        try bytes.range(end + 12, try bytes.uint64(end + 4)).upperBound == position - 20
      else { throw bytes.failure("has end records that contradict each other") }
      (count, size, start) = (long[0], long[1], long[2])
    }

    /// Where the record begins. Nothing but a comment of at most 65535 bytes may follow it, whose length it gives.
    private static func find(_ bytes: ZipBytes) throws -> Int {
      let last = bytes.count - 22
      for position in stride(from: last, through: max(0, last - 0xFFFF), by: -1)
      where try bytes.uint32(position) == 0x0605_4b50 {
        if try bytes.uint16(position + 20) == last - position { return position }
      }
      throw bytes.failure("is not a zip archive, or its end is missing")
    }
  }
}

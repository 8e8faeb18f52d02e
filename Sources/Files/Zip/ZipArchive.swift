import Numerics

/// A zip archive such as NumPy's npz, whose members are read by name (PKWARE APPNOTE 6.3). Of a file only the directory
/// and the members asked for are read, and nothing that they say is trusted.
///
/// Members may be stored or deflated, and have zip64 sizes and data descriptors. The central directory says where
/// everything is; every local header has to agree with it, members must not overlap, and what comes out has to have
/// the length and the CRC-32 that were promised.
package struct ZipArchive {
  private let bytes: ZipBytes
  private let members: [ZipMember]

  /// - Parameter name: what messages call the archive.
  /// - Throws: `.format`.
  package init(_ file: FileBytes, name: String) throws {
    bytes = ZipBytes(file: file, name: name)
    let directory = try ZipDirectory(bytes)
    members = directory.members
    var names = Set<String>()
    for member in members where !names.insert(member.name).inserted {
      throw bytes.failure("holds two members named \(quoted(member.name))")
    }
    // Offsets order the members: one ends before the next begins, the last before the directory.
    let extents = try members.map { (start: $0.headerOffset, end: try dataRange($0).upperBound) }
      .sorted { $0.start < $1.start }
    var previousEnd = 0
    for extent in extents {
      guard extent.start >= previousEnd else { throw bytes.failure("has members that overlap") }
      previousEnd = extent.end
    }
    guard previousEnd <= directory.start else { throw bytes.failure("has a member that overlaps its directory") }
  }

  package var names: [String] { members.map(\.name) }

  /// The bytes of the member called `name`.
  ///
  /// - Throws: `.format` if there is none, or if it is encrypted, compressed in another way or damaged; `.memory`.
  package func contents(of name: String) throws -> ArraySlice<UInt8> {
    guard let member = members.first(where: { $0.name == name }) else {
      throw bytes.failure("has no member \(quoted(name))")
    }
    guard !member.isEncrypted else { throw bytes.failure("member \(quoted(name)) is encrypted") }
    let data = try bytes.slice(try dataRange(member))
    let contents =
      switch member.method {
      case ZipMember.stored: data
      case ZipMember.deflated: try inflate(data, member)
      default:
        throw bytes.failure("member \(quoted(name)) has compression method \(member.method), not 0 or 8")
      }
    guard contents.count == member.size else {
      throw bytes.failure("member \(quoted(name)) has \(contents.count) bytes, not \(member.size) as it says")
    }
    guard contents.withUnsafeBytes({ crc32Checksum($0) }) == member.checksum else {
      throw bytes.failure("member \(quoted(name)) is damaged: its CRC-32 differs")
    }
    return contents
  }

  private func inflate(_ data: ArraySlice<UInt8>, _ member: ZipMember) throws -> ArraySlice<UInt8> {
    let name = "\(bytes.name): member \(quoted(member.name))"
    return try data.withUnsafeBytes { try inflateRaw($0, size: member.size, name: name) }[...]
  }

  /// Where the member's data lie: behind its local header, which has to say the same as the directory.
  private func dataRange(_ member: ZipMember) throws -> Range<Int> {
    let start = member.headerOffset
    let contradiction = bytes.failure("has a local header of \(quoted(member.name)) that contradicts its directory")
    guard try bytes.uint32(start) == 0x0403_4b50,
      try bytes.uint16(start + 6) == member.flags,
      try bytes.uint16(start + 8) == member.method
    else { throw contradiction }
    let nameLength = try bytes.uint16(start + 26)
    let extraLength = try bytes.uint16(start + 28)
    let name = try bytes.range(start + 30, nameLength)
    guard try bytes.slice(name).elementsEqual(member.nameBytes) else { throw contradiction }
    let extra = try bytes.range(name.upperBound, extraLength)
    // With a data descriptor, sizes and checksum follow the data, and the local header does not have them.
    if !member.hasDescriptor {
      let sizes = try bytes.resolveZip64(
        [try bytes.uint32(start + 22), try bytes.uint32(start + 18)], extra: extra)
      guard sizes == [member.size, member.compressedSize], try bytes.uint32(start + 14) == Int(member.checksum) else {
        throw contradiction
      }
    }
    return try bytes.range(extra.upperBound, member.compressedSize)
  }
}

import Numerics

extension Safetensors {
  /// Reads a file whose header is looked at first: what promises another size than the file has is refused unread.
  package init(reading path: String) throws {
    try self.init(FileBytes(opening: path), name: "path = \(quoted(path))")
  }

  /// - Parameter name: what to call the file in errors.
  package init(decoding bytes: [UInt8], name: String) throws {
    try self.init(FileBytes(bytes[...]), name: name)
  }

  private init(_ file: FileBytes, name: String) throws {
    let header = try SafetensorsHeader(file, name: name)
    let bytes = try file.all()
    guard bytes.count == file.count, Self.checksum(bytes, blanking: header.checksum) == header.stated else {
      throw EngineError(.format, "\(name): its checksum is not the stated one; the file is damaged or cut short")
    }
    try requireMemory((file.count - header.dataStart) / 8, of: Double.self, for: name)
    self.init(
      metadata: header.metadata,
      tensors: bytes.withUnsafeBytes { bytes in
        header.entries.map { entry in
          let data = UnsafeRawBufferPointer(rebasing: bytes[(header.dataStart + entry.start)...])
          return Tensor(entry.name, shape: entry.shape, values: Self.values(data, entry.count, entry.type))
        }
      })
  }

  /// The checksum as eight digits, computed with `noChecksum` in its place.
  private static func checksum(_ bytes: [UInt8], blanking place: Range<Int>) -> String {
    let blank = Array(noChecksum.utf8)
    let start = bytes[..<place.lowerBound].withUnsafeBytes { crc32Checksum($0) }
    let middle = blank.withUnsafeBytes { crc32Checksum($0, after: start) }
    return hexadecimal(bytes[place.upperBound...].withUnsafeBytes { crc32Checksum($0, after: middle) })
  }

  private static func values(_ data: UnsafeRawBufferPointer, _ count: Int, _ type: SafetensorsHeader.ElementType)
    -> Tensor.Values
  {
    func word(_ index: Int) -> UInt64 {
      UInt64(littleEndian: data.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    switch type {
    case .doubles: return .doubles((0..<count).map { Double(bitPattern: word($0)) })
    case .integers: return .integers((0..<count).map { Int(Int64(bitPattern: word($0))) })
    }
  }
}

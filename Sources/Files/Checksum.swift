import CZlib

/// The CRC-32 of `bytes`, as zlib and PNG compute it.
package func crc32Checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 { crc32Checksum(bytes, after: 0) }

/// The CRC-32 of bytes with the checksum `before` and, behind them, of `bytes`.
package func crc32Checksum(_ bytes: UnsafeRawBufferPointer, after before: UInt32) -> UInt32 {
  var sum = uLong(before)
  var offset = 0
  while offset < bytes.count {
    let piece = min(bytes.count - offset, 1 << 30)
    let start = bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: UInt8.self) }
    sum = crc32(sum, start, UInt32(piece))
    offset += piece
  }
  return UInt32(truncatingIfNeeded: sum)
}

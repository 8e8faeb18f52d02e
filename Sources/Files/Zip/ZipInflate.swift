import CZlib
import Numerics

/// What a raw deflate stream (RFC 1951) holds, which has to be exactly `size` bytes and to end with the input.
///
/// Memory is bounded before any is taken: deflate yields at most 258 bytes for 2 bits, so that a promise of more than
/// 1032 times the input cannot be true.
///
/// - Throws: `.format`, `.memory`.
func inflateRaw(_ input: UnsafeRawBufferPointer, size: Int, name: String) throws -> [UInt8] {
  guard size / 1032 <= input.count else {
    throw EngineError(.format, "\(name) says that \(input.count) bytes inflate to \(size); deflate reaches 1032 times")
  }
  try requireMemory(size + 1, of: UInt8.self, for: name)
  var stream = z_stream()
  guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw EngineError(.memory, "\(name): zlib has no memory")
  }
  defer { inflateEnd(&stream) }
  var consumed = 0
  var produced = 0
  var status = Z_OK
  // One byte more than promised, so that a longer stream is noticed.
  let output = [UInt8](unsafeUninitializedCapacity: size + 1) { output, count in
    // zlib counts in 32 bits, so long data pass in pieces.
    let largestPiece = 1 << 30
    while status == Z_OK {
      let inputPiece = min(input.count - consumed, largestPiece)
      let outputPiece = min(output.count - produced, largestPiece)
      stream.next_in = input.baseAddress.map {
        UnsafeMutablePointer(mutating: ($0 + consumed).assumingMemoryBound(to: UInt8.self))
      }
      stream.avail_in = UInt32(inputPiece)
      stream.next_out = output.baseAddress.map { $0 + produced }
      stream.avail_out = UInt32(outputPiece)
      status = inflate(&stream, Z_NO_FLUSH)
      consumed += inputPiece - Int(stream.avail_in)
      produced += outputPiece - Int(stream.avail_out)
    }
    count = min(produced, size)
  }
  // Without progress zlib answers Z_BUF_ERROR, which ends the loop as well.
  guard status == Z_STREAM_END, consumed == input.count, produced == size else {
    throw EngineError(.format, "\(name) is damaged: its deflated data do not give the \(size) bytes it says")
  }
  return output
}

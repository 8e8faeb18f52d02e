import CJKOnetStar
import Numerics

// Structs that the caller passes begin with their size as the caller knows it, so that they can grow at their end: a
// program that was built with earlier headers has shorter ones, and one that was built with later headers longer ones.
// A member is never put into the padding at a struct's end, since programs that do not know it leave garbage there.

/// A caller's options, or `defaults` for NULL.
///
/// Of a shorter struct the members that are missing have their defaults. Members of a longer one that this library does
/// not know must be 0, which is what they mean when they are left alone.
func options<Options>(_ pointer: UnsafePointer<Options>?, _ name: String, defaults: Options) throws -> Options {
  guard let pointer else { return defaults }
  let size = try structSize(UnsafeRawPointer(pointer), name, of: Options.self)
  let known = MemoryLayout<Options>.size
  if size > known {
    let bytes = UnsafeRawBufferPointer(start: pointer, count: size)[known...]
    guard bytes.allSatisfy({ $0 == 0 }) else {
      throw BoundaryError.invalid(
        "\(name)->struct_size = \(size) has members beyond the \(known) bytes that this library knows, and they are not 0"
      )
    }
  }
  var options = defaults
  withUnsafeMutableBytes(of: &options) {
    $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: min(size, known)))
  }
  return options
}

/// Fills as much of a caller's options struct as both sides know with `defaults`, and the rest of it with 0.
func fill<Options>(_ pointer: UnsafeMutablePointer<Options>?, _ size: Int, defaults: Options) throws {
  guard let pointer else { throw BoundaryError.null("options") }
  try checkSize(size, "struct_size", of: Options.self)
  store(defaults, in: UnsafeMutableRawPointer(pointer), size)
}

/// Checks the size of a struct that a describing function fills in, before the work that it describes.
func checkInfo<Info>(_ pointer: UnsafeMutablePointer<Info>?, _ name: String) throws -> InfoOutput<Info> {
  guard let pointer else { throw BoundaryError.null(name) }
  return InfoOutput(
    pointer: UnsafeMutableRawPointer(pointer), size: try structSize(UnsafeRawPointer(pointer), name, of: Info.self))
}

/// A caller's struct that is to be filled in.
struct InfoOutput<Info> {
  fileprivate let pointer: UnsafeMutableRawPointer
  fileprivate let size: Int

  /// Writes what both sides know; `struct_size` stays the caller's.
  func write(_ info: Info) { store(info, in: pointer, size) }
}

private func store<Struct>(_ value: Struct, in pointer: UnsafeMutableRawPointer, _ size: Int) {
  let known = min(size, MemoryLayout<Struct>.size)
  withUnsafeBytes(of: value) { pointer.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(pointer), byteCount: known) }
  for offset in known..<max(known, size) { pointer.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
  pointer.storeBytes(of: size, as: Int.self)
}

private func structSize<Struct>(_ pointer: UnsafeRawPointer, _ name: String, of type: Struct.Type) throws -> Int {
  let size = pointer.load(as: Int.self)
  try checkSize(size, "\(name)->struct_size", of: type)
  return size
}

/// A struct ends where a member ends: its size is a multiple of 8 or, of structs that hold nothing longer, of 4 bytes.
/// A size of more than a page is a mistake.
private func checkSize<Struct>(_ size: Int, _ name: String, of type: Struct.Type) throws {
  let unit = MemoryLayout<Struct>.alignment
  guard (unit...4096).contains(size), size % unit == 0 else {
    throw BoundaryError.invalid(
      "\(name) = \(UInt(bitPattern: size)) is not the size of a \(Struct.self), which is \(MemoryLayout<Struct>.stride) here; fill options with their _init function"
    )
  }
}

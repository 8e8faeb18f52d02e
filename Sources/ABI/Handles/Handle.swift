import Numerics

/// What an opaque pointer in the hands of C stands for.
class Handle {
  /// Gives the handle to C, which returns it to `destroy`.
  final func retained() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  static func destroy(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }

  /// The handle of one type that a pointer stands for.
  static func typed<Kind: Handle>(_ pointer: OpaquePointer?, _ name: String) throws -> Kind {
    guard let pointer else { throw BoundaryError.null(name) }
    let handle = Unmanaged<Handle>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    guard let typed = handle as? Kind else {
      throw BoundaryError.invalid("\(name) is a handle of another type")
    }
    return typed
  }
}

/// Sets `*out` to NULL, runs `make`, and hands its result to C.
func produce(_ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: String = "out", _ make: () throws -> Handle) throws {
  guard let out else { throw BoundaryError.null(name) }
  out.pointee = nil
  let made = try make()
  // Ask the host for the last time here, because a call that has handed out a handle must not fail afterwards.
  try Interruption.check()
  out.pointee = made.retained()
}

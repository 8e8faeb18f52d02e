import CHandles
import Numerics

/// What an opaque pointer in the hands of C stands for. The pointer is a number in a table (Sources/System/CHandles),
/// so that one that was destroyed, or never was a handle, is an error and not the end of the process.
class Handle {
  /// Gives the handle to C, which returns it to `destroy`.
  ///
  /// - Throws: `.memory` where there are a million handles
  final func retained() throws -> OpaquePointer {
    let kept = Unmanaged.passRetained(self)
    guard let pointer = jko_handles_insert(kept.toOpaque()) else {
      kept.release()
      throw EngineError(.memory, "another handle does not fit in memory; destroy those that are not needed")
    }
    return OpaquePointer(pointer)
  }

  static func destroy(_ pointer: OpaquePointer?) {
    guard let object = jko_handles_remove(UnsafeRawPointer(pointer)) else { return }
    Unmanaged<Handle>.fromOpaque(object).release()
  }

  /// The handle of one type that a pointer stands for.
  static func typed<Kind: Handle>(_ pointer: OpaquePointer?, _ name: String) throws -> Kind {
    guard let pointer else { throw BoundaryError.null(name) }
    guard let object = jko_handles_find(UnsafeRawPointer(pointer)) else {
      throw BoundaryError.invalid("\(name) is no handle, or was destroyed")
    }
    let handle = Unmanaged<Handle>.fromOpaque(object).takeUnretainedValue()
    guard let typed = handle as? Kind else {
      throw BoundaryError.invalid("\(name) is a handle of another type")
    }
    return typed
  }
}

/// Runs `make` and hands its result to C. `gate` has set `*out` to NULL.
func produce(_ out: UnsafeMutablePointer<OpaquePointer?>?, _ name: String = "out", _ make: () throws -> Handle) throws {
  guard let out else { throw BoundaryError.null(name) }
  out.pointee = try handOut([try make()])[0]
}

/// All handles, or none of them. The host is asked for the last time here, because a call that has handed out a handle
/// must not fail afterwards.
func handOut(_ handles: [Handle]) throws -> [OpaquePointer] {
  try Interruption.check()
  var pointers: [OpaquePointer] = []
  do {
    for handle in handles { pointers.append(try handle.retained()) }
  } catch {
    pointers.forEach(Handle.destroy)
    throw error
  }
  return pointers
}

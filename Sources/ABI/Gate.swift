// The one way through the boundary: every exported function that can fail runs its body in `gate`. The engine throws
// EngineError and has never heard of C; here errors become status codes and this thread's message.
//
//     @_cdecl("jko_noun_verb") @implementation
//     public func jko_noun_verb(...) -> jko_status { gate { ... } }

import CJKOnetStar
import CSystem
import Numerics

/// Runs `body`, asking the thread's progress callback where there is one; on an error keeps its message for this thread and returns its status.
func gate(_ body: () throws -> Void) -> jko_status {
  do {
    try ThreadProgress.during(body)
    return jko_status(JKO_OK)
  } catch let error as BoundaryError {
    LastError.set(error.message)
    return error.status
  } catch let error as EngineError {
    LastError.set(error.message)
    return status(of: error.kind)
  } catch {
    LastError.set("unexpected error: \(error)")
    return jko_status(JKO_EINTERNAL)
  }
}

/// What only the boundary can get wrong.
struct BoundaryError: Error {
  let status: jko_status
  let message: String

  static func null(_ name: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_ENULL), message: "\(name) = NULL, a pointer is required")
  }

  static func invalid(_ message: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_EINVALID), message: message)
  }

  static func shape(_ message: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_ESHAPE), message: message)
  }

  static func notFitted(_ name: String) -> BoundaryError {
    BoundaryError(status: jko_status(JKO_ENOTFITTED), message: "\(name) has not been fitted; fit or load it first")
  }
}

private func status(of kind: EngineError.Kind) -> jko_status {
  switch kind {
  case .invalid: return jko_status(JKO_EINVALID)
  case .shape: return jko_status(JKO_ESHAPE)
  case .nonfinite: return jko_status(JKO_ENONFINITE)
  case .population: return jko_status(JKO_EPOPULATION)
  case .io: return jko_status(JKO_EIO)
  case .format: return jko_status(JKO_EFORMAT)
  case .memory: return jko_status(JKO_ENOMEM)
  case .cancelled: return jko_status(JKO_ECANCELLED)
  case .convergence: return jko_status(JKO_ECONVERGENCE)
  case .internalDefect: return jko_status(JKO_EINTERNAL)
  }
}

/// The last failure's message, one per thread, released when its thread ends.
enum LastError {
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, { free($0) }) == 0 ? key : nil
  }()

  static func set(_ message: String) {
    guard let key else { return }
    // Names from outside may hold anything; the message stays one line.
    let line = String(
      String.UnicodeScalarView(message.unicodeScalars.map { isControl($0) ? "?" : $0 }))
    guard let copy = strdup(line) else { return }
    let old = pthread_getspecific(key)
    if pthread_setspecific(key, copy) == 0 { free(old) } else { free(copy) }
  }

  /// Controls of ASCII and Latin-1, among them next line, and the separators of lines and paragraphs.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  static func get() -> UnsafePointer<CChar>? {
    key.flatMap { pthread_getspecific($0) }.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
  }
}

/// A C string that lives as long as the process.
struct StaticText: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>?

  init(_ text: String) { pointer = strdup(text).map { UnsafePointer($0) } }
}

/// A C string that lives as long as what holds it.
final class HeldText: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>?
  private let copy: UnsafeMutablePointer<CChar>?

  init(_ text: String) {
    copy = strdup(text)
    pointer = copy.map { UnsafePointer($0) }
  }

  deinit { free(copy) }
}

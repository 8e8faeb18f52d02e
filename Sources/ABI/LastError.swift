import CSystem

/// The last failure's message, and the argument that it is about, one per thread, released when its thread ends.
///
/// Both lie in one block of memory, each with its terminating 0.
enum LastError {
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, { free($0) }) == 0 ? key : nil
  }()

  static func set(_ message: String) {
    // Names from outside may hold anything; the message stays one line.
    let line = String(
      String.UnicodeScalarView(message.unicodeScalars.map { isControl($0) ? "?" : $0 }))
    let bytes = Array(line.utf8) + [0] + argument(of: line).utf8 + [0]
    guard let copy = malloc(bytes.count) else { return }
    copy.copyMemory(from: bytes, byteCount: bytes.count)
    set(lines: copy)
  }

  /// Takes both texts, each with its terminating 0, in memory of `malloc`; where it is nil, the last ones stay.
  static func set(lines: UnsafeMutableRawPointer?) {
    guard let key, let lines else { return }
    let old = pthread_getspecific(key)
    if pthread_setspecific(key, lines) == 0 { free(old) } else { free(lines) }
  }

  /// Controls of ASCII and Latin-1, among them next line, and the separators of lines and paragraphs.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  /// The argument that a message begins with, as in `times[3] = 2.0 is not ..`, `options->epochs = 0 is not ..` or
  /// `x has 0 rows`; empty where it is not about one. Messages of the engine and of the boundary keep to this form.
  static func argument(of message: String) -> Substring {
    var rest = message[...]
    while let next = rest.first, next.isLetter || next.isNumber || next == "_" || rest.hasPrefix("->") {
      rest = rest.dropFirst(next == "-" ? 2 : 1)
    }
    let isNamed = [" = ", "[", " has ", " have ", " is ", " are ", " with ", " at "].contains { rest.hasPrefix($0) }
    return isNamed ? message[..<rest.startIndex] : ""
  }

  static var message: UnsafePointer<CChar>? {
    key.flatMap { pthread_getspecific($0) }.map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
  }

  static var argument: UnsafePointer<CChar>? { message.map { $0 + strlen($0) + 1 } }
}

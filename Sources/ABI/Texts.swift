import CSystem

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

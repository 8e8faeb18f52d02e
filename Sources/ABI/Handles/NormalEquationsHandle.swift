import Learning

final class NormalEquationsHandle: Handle {
  var sums: LinearSums
  init(_ sums: LinearSums) { self.sums = sums }

  static func of(_ pointer: OpaquePointer?, _ name: String = "equations") throws -> NormalEquationsHandle {
    try typed(pointer, name)
  }
}

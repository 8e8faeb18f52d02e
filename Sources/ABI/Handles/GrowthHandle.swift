import Fields

final class GrowthHandle: Handle {
  let growth: Growth
  init(_ growth: Growth) { self.growth = growth }

  static func of(_ pointer: OpaquePointer?, _ name: String = "growth") throws -> Growth {
    let handle: GrowthHandle = try typed(pointer, name)
    return handle.growth
  }
}

import Flows

final class FlowHandle: Handle {
  let flow: WassersteinFlow
  init(_ flow: WassersteinFlow) { self.flow = flow }

  static func of(_ pointer: OpaquePointer?, _ name: String = "flow") throws -> WassersteinFlow {
    let handle: FlowHandle = try typed(pointer, name)
    return handle.flow
  }
}

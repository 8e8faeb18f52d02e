import Learning

final class ObjectiveHandle: Handle {
  let objective: WholeObjective
  init(_ objective: WholeObjective) { self.objective = objective }

  static func of(_ pointer: OpaquePointer?) throws -> ObjectiveHandle { try typed(pointer, "objective") }
}

import CJKOnetStar
import Numerics
import Transport

final class PlanHandle: Handle {
  indirect enum Plan {
    /// An exact plan, and the points, which it does not keep itself.
    case exact(TransportPlan, x: Matrix, y: Matrix)
    case entropic(EntropicPlan, jko_plan_method)
  }

  let plan: Plan
  init(_ plan: Plan) { self.plan = plan }

  static func of(_ pointer: OpaquePointer?) throws -> PlanHandle { try typed(pointer, "plan") }
}

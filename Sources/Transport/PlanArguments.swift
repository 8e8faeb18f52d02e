import Numerics

/// Two populations with masses that were found to be valid arguments of a plan.
struct PlanArguments {
  let x: Matrix
  let y: Matrix
  let a: [Double]?
  let b: [Double]?
  let totalA: Double
  let totalB: Double

  /// - Parameter balanced: whether both marginals hold, so that the totals must agree.
  init(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?, balanced: Bool = true) throws {
    try Self.checkPoints(x: x, y: y)
    totalA = try Self.checkMasses(a, count: x.rows, "a")
    totalB = try Self.checkMasses(b, count: y.rows, "b")
    if balanced { try Self.checkTotals(a, totalA, b, totalB) }
    (self.x, self.y, self.a, self.b) = (x, y, a, b)
  }
}

import Numerics

/// Two populations with masses that were found to be valid arguments of a plan.
package struct PlanArguments {
  package let x: Matrix
  package let y: Matrix
  package let a: [Double]?
  package let b: [Double]?
  package let totalA: Double
  package let totalB: Double

  /// - Parameter balanced: whether both marginals hold, so that the totals must agree.
  package init(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?, balanced: Bool = true) throws {
    try Self.checkPoints(x: x, y: y)
    totalA = try Self.checkMasses(a, count: x.rows, "a")
    totalB = try Self.checkMasses(b, count: y.rows, "b")
    if balanced { try Self.checkTotals(a, totalA, b, totalB) }
    (self.x, self.y, self.a, self.b) = (x, y, a, b)
  }
}

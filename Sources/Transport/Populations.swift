import Numerics

/// Two populations with masses that are valid arguments of a plan.
struct Populations {
  let x: Matrix
  let y: Matrix
  let a: [Double]?
  let b: [Double]?
  let totalA: Double
  let totalB: Double

  /// - Parameter balanced: whether both marginals hold, so that the totals must agree.
  init(_ x: Matrix, _ a: [Double]?, _ y: Matrix, _ b: [Double]?, balanced: Bool = true) throws {
    try Validation.checkPoints(x: x, y: y)
    totalA = try Validation.checkMasses(a, count: x.rows, "a", of: "x")
    totalB = try Validation.checkMasses(b, count: y.rows, "b", of: "y")
    if balanced { try Validation.checkTotals(a, totalA, b, totalB) }
    (self.x, self.y, self.a, self.b) = (x, y, a, b)
  }
}

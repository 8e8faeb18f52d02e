import Numerics

/// The proof that a plan is optimal, in scaled units: marginals that hold and a feasible dual of the same cost.
///
/// By weak duality the cost of every plan with these marginals is at least sum_i a_i u_i + sum_j b_j v_j for feasible
/// u and v; where that equals the plan's cost, no plan is cheaper.
package struct Certificate: Sendable {
  /// Cost and dual cost, with masses in mass units.
  package let cost: DoubleDouble
  package let dualCost: DoubleDouble
  /// (cost - dualCost) / max(cost, 1e-12 x the largest cost of a pair)
  package let gap: Double

  package static let gapBound = 1e-9
  package static let marginalBound = 1e-12

  /// - Parameters:
  ///   - costs: cost of a unit on each flow
  ///   - duals: feasible for all pairs
  ///   - largestCost: the largest cost of a pair, or a lower bound of it, which makes the gap larger
  package init(
    flows: [Flow], costs: [DoubleDouble], supply: [Int], demand: [Int], duals: Duals, largestCost: Double
  ) {
    var primal = DoubleDouble.zero
    var units = 0
    for (flow, cost) in zip(flows, costs) {
      primal += DoubleDouble(exactly: flow.units) * cost
      units += flow.units
    }
    var dual = DoubleDouble.zero
    for (units, u) in zip(supply, duals.u) { dual += DoubleDouble(exactly: units) * u }
    for (units, v) in zip(demand, duals.v) { dual += DoubleDouble(exactly: units) * v }
    cost = primal
    dualCost = dual
    let difference = (primal - dual).value
    let scale = max(primal.value, 1e-12 * largestCost * Double(units))
    // Difference and scale are both zero when all points coincide.
    gap = difference == 0 ? 0 : difference / scale
  }

  /// - Throws: `.convergence` unless the gap is at most 1e-9 and the marginals hold to 1e-12.
  package func verify(marginalError: Double) throws {
    guard abs(gap) <= Self.gapBound else {
      throw EngineError(.convergence, "duality gap = \(gap) is greater than \(Self.gapBound)")
    }
    guard marginalError <= Self.marginalBound else {
      throw EngineError(.convergence, "marginal error = \(marginalError) is greater than \(Self.marginalBound)")
    }
  }
}

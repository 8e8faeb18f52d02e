import Numerics
import Testing
import Transport

/// The certificate accepts an optimal plan and nothing else.
@Suite struct CertificateTests {
  // Two points on a line, from 0 and 1 to 2 and 3, with squared distances: 0 -> 2 and 1 -> 3 cost 8, the crossed plan
  // costs 10.
  let straight = [Flow(row: 0, column: 0, units: 1), Flow(row: 1, column: 1, units: 1)]
  let crossed = [Flow(row: 0, column: 1, units: 1), Flow(row: 1, column: 0, units: 1)]
  let costs: [[Double]] = [[4, 9], [1, 4]]
  let duals = Duals(u: [DoubleDouble(0), DoubleDouble(-4)], v: [DoubleDouble(4), DoubleDouble(8)])

  private func certificate(_ flows: [Flow], _ duals: Duals) -> Certificate {
    Certificate(
      flows: flows, costs: flows.map { DoubleDouble(costs[$0.row][$0.column]) }, supply: [1, 1], demand: [1, 1],
      duals: duals, largestCost: 9)
  }

  @Test func acceptsTheOptimum() throws {
    let certificate = certificate(straight, duals)
    #expect(certificate.cost.value == 8 && certificate.dualCost.value == 8 && certificate.gap == 0)
    try certificate.verify(marginalError: 0)
  }

  @Test func rejectsACrossedPlan() {
    #expect(throws: EngineError(.convergence, "duality gap = 0.2 is greater than 1e-09")) {
      try certificate(crossed, duals).verify(marginalError: 0)
    }
  }

  @Test func rejectsLooseDuals() {
    var loose = duals
    loose.v[1] = DoubleDouble(8 - 1e-7)
    #expect(throws: EngineError.self) { try certificate(straight, loose).verify(marginalError: 0) }
    loose.v[1] = DoubleDouble(.nan)
    #expect(throws: EngineError.self) { try certificate(straight, loose).verify(marginalError: 0) }
  }

  @Test func rejectsBrokenMarginals() {
    #expect(throws: EngineError(.convergence, "marginal error = 1e-11 is greater than 1e-12")) {
      try certificate(straight, duals).verify(marginalError: 1e-11)
    }
  }

  /// A gap of 1e-21 of the largest cost is noticed, although doubles round it away.
  @Test func seesBelowDoubles() {
    let far = Duals(u: [DoubleDouble(1e12)], v: [DoubleDouble(-1e12, 1 - 1e-6)])
    let certificate = Certificate(
      flows: [Flow(row: 0, column: 0, units: 1)], costs: [DoubleDouble(1)], supply: [1], demand: [1], duals: far,
      largestCost: 1e12)
    #expect(abs(certificate.gap - 1e-6) <= 1e-12)
  }
}

import Testing
import Numerics
import Energies
import Learning

@Test func perf() throws {
  let n = 5000, d = 2
  var r = PhiloxSequence(seed: 1, stream: 1)
  let pts = (0..<n*d).map { _ in r.normal() }
  let sh = (0..<n*d).map { _ in r.normal() }
  let c = Couplings(dimension: d, points: pts, shifts: sh, times: [Double](repeating: 0, count: n), rhos: [Double](repeating: 1, count: n), weights: [Double](repeating: 1/Double(n), count: n), standardization: Standardization(center: [0,0], length: 1, origin: 0, duration: 1))
  for h in [[64,64],[128,128,128]] {
  let t0 = monotonicSeconds()
  _ = try NetworkTraining(c, shape: NetworkShape(dimension: d, timeVarying: false, hidden: h), options: FitOptions(epochs: 50)).run { _ in true }
  print("PERF", h, "epoch ms", (monotonicSeconds()-t0)/50*1000)
  }
}

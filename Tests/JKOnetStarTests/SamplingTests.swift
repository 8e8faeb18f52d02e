import JKOnetStar
import Testing

/// Langevin draws, used as their users do: by `import JKOnetStar` alone.
@Suite struct SamplingTests {
  private let starts: [[Double]] = [[-4, -1], [4, 5], [-2, 7], [2, 0]]

  @Test func aGaussianOfUnequalScalesHasItsMoments() throws {
    // V(x) = x_1^2 / 2 + 50 (x_2 - 3)^2 and the temperature 2.
    let well = FlowEnergy.Term.function { x, _ in
      let values = x.map { $0[0] * $0[0] / 2 + 50 * ($0[1] - 3) * ($0[1] - 3) }
      return (values, try Points(x.map { [$0[0], 100 * ($0[1] - 3)] }))
    }
    let found = try sample(well, from: Points(starts), beta: 2, draws: 2000, seed: 2)
    #expect(found.chains.count == 4 && found.chains.allSatisfy { $0.count == 2000 && $0.dimension == 2 })
    for (a, (centre, exact)) in [(0.0, 2.0), (3.0, 0.02)].enumerated() {
      let values = found.chains.flatMap { chain in chain.map { $0[a] } }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      let size = found.effectiveSizes[a]
      #expect(size > 400 && size < 16_000 && abs(found.rHats[a] - 1) < 0.02, "\(size), \(found.rHats)")
      // Five standard errors; squares are correlated for no longer than the draws themselves.
      #expect(abs(mean - centre) < 5 * (exact / size).squareRoot(), "\(mean)")
      #expect(abs(variance / exact - 1) < 5 * (4 / size).squareRoot(), "\(variance) for \(exact)")
    }
    #expect(found.acceptance > 0.4 && found.acceptance < 0.75 && found.step > 0)
    #expect(try sample(well, from: Points(starts), beta: 2, draws: 2000, seed: 2) == found)
  }

  @Test func proposalsWithoutAnEnergyAreRefused() throws {
    // Half a Gaussian, of mean sqrt(2 / pi) and variance 1 - 2 / pi.
    let half = FlowEnergy.Term.function { x, _ in (x.map { $0[0] < 0 ? .nan : $0[0] * $0[0] / 2 }, x) }
    let found = try sample(half, from: Points([[0.5], [1], [2], [3]]), draws: 4000)
    let values = found.chains.flatMap(\.elements)
    #expect(values.allSatisfy { $0 >= 0 })
    let mean = values.reduce(0, +) / Double(values.count)
    #expect(abs(mean - 0.79788) < 5 * (0.36338 / found.effectiveSizes[0]).squareRoot(), "\(mean)")
    refused(.notFinite, "the potential at start[1] is nan") { _ = try sample(half, from: Points([[1], [-1]])) }
  }

  @Test func chainsThatDisagreeAreNoticed() throws {
    // Two wells at -30 and 30, which no chain leaves.
    let wells = FlowEnergy.Term.function { x, _ in
      let offsets = x.map { $0[0] < 0 ? $0[0] + 30 : $0[0] - 30 }
      return (offsets.map { $0 * $0 / 2 }, try Points(offsets.map { [$0] }))
    }
    let found = try sample(wells, from: Points([[-30], [30]]), draws: 400, warmup: 200)
    #expect(found.rHats[0] > 2 && found.effectiveSizes[0] < 20)
  }

  @Test func failuresAreErrors() throws {
    struct Refusal: Error {}
    let well = FlowEnergy.Term.function { x, _ in (x.map { $0[0] * $0[0] / 2 }, x) }
    let x = try Points([[0], [1]])
    refused(.cancelled, "potential threw an error: Refusal()") {
      _ = try sample(.function { _, _ in throw Refusal() }, from: x)
    }
    refused(.cancelled, "sampling") {
      _ = try sample(well, from: x, draws: 1_000_000) { $0.stage != .sampling }
    }
    refused(.convergence, "step = 3.0 is too long") {
      _ = try sample(well, from: x, draws: 5000, step: 3, adjusted: false)
    }
    refused(.invalidArgument, "beta = -1.0") { _ = try sample(well, from: x, beta: -1) }
    refused(.invalidArgument, "draws = 0") { _ = try sample(well, from: x, draws: 0) }
    refused(.invalidArgument, "step = 0.0") { _ = try sample(well, from: x, step: 0) }
    refused(.notFinite, "start[0][0] = inf") { _ = try sample(well, from: Points([[.infinity]])) }
  }
}

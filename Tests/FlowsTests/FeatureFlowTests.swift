import CSystem
import Densities
import Energies
import Flows
import Numerics
import Testing

/// Flows with bumps, towards a mixture: maps and densities belong together, and the target is approached.
@Suite struct FeatureFlowTests {
  static let target = try! GaussianMixture(
    weights: [1, 2], means: Matrix(rows: 2, columns: 2, elements: [-2, 0, 2, 1]),
    covariances: [1, 0, 0, 1, 1, 0.3, 0.3, 1], kind: .full)

  static let shared = Result {
    try flow(
      FlowEnergy(potential: MixtureEnergy(mixture: target), internalEnergy: .entropy(beta: 1)),
      from: try gaussian([0, 0], variances: [4, 4])
    ) { ($0.bumps, $0.components, $0.steps, $0.step, $0.particles) = (20, 6, 12, 0.4, 2000) }
  }

  @Test func approachesTheTarget() throws {
    let flow = try Self.shared.get()
    #expect(zip(flow.energies, flow.energies.dropFirst()).allSatisfy { $0 > $1 - 2e-3 })
    let points = try flow.sample(4000, step: 12, seed: 1)
    let difference = zip(try flow.logDensities(points, step: 12), try Self.target.logDensities(points)).map { $0 - $1 }
    let divergence = difference.reduce(0, +) / 4000
    let start = flow.energies[0] - flow.energies[12]
    #expect(divergence < 0.036 && divergence > -0.01 && start > 0.3, "KL \(divergence) after a fall of \(start)")
  }

  @Test func inversionUndoesTransport() throws {
    let flow = try Self.shared.get()
    let points = try flow.base.sample(200, seed: 9, purpose: .flowDraws)
    let back = try flow.inverse(try flow.transport(points, from: 0, to: 12).points, step: 12)
    for (a, b) in zip(back.elements, points.elements) { #expect(abs(a - b) < 1e-8) }
  }

  @Test func densityIntegratesToOne() throws {
    let flow = try Self.shared.get()
    // A grid over what holds all but some 1e-6 of the mass; the midpoint rule is exact to rounding for what is smooth
    // and vanishes at the border.
    let (count, half) = (120, 9.0)
    let h = 2 * half / Double(count)
    var grid = Matrix(rows: count * count, columns: 2)
    for i in 0..<count * count {
      (grid[i, 0], grid[i, 1]) = (-half + (Double(i % count) + 0.5) * h, -half + (Double(i / count) + 0.5) * h)
    }
    let mass = try flow.logDensities(grid, step: 12, strict: false).reduce(0) { $0 + exp($1) * h * h }
    #expect(abs(mass - 1) < 1e-3, "mass \(mass)")
    #expect(abs(try flow.mass(step: 12) - mass) < 1e-3)
  }

  @Test func scoresAreDerivativesOfLogDensities() throws {
    let flow = try Self.shared.get()
    let points = try flow.sample(20, step: 5, seed: 4)
    let scores = try flow.scores(points, step: 5)
    let step = 1e-5
    for a in 0..<2 {
      var (ahead, behind) = (points, points)
      for i in 0..<20 {
        ahead[i, a] += step
        behind[i, a] -= step
      }
      let (up, down) = (try flow.logDensities(ahead, step: 5), try flow.logDensities(behind, step: 5))
      for i in 0..<20 { #expect(abs((up[i] - down[i]) / (2 * step) - scores[i, a]) < 1e-6) }
    }
  }

  @Test func bitsDoNotDependOnThreads() throws {
    func points(_ threads: Int) throws -> Matrix {
      let before = Parallel.threadCount
      Parallel.threadCount = threads
      defer { Parallel.threadCount = before }
      return try flow(
        FlowEnergy(potential: MixtureEnergy(mixture: Self.target), internalEnergy: .entropy(beta: 1)),
        from: try gaussian([0, 0], variances: [4, 4])
      ) { ($0.bumps, $0.steps, $0.particles) = (20, 2, 500) }.sample(10, step: 2, seed: 0)
    }
    #expect(try points(1) == points(3))
  }
}

import CSystem
import Densities
import Energies
import Flows
import Numerics
import Testing

/// Langevin samplers: exact moments of known densities, whatever the scales; diagnostics that know when chains
/// disagree.
@Suite struct SamplingTests {
  func starts(_ chains: Int, _ d: Int, spread: Double = 2) -> Matrix {
    var draws = PhiloxSequence(seed: 5, stream: 0)
    return Matrix(rows: chains, columns: d, elements: (0..<chains * d).map { _ in spread * draws.normal() })
  }

  func moments(_ points: Matrix, _ column: Int) -> (mean: Double, variance: Double) {
    let centre = mean(points, column)
    let variance = (0..<points.rows).reduce(0) { sum, row in
      let offset = points[row, column] - centre
      return sum + offset * offset / Double(points.rows)
    }
    return (centre, variance)
  }

  @Test func gaussianOfUnequalScales() throws {
    let potential = Quadratic(stiffness: [1, 100, 0.01], centre: [0, 3, -5])
    var sampler = LangevinSampler()
    (sampler.beta, sampler.draws, sampler.warmup) = (2, 4000, 2000)
    let found = try sampler.run(potential, from: starts(8, 3)) { _ in true }
    let diagnostics = try ChainDiagnostics(found.points, chains: 8)
    for (column, stiffness) in potential.stiffness.enumerated() {
      let (mean, variance) = moments(found.points, column)
      let exact = 2 / stiffness
      let size = diagnostics.effectiveSizes[column]
      #expect(size > 3000 && size < 64_000 && diagnostics.rHats[column] < 1.01)
      // Five standard errors.
      #expect(abs(mean - potential.centre[column]) < 5 * (exact / size).squareRoot())
      #expect(abs(variance / exact - 1) < 5 * (2 / (size / 2)).squareRoot(), "\(variance) for \(exact)")
    }
    #expect(abs(found.acceptance - 0.574) < 0.08)
  }

  @Test func mixtureIsExactOnlyIfAdjusted() throws {
    let target = try GaussianMixture(
      weights: [1, 3], means: Matrix(rows: 2, columns: 1, elements: [-1, 1]), covariances: [0.25, 0.25], kind: .full)
    var sampler = LangevinSampler()
    (sampler.draws, sampler.warmup, sampler.step) = (20_000, 500, 0.25)
    let exact = try sampler.run(MixtureEnergy(mixture: target), from: starts(4, 1)) { _ in true }
    sampler.adjusted = false
    let biased = try sampler.run(MixtureEnergy(mixture: target), from: starts(4, 1)) { _ in true }
    let variance = 0.25 + 4 * 0.25 * 0.75
    let (found, without) = (moments(exact.points, 0).variance, moments(biased.points, 0).variance)
    #expect(abs(found - variance) < 0.06, "\(found) for \(variance)")
    #expect(without > variance + 0.15 && biased.acceptance == 1, "\(without) for \(variance)")
  }

  @Test func chainsThatDisagreeAreNoticed() throws {
    let far = try GaussianMixture(
      weights: [1, 1], means: Matrix(rows: 2, columns: 1, elements: [-30, 30]), covariances: [1, 1], kind: .full)
    var sampler = LangevinSampler()
    (sampler.draws, sampler.warmup) = (500, 200)
    let found = try sampler.run(
      MixtureEnergy(mixture: far), from: Matrix(rows: 2, columns: 1, elements: [-30, 30])
    ) { _ in true }
    let diagnostics = try ChainDiagnostics(found.points, chains: 2)
    #expect(diagnostics.rHats[0] > 2 && diagnostics.effectiveSizes[0] < 20)
  }

  @Test func diagnosticsOfKnownSeries() throws {
    // An autoregressive series x' = a x + noise has (1 - a) / (1 + a) independent draws each.
    var (points, draws) = (Matrix(rows: 4 * 20_000, columns: 2), PhiloxSequence(seed: 2, stream: 0))
    for chain in 0..<4 {
      var (slow, fast) = (draws.normal(), 0.0)
      for k in 0..<20_000 {
        slow = 0.8 * slow + 0.6 * draws.normal()
        fast = draws.normal()
        (points[chain * 20_000 + k, 0], points[chain * 20_000 + k, 1]) = (slow, fast)
      }
    }
    let diagnostics = try ChainDiagnostics(points, chains: 4)
    #expect(abs(diagnostics.effectiveSizes[0] / (80_000.0 / 9) - 1) < 0.12)
    #expect(abs(diagnostics.effectiveSizes[1] / 80_000 - 1) < 0.08)
    #expect(diagnostics.rHats.allSatisfy { abs($0 - 1) < 0.005 })
  }
}

import Foundation
import JKOnetStar
import Testing

/// Flows, used as their users do: by `import JKOnetStar` alone.
@Suite struct FlowTests {
  static let stiffness = [1.0, 3.0]

  /// V(x) = (x_1 - 1)^2 / 2 + 3 x_2^2 / 2 with beta = 0.5: an Ornstein-Uhlenbeck process.
  private var well: FlowEnergy {
    FlowEnergy(
      potential: .function { x, _ in
        let offsets = x.map { [$0[0] - 1, $0[1]] }
        let values = offsets.map { ($0[0] * $0[0] + 3 * $0[1] * $0[1]) / 2 }
        return (values, try Points(offsets.map { [$0[0], 3 * $0[1]] }))
      }, beta: 0.5)
  }

  /// A double well along the first coordinate.
  private var twoWells: FlowEnergy {
    FlowEnergy(
      potential: .function { x, _ in
        let values = x.map { ($0[0] * $0[0] - 1) * ($0[0] * $0[0] - 1) / 4 + $0[1] * $0[1] / 2 }
        return (values, try Points(x.map { [$0[0] * ($0[0] * $0[0] - 1), $0[1]] }))
      }, beta: 0.2)
  }

  private func standard(_ d: Int = 2) throws -> GaussianMixture {
    let unit = try Points((0..<d).map { a in (0..<d).map { $0 == a ? 1 : 0 } })
    return try GaussianMixture(weights: [1], means: Points([[Double](repeating: 0, count: d)]), covariances: [unit])
  }

  private func affine(_ steps: Int, step: Double, _ scheme: FlowOptions.Scheme = .jko) -> FlowOptions {
    FlowOptions(step: step, steps: steps, scheme: scheme, components: 0, particles: 1000)
  }

  /// Mean and variances after the last step of affine maps without rotation, from the unit Gaussian.
  private func moments(_ flow: WassersteinFlow) throws -> (mean: [Double], variances: [Double]) {
    let images = try flow.transport(Points([[0, 0], [1, 0], [0, 1]]))
    let variances = (0..<2).map { a -> Double in
      let deviation = images[a + 1][a] - images[0][a]
      return deviation * deviation
    }
    return (images[0], variances)
  }

  @Test func anOrnsteinUhlenbeckProcessHasItsVariance() throws {
    func errors(_ steps: Int, _ scheme: FlowOptions.Scheme) throws -> (mean: Double, variances: [Double]) {
      let options = affine(steps, step: 1 / Double(steps), scheme)
      let (mean, found) = try moments(WassersteinFlow(of: well, from: standard(), options: options))
      let variances = zip(found, Self.stiffness).map { pair in
        let (variance, k) = pair
        let limit = 0.5 / k
        let exact = limit + (1 - limit) * exp(-2 * k)
        return abs(variance / exact - 1)
      }
      return (abs(mean[0] - (1 - exp(-1))), variances)
    }
    let fine = try errors(20, .sdirk2)
    // What the recursion of SDIRK2 for standard deviations gives: 7e-5 and 2e-4 of 20 steps, sixteen times as much of
    // five, and 4 % and 6 % of JKO steps.
    #expect(fine.mean < 1e-4 && fine.variances[0] < 1e-4 && fine.variances[1] < 3e-4, "\(fine)")
    let coarse = try errors(5, .sdirk2).variances
    for (a, b) in zip(coarse, fine.variances) { #expect(a / b > 12 && a / b < 21, "\(a) and \(b)") }
    #expect(try errors(5, .jko).variances.allSatisfy { $0 > 0.03 && $0 < 0.07 })
  }

  @Test func densitiesAreThoseOfTheMaps() throws {
    let flow = try WassersteinFlow(of: well, from: standard(), options: affine(3, step: 0.1))
    let (mean, variances) = try moments(flow)
    let point = [0.7, -0.4]
    var (logarithm, score) = (-log(2 * Double.pi), [0.0, 0.0])
    for a in 0..<2 {
      let offset = point[a] - mean[a]
      logarithm -= (log(variances[a]) + offset * offset / variances[a]) / 2
      score[a] = -offset / variances[a]
    }
    // Exact but for rounding and what is left of rotations.
    #expect(abs(try flow.logDensity(at: Points([point]))[0] - logarithm) < 1e-8)
    let slopes = try flow.score(at: Points([point]))[0]
    #expect(abs(slopes[0] - score[0]) < 1e-7 && abs(slopes[1] - score[1]) < 1e-7)
    #expect(flow.dimension == 2 && flow.stepCount == 3 && flow.times.count == 4 && abs(flow.times[3] - 0.3) < 1e-12)
    #expect(flow.energies.count == 4 && zip(flow.energies, flow.energies.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func inverseUndoesTransport() throws {
    let options = FlowOptions(steps: 3, components: 4, particles: 300)
    let flow = try WassersteinFlow(of: twoWells, from: standard(), options: options)
    let start = try flow.sample(30, step: 0, seed: 4)
    let moved = try flow.transport(start)
    let again = try flow.inverse(moved)
    // Inverses are right to 1e-9 of the coordinates, and maps of short steps stretch by a factor near 1.
    for (a, b) in zip(again.elements, start.elements) { #expect(abs(a - b) < 1e-6) }
    #expect(zip(moved.elements, start.elements).contains { abs($0 - $1) > 0.01 })
    let (before, after) = (try flow.logDensity(at: start, step: 0), try flow.logDensity(at: moved))
    for (i, change) in try flow.logDeterminant(at: start).enumerated() {
      #expect(abs(before[i] - after[i] - change) < 1e-6)
    }
    // Two parts of the way are the whole.
    let twice = try flow.transport(flow.transport(start, to: 1), from: 1)
    #expect(twice == moved)
  }

  @Test func aKernelDensityHasMassOne() throws {
    let kernel = try KernelDensity(Points((0..<20).map { [0.1 * Double($0)] }), bandwidth: .length(0.5))
    let flow = try WassersteinFlow(of: FlowEnergy(beta: 0.5), from: kernel, options: affine(2, step: 0.1))
    // The box reaches far into both tails, and the rule is exact for what is as smooth as this.
    for step in 0...2 { #expect(abs(try flow.mass(step: step) - 1) < 1e-4) }
    #expect(try flow.logDensity(at: Points([[0.3]]), step: 0) == kernel.logDensity(at: Points([[0.3]])))
  }

  @Test func interactionsAttract() throws {
    // U(z) = z^2 / 2 draws particles to their mean: a JKO step takes the standard deviation s to the positive root of
    // (1/h + 1) s^2 - s_0 s / h = beta.
    let energy = FlowEnergy(
      interaction: .function { z, _ in (z.map { $0[0] * $0[0] / 2 }, z) }, beta: 0.1)
    let options = FlowOptions(step: 0.5, steps: 2, components: 0, particles: 100)
    let flow = try WassersteinFlow(of: energy, from: standard(1), options: options)
    var deviation = 1.0
    for _ in 0..<2 { deviation = (2 * deviation + (4 * deviation * deviation + 1.2).squareRoot()) / 6 }
    let images = try flow.transport(Points([[0], [1]]))
    #expect(abs(images[0][0]) < 1e-5 && abs(images[1][0] - images[0][0] - deviation) < 1e-5)
  }

  @Test func aModelAndABenchmarkMoveParticles() throws {
    // Particles that move to the right by 1 per unit of time descend V(x) = -x_1.
    let points: [[Double]] = [0, 1, 2].flatMap { (time: Double) -> [[Double]] in [[time, 0], [time, 1], [time, 2.5]] }
    let series = try SnapshotSeries(points: Points(points), times: [0, 0, 0, 1, 1, 1, 2, 2, 2])
    let features = Features(polynomialDegree: 1, polynomialTotal: true, gaussianGrid: 0)
    let model = try Model(fitting: series, energy: Energy(potential: .linear(features)), options: FitOptions(ridge: 0))
    let energy = FlowEnergy(potential: .model(model), beta: 0.1)
    let flow = try WassersteinFlow(of: energy, from: standard(), options: affine(4, step: 0.1))
    let mean = try flow.transport(Points([[0, 0]]))[0]
    #expect(abs(mean[0] - 0.4) < 1e-5 && abs(mean[1]) < 1e-5)
    // "sphere" is V = -10 |x|^2: a step of 0.02 takes s = 1 to the positive root of (1/0.02 - 20) s^2 - s / 0.02 = 0.5.
    let hill = FlowEnergy(potential: .benchmark(try Benchmark("sphere")), beta: 0.5)
    let spread = try moments(WassersteinFlow(of: hill, from: standard(), options: affine(1, step: 0.02))).variances
    let deviation = (50 + 2560.0.squareRoot()) / 60
    #expect(spread.allSatisfy { abs($0 - deviation * deviation) < 1e-6 })
    refused(.invalidArgument, "interaction", "no interaction") {
      _ = try WassersteinFlow(of: FlowEnergy(interaction: .model(model)), from: standard())
    }
    refused(.shape, "2 coordinates", "3") { _ = try WassersteinFlow(of: energy, from: standard(3)) }
  }
}

import Dynamics
import Energies
import Numerics
import TestSupport
import Testing

/// Whoever waits for a long step may end it: the host is asked between parts of it, of which none takes more than some
/// milliseconds here.
@Suite struct InterruptedStepTests {
  private static func particles(_ n: Int) -> Matrix {
    var random = PhiloxSequence(seed: 211, stream: 0)
    return Matrix(rows: n, columns: 2, elements: random.normals(2 * n))
  }

  /// V = |x|^2 / 2.
  private static let potential = FeatureExpansion(
    basis: FeatureBasis(
      dimension: 2, families: [.monomials(Monomials(dimension: 2, exponents: [2, 0, 0, 2]))], timeDegree: 0),
    coefficients: [0.5, 0.5])

  /// U as Gaussian functions about points off any grid, whose means go over all pairs.
  private static let pairwise = FeatureExpansion(
    basis: FeatureBasis(
      dimension: 2, families: [.radial(RadialFunctions(.gaussian, centers: particles(5), width: 1))], timeDegree: 0),
    coefficients: [0.1, 0.2, -0.1, 0.05, 0.1])

  private static let network: Network = {
    let shape = NetworkShape(dimension: 2, timeVarying: false, hidden: [8])
    return Network(shape: shape, parameters: shape.initialParameters(seed: 5))
  }()

  private static func rollout(_ potential: (any Potential)?, _ interaction: (any Interaction)?, _ scheme: Scheme)
    -> Rollout
  {
    Rollout(potential: potential, interaction: interaction, scheme: scheme, length: 1, center: [0, 0])
  }

  /// Work of one step, and the parts that it has at least: blocks of 64 particles, or of 256 in implicit steps, and
  /// with pairs each particle.
  private static let steps: [(name: String, rollout: Rollout, particles: Int, parts: Int)] = [
    ("implicit V", rollout(potential, nil, .implicit), 10_000, 10_000 / 256),
    ("explicit V", rollout(potential, nil, .explicit), 10_000, 10_000 / 64),
    ("explicit U of features", rollout(nil, pairwise, .explicit), 500, 500),
    ("implicit U of features", rollout(potential, pairwise, .implicit), 500, 2 * 500),
    ("explicit U by a network", rollout(nil, network, .explicit), 300, 300),
    ("implicit U by a network", rollout(potential, network, .implicit), 300, 2 * 300),
  ]

  @Test(arguments: steps.indices) func aStepEndsInItsMidst(index: Int) throws {
    let (name, rollout, count, parts) = Self.steps[index]
    let start = Self.particles(count)
    let plain = try rollout.step(start, from: 0, to: 0.1).population
    var asked: Matrix?
    let all = questions { asked = try rollout.step(start, from: 0, to: 0.1).population }.asked
    #expect(all >= parts, "\(name)")
    #expect(asked.map { bits($0.elements) } == bits(plain.elements), "\(name)")
    for question in [1, parts / 2, all] {
      #expect(
        questions(refusal: question) { _ = try rollout.step(start, from: 0, to: 0.1) }.ended(at: question), "\(name)")
    }
  }

  /// The callback of a rollout hears within its steps how many are done.
  @Test func aRolloutAsksWithinItsSteps() throws {
    let rollout = Self.rollout(nil, Self.pairwise, .explicit)
    var heard: [Int] = []
    let found = questions {
      _ = try rollout.run(from: Self.particles(300), times: [0, 0.1, 0.2]) {
        heard.append($0.done)
        return heard.count < 400
      }
    }
    #expect(found.error == EngineError(.cancelled, "rollout cancelled by the progress callback"))
    #expect(heard.count == 400 && heard[..<300].allSatisfy { $0 == 0 } && heard.last == 1)
  }

  /// A simulation by functionals, in the pairs of each particle.
  @Test func aSimulationEndsInAStep() {
    let simulation = Simulation(
      potential: nil, interaction: .functional(.oakleyOHagan), beta: 0, dt: 0.01, t0: 0, steps: 1, seed: 0)
    let start = Self.particles(200)
    #expect(questions { _ = try simulation.run(from: start) { _ in true } }.asked >= 200)
    var asked = 0
    let found = questions {
      _ = try simulation.run(from: start) { _ in
        asked += 1
        return asked < 100
      }
    }
    #expect(found.error?.kind == .cancelled && asked == 100)
  }
}

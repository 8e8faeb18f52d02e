import Energies
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Populations driven by V = x^T A x / 2, A = [[2, 0.5], [0.5, 1]], from which A must be learned.
@Suite struct RecoveryTests {
  /// One step of every particle: implicit (I + tau A)^-1 x, explicit (I - tau A) x, midpoint (I + tau/2 A)^-1 (I -
  /// tau/2 A) x.
  private static func step(_ population: Matrix, _ tau: Double, _ scheme: Scheme) -> Matrix {
    let (a, b, c) = (2.0, 0.5, 1.0)
    var moved = population
    for row in 0..<population.rows {
      let (x, y) = (population[row, 0], population[row, 1])
      switch scheme {
      case .implicit:
        let (p, q, r) = (1 + tau * a, tau * b, 1 + tau * c)
        let determinant = p * r - q * q
        moved[row, 0] = (r * x - q * y) / determinant
        moved[row, 1] = (p * y - q * x) / determinant
      case .explicit:
        moved[row, 0] = x - tau * (a * x + b * y)
        moved[row, 1] = y - tau * (b * x + c * y)
      case .midpoint:
        return step(step(population, tau / 2, .explicit), tau / 2, .implicit)
      }
    }
    return moved
  }

  /// The Hessian of a model's potential at a point, row by row.
  private static func hessian(_ model: FittedModel, _ point: [Double], time: Double = 0) -> [Double] {
    model.requiredPotential.hessianProducts(point + point, along: [1, 0, 0, 1], time: time)
  }

  private static let times = [0, 0.1, 0.35, 0.5]

  /// The same particles in each snapshot, in another order. The steps are gradients of convex functions, hence optimal
  /// (Brenier): the plans find the true pairs, and with them A to rounding times the condition of the features, about
  /// 1e3.
  @Test(arguments: Scheme.allCases) func shuffledParticles(scheme: Scheme) throws {
    var populations = [Populations.normal(60, 2, seed: 81)]
    for (t, next) in zip(Self.times, Self.times.dropFirst()) {
      populations.append(Self.step(populations[populations.count - 1], next - t, scheme))
    }
    var random = PhiloxSequence(seed: 82, stream: 0)
    let series = try Populations.series(
      populations.map { $0.selecting(rows: random.permutation(60)) }, times: Self.times)
    let model = try FittedModel.fit(series, .linear(degree: 2, scheme), FitOptions(ridge: .fixed(0)))
    #expect(largest(difference(Self.hessian(model, [0.3, -0.2]), [2, 0.5, 0.5, 1])) < 1e-10)
    // A difference of sums like the squared shifts, below 1.
    #expect(model.history[0] < 1e-15)
    #expect(largest(model.requiredPotential.gradients([0, 0])) < 1e-11)
  }

  /// Different particles in each snapshot, 400 each: what is paired is only close. The map between two normal
  /// populations of 400 is known to about 1/sqrt(400) of its spread, over gaps that move particles by a quarter of
  /// theirs: 0.05 / 0.25 in units of A per gap; three gaps and many particles average that down.
  @Test(arguments: Scheme.allCases) func differentParticles(scheme: Scheme) throws {
    let populations = Self.times.indices.map { k in
      zip(Self.times[..<k], Self.times[1..<k + 1]).reduce(Populations.normal(400, 2, seed: UInt64(83 + k))) {
        Self.step($0, $1.1 - $1.0, scheme)
      }
    }
    let series = try Populations.series(populations, times: Self.times)
    let model = try FittedModel.fit(series, .linear(degree: 2, scheme))
    #expect(largest(difference(Self.hessian(model, [0, 0]), [2, 0.5, 0.5, 1])) < 0.4)
  }

  /// V = (1 + t / 2) x^T A x / 2: each gap has its own strength, found exactly by features that grow linearly in time.
  @Test(arguments: Scheme.allCases) func strengthThatGrows(scheme: Scheme) throws {
    var populations = [Populations.normal(60, 2, seed: 88)]
    for (t, next) in zip(Self.times, Self.times.dropFirst()) {
      let times: [Scheme: Double] = [.implicit: next, .explicit: t, .midpoint: (t + next) / 2]
      let strength = 1 + (times[scheme] ?? t) / 2
      populations.append(Self.step(populations[populations.count - 1], (next - t) * strength, scheme))
    }
    let series = try Populations.series(populations, times: Self.times)
    let model = try FittedModel.fit(series, .linear(degree: 2, scheme, timeVarying: true), FitOptions(ridge: .fixed(0)))
    for t in [0.1, 0.2, 0.35] {
      let expected = [2, 0.5, 0.5, 1].map { (1 + t / 2) * $0 }
      #expect(largest(difference(Self.hessian(model, [0.1, 0.4], time: t), expected)) < 1e-8)
    }
  }

  /// A network has no parabola among its functions but comes near it within the data: the gradient it learns, in the
  /// mean.
  @Test func networkApproximates() throws {
    var populations = [Populations.normal(80, 2, seed: 89)]
    for (t, next) in zip(Self.times, Self.times.dropFirst()) {
      populations.append(Self.step(populations[populations.count - 1], next - t, .implicit))
    }
    let series = try Populations.series(populations, times: Self.times)
    let model = try FittedModel.fit(
      series, .network([16, 16]), FitOptions(epochs: 400, batchSize: 40, learningRate: 5e-3, seed: 1, rollout: .none))
    let truth = (0..<80).flatMap { row -> [Double] in
      let (x, y) = (populations[1][row, 0], populations[1][row, 1])
      return [2 * x + 0.5 * y, 0.5 * x + y]
    }
    #expect(normError(model.requiredPotential.gradients(populations[1].elements), truth) < 0.1)
  }
}

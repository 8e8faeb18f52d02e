import CSystem
import Densities
import Energies
import Numerics

/// A step of a flow by particles: Langevin dynamics dx = -grad (V + U * rho) dt + sqrt(2 beta) dW, and the mixture that
/// the Bayesian information criterion chooses for where they are.
struct ParticleStep {
  let energy: FlowEnergy
  let options: FlowOptions

  /// Parts of a step. Each is one of Heun's method, which is of weak order 2 where the noise does not depend on x.
  private static let parts = 5
  /// Particles that interact with one another (random batches of Jin, Li and Liu 2020): all pairs would take too long.
  private static let batch = 1000
  /// Particles that the mixtures of all steps but the last are fitted to.
  private static let fewer = 10_000

  static func check(_ energy: FlowEnergy) throws {
    if case .power(_, let exponent) = energy.internalEnergy {
      throw EngineError(
        .invalid,
        "exponent = \(exponent) is not 1, and particles are those of diffusion alone: take features or networks")
    }
  }

  func advance(_ pool: inout FlowPool, _ k: Int, from now: Double, to next: Double) throws -> GaussianMixture {
    let (n, d) = (pool.points.rows, pool.points.columns)
    let dt = (next - now) / Double(Self.parts)
    guard case .entropy(let beta) = energy.internalEnergy else { throw EngineError(.invalid, "not diffusion") }
    let scale = (2 * beta * dt).squareRoot()
    for part in 0..<Self.parts {
      let (time, seed) = (now + Double(part) * dt, options.seed)
      let first = try slopes(pool.points, time)
      let index = UInt64(k * Self.parts + part)
      var (trial, noise) = (pool.points, [Double](repeating: 0, count: n * d))
      for particle in 0..<n {
        var draws = PhiloxSequence(
          seed: seed, stream: RandomPurpose.flowNoise.stream(particle), counter: index * UInt64(d / 2 + 2))
        for a in particle * d..<(particle + 1) * d { noise[a] = scale * draws.normal() }
      }
      for a in noise.indices { trial.elements[a] += noise[a] - dt * first[a] }
      let second = try slopes(trial, time + dt)
      for a in noise.indices { pool.points.elements[a] += noise[a] - dt / 2 * (first[a] + second[a]) }
      guard let bad = pool.points.elements.firstIndex(where: { !$0.isFinite }) else { continue }
      throw EngineError(
        .convergence,
        "particle \(bad / d) left the range of numbers: step = \(options.step) is too long, or V falls "
          + "without bound")
    }
    let isLast = k + 1 == options.steps
    var mixture = MixtureOptions()
    mixture.components = .upTo(12)
    mixture.restarts = isLast ? 3 : 1
    let count = isLast ? n : min(n, Self.fewer)
    let sample = Matrix(rows: count, columns: d, elements: Array(pool.points.elements[..<(count * d)]))
    let density = try fitMixture(to: sample, options: mixture, seed: options.seed).mixture
    pool.logDensities = try density.logDensities(pool.points)
    return density
  }

  /// grad (V + U * rho) at the particles, (n, d).
  private func slopes(_ points: Matrix, _ time: Double) throws -> [Double] {
    guard energy.interaction != nil else {
      return try energy.landscape(of: points, time: time, hessians: false).gradients
    }
    let (n, d) = (points.rows, points.columns)
    return try stride(from: 0, to: n, by: Self.batch).flatMap { first -> [Double] in
      let rows = first..<min(n, first + Self.batch)
      let part = Matrix(
        rows: rows.count, columns: d, elements: Array(points.elements[rows.lowerBound * d..<rows.upperBound * d]))
      return try energy.landscape(of: part, time: time, hessians: false).gradients
    }
  }
}

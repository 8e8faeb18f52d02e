import Flows
import Numerics

/// Draws of several chains, and how far they can be trusted.
public struct LangevinDraws: Sendable, Equatable {
  /// One element for each chain, of shape (draws, d).
  public let chains: [Points]
  /// The mean probability with which proposals were taken after warming up; 1 where all are taken.
  public let acceptance: Double
  /// The step of the draws that were kept, relative to the covariance that proposals are stretched by.
  public let step: Double
  /// For each coordinate, how many independent draws tell its mean as well; NaN for fewer than 8 draws.
  public let effectiveSizes: [Double]
  /// Split R-hat of each coordinate: above 1.01 the chains do not agree yet. NaN for fewer than 4 draws.
  public let rHats: [Double]
}

/// Draws from the density proportional to exp(-V / beta) by Langevin dynamics, several chains together.
///
/// A chain at x proposes x - e C grad V(x) + sqrt(2 beta e) C^(1/2) xi and takes it with the probability of Metropolis
/// and Hastings (MALA, Roberts and Tweedie 1996), so that draws are exact. While it warms up, the step e follows the
/// rate of acceptance, and C becomes the covariance of what was drawn. The density is what the flow of V and diffusion
/// goes to.
///
/// ```swift
/// let starts = try Points([[-4, 0], [4, 0], [0, -4], [0, 4]])
/// let well = FlowEnergy.Term.function { x, _ in
///   (x.map { 50 * $0[0] * $0[0] + $0[1] * $0[1] / 2 }, try Points(x.map { [100 * $0[0], $0[1]] }))
/// }
/// let drawn = try sample(well, from: starts)
/// print(drawn.effectiveSizes, drawn.rHats)
/// ```
///
/// - Parameters:
///   - potential: V, at time 0. A value that is NaN or infinite refuses the proposal.
///   - start: shape (chains, d), where each chain begins; best spread wider than the density
///   - beta: the temperature, in units of V, positive
///   - draws: kept of each chain, 1 to 100,000,000
///   - warmup: of each chain before those that are kept, 0 to 100,000,000
///   - step: e, positive; nil to find it while warming up
///   - adjusted: false to take every proposal: the draws are then of another density, by as much as the step is long
///   - seed: the same seed gives the same draws
///   - progress: asked about ten times a second whether to go on, stage `.sampling`
/// - Throws: `.invalidArgument`, `.shape`; `.notFinite` where V is not finite at a start; `.convergence` where a chain
///   that is not adjusted leaves the range of numbers; `.cancelled` by the handler or a closure that throws; `.memory`
public func sample(
  _ potential: FlowEnergy.Term, from start: Points, beta: Double = 1, draws: Int = 1000, warmup: Int = 1000,
  step: Double? = nil, adjusted: Bool = true, seed: UInt64 = 0, progress: ProgressHandler? = nil
) throws(JKOError) -> LangevinDraws {
  try start.requireFinite("start")
  try requirePositive(beta, "beta")
  try require(draws, in: 1...100_000_000, "draws")
  try require(warmup, in: 0...100_000_000, "warmup")
  if let step { try requirePositive(step, "step") }
  var sampler = LangevinSampler()
  (sampler.beta, sampler.draws, sampler.warmup) = (beta, draws, warmup)
  (sampler.step, sampler.adjusted, sampler.seed) = (step, adjusted, seed)
  let energy = try potential.potential(
    start.dimension, length: LangevinSampler.spread(of: start.matrix), mayBeNaN: true)
  return try engine(naming: ["x0": "start"]) {
    let found = try sampler.run(energy, from: start.matrix, progress: handler(progress))
    let diagnostics = try ChainDiagnostics(found.points, chains: start.count)
    let chains = (0..<start.count).map {
      Points(found.points.selecting(rows: Array($0 * draws..<($0 + 1) * draws)))
    }
    return LangevinDraws(
      chains: chains, acceptance: found.acceptance, step: found.step, effectiveSizes: diagnostics.effectiveSizes,
      rHats: diagnostics.rHats)
  }
}

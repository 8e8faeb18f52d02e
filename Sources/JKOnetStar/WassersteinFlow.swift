import Densities
import Flows
import Numerics

/// The forward problem: the population that descends an energy, step by step, with samples, maps in both directions,
/// and a density at any point.
///
/// Each step minimises W2^2 / (2 h) plus the energy over maps that are gradients of convex functions. A flow is a
/// value: it can be copied and used from several threads.
///
/// ```swift
/// let well = FlowEnergy(
///   potential: .function { x, _ in (x.map { $0[0] * $0[0] / 2 }, x) }, beta: 0.5)
/// let start = try GaussianMixture(weights: [1], means: Points([[3]]), covariances: [Points([[1]])])
/// let flow = try WassersteinFlow(of: well, from: start, options: FlowOptions(step: 0.2, steps: 20, components: 0))
/// let drawn = try flow.sample(1000)  // of variance 0.5, about 0
/// ```
public struct WassersteinFlow: Sendable {
  let flow: Flows.WassersteinFlow

  /// Computes the flow of an energy from a Gaussian mixture.
  ///
  /// - Parameters:
  ///   - energy: V, U and the internal energy
  ///   - start: the density at `options.startTime`
  ///   - options: how the flow is computed
  ///   - progress: hears of every step, stage `.flow`, and is asked about ten times a second whether to go on
  /// - Throws: `.invalidArgument`, `.shape`, `.notFinite` where the energy is not finite at a particle, `.convergence`
  ///   where a step folds space because it is too long, `.cancelled` by the handler or a closure that throws,
  ///   `.memory`; `.file` and `.format` where there is a checkpoint
  public init(
    of energy: FlowEnergy, from start: GaussianMixture, options: FlowOptions = FlowOptions(),
    progress: ProgressHandler? = nil
  ) throws(JKOError) {
    try self.init(energy, start.mixture, options, progress)
  }

  /// Computes the flow of an energy from a kernel density.
  ///
  /// Parameters and errors are those of the initialiser from a Gaussian mixture.
  public init(
    of energy: FlowEnergy, from start: KernelDensity, options: FlowOptions = FlowOptions(),
    progress: ProgressHandler? = nil
  ) throws(JKOError) {
    try self.init(energy, start.density, options, progress)
  }

  /// Computes the flow of an energy from particles whose density is known.
  ///
  /// Such a flow draws from these particles, each at most once, and cannot be saved.
  ///
  /// - Parameters:
  ///   - energy: V, U and the internal energy
  ///   - particles: shape (n, d), at least 100
  ///   - logDensity: from points, shape (n, d), to ln rho, rho being in 1/length^d, and grad ln rho. It is kept as long
  ///     as the flow, and called on the threads that ask the flow for densities and scores.
  ///   - options: how the flow is computed; without a checkpoint
  ///   - progress: as for the other initialisers
  /// - Throws: as the other initialisers; `.shape` for fewer than 100 particles
  public init(
    of energy: FlowEnergy, from particles: Points,
    logDensity: @escaping @Sendable (Points) throws -> ValuesAndGradients,
    options: FlowOptions = FlowOptions(), progress: ProgressHandler? = nil
  ) throws(JKOError) {
    let least = Flows.FlowOptions.particleCounts.lowerBound
    guard particles.count >= least else {
      throw JKOError(.shape, "particles has \(counted(particles.count, "row")), fewer than \(least)")
    }
    try particles.requireFinite("particles")
    let base = HostDensity(
      points: particles.matrix, evaluation(named: "logDensity") { points, _ in try logDensity(points) })
    try self.init(energy, base, options, progress)
  }

  private init(
    _ energy: FlowEnergy, _ base: any BaseDensity, _ options: FlowOptions, _ progress: ProgressHandler?
  ) throws(JKOError) {
    let options = try options.options()
    let energy = try energy.energy(dimension: base.dimension, length: base.spread)
    flow = try engine {
      try Flows.WassersteinFlow(of: energy, from: base, options: options, progress: handler(progress))
    }
  }

  /// Reads a flow that was saved, from Swift or from any other language.
  ///
  /// - Throws: `.file`, `.format`
  public init(contentsOf path: String) throws(JKOError) { flow = try engine { try Flows.WassersteinFlow.load(path) } }

  /// Writes the flow into a safetensors file, whole or not at all.
  ///
  /// - Throws: `.file`; `.invalidArgument` for a flow that starts from particles
  public func save(to path: String) throws(JKOError) { try engine { try flow.save(path) } }

  /// d, the number of coordinates.
  public var dimension: Int { flow.dimension }

  /// The number of steps, K.
  public var stepCount: Int { flow.stepCount }

  /// t_0 < .. < t_K: when each population is there.
  public var times: [Double] { flow.times }

  /// The energy of each of the K + 1 populations, in squared length per time, up to the constant of V. It is taken over
  /// the particles of the fit, and falls but for their noise.
  public var energies: [Double] { flow.energies }
}

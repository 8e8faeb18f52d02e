import Learning
import Transport

/// How an energy is fitted.
///
/// `epochs`, `batchSize` and `learningRate` have no effect on an energy without networks, and `ridge` has none on one
/// with a network. `interactionSamples` without a network U, and `errorBars` with a network, are errors.
public struct FitOptions: Sendable {
  /// How the particles of consecutive snapshots are paired.
  public enum Coupling: Sendable {
    /// By the exact plan.
    case exact
    /// By an entropic plan; epsilon in squared length, nil for a twentieth of the mean cost.
    case sinkhorn(epsilon: Double? = nil)
    /// By an entropic plan of a population that grows or dies; relaxations of both marginals in squared length.
    case unbalanced(epsilon: Double? = nil, relaxationX: Double, relaxationY: Double)
  }

  public var coupling: Coupling
  /// The same seed gives the same bits on one kind of processor, for any number of threads.
  public var seed: UInt64
  /// Of networks: passes over all couplings, 1 to 10,000,000.
  public var epochs: Int
  /// Of networks: couplings of a step of Adam.
  public var batchSize: Int
  /// Of networks: the first step size; it falls along a cosine to a hundredth.
  public var learningRate: Double
  /// Of a network U: the number of particles over which U is averaged at each coupling, drawn anew in every epoch; nil
  /// for the whole snapshot.
  public var interactionSamples: Int?
  /// Of closed forms: the ridge, relative to the mean diagonal of the normal matrix; nil for 1e-6, or 1e-3 for V and U
  /// together.
  public var ridge: Double?
  /// Of closed forms: whether standard errors are estimated, from every particle's influence.
  public var errorBars: Bool

  public init(
    coupling: Coupling = .exact, seed: UInt64 = 0, epochs: Int = 400, batchSize: Int = 250,
    learningRate: Double = 5e-3, interactionSamples: Int? = nil, ridge: Double? = nil, errorBars: Bool = false
  ) {
    self.coupling = coupling
    self.seed = seed
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.interactionSamples = interactionSamples
    self.ridge = ridge
    self.errorBars = errorBars
  }
}

extension FitOptions {
  /// What the engine calls them.
  func options() throws(JKOError) -> Learning.FitOptions {
    try require(epochs, in: Learning.FitOptions.epochCounts, "epochs")
    try require(batchSize, in: Learning.FitOptions.batchSizes, "batchSize")
    try requirePositive(learningRate, "learningRate")
    if let interactionSamples {
      try require(interactionSamples, in: Learning.FitOptions.interactionSampleCounts, "interactionSamples")
    }
    if let ridge {
      guard ridge >= 0, ridge.isFinite else {
        throw JKOError(.invalidArgument, "ridge = \(ridge) is not a finite number of at least 0")
      }
    }
    return Learning.FitOptions(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, ridge: ridge.map { .fixed($0) } ?? .usual,
      seed: seed, coupling: try coupling.options(), errorBars: errorBars ? .influence : .none,
      interactionSamples: interactionSamples)
  }
}

extension FitOptions.Coupling {
  fileprivate func options() throws(JKOError) -> Learning.FitOptions.Coupling {
    let options: EntropicOptions
    switch self {
    case .exact: return .exact
    case .sinkhorn(let epsilon): options = EntropicOptions(epsilon: epsilon)
    case .unbalanced(let epsilon, let relaxationX, let relaxationY):
      options = EntropicOptions(epsilon: epsilon, relaxationX: relaxationX, relaxationY: relaxationY)
    }
    try engine { try options.validate() }
    return .entropic(options)
  }
}

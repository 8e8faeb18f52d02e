import Learning
import Transport

/// How an energy is fitted.
///
/// `epochs`, `batchSize` and `learningRate` have no effect on an energy without networks, and `ridge` has none on one
/// with a network. `interactionSamples` without a network U, `errorBars = .influence` with one or in the midpoint
/// scheme, and `biasSamples` in any other than the midpoint scheme are errors.
public struct FitOptions: Sendable {
  /// How the particles of consecutive snapshots are paired.
  public enum Coupling: Sendable {
    /// By the exact plan.
    case exact
    /// By an entropic plan; epsilon in squared length, nil for a twentieth of the mean cost.
    case sinkhorn(epsilon: Double? = nil)
    /// By an entropic plan of a population that grows or dies; relaxations of both marginals in squared length, of
    /// which the smaller bounds a usual epsilon by its tenth; nil for twice the mean cost of the exact plan. Where
    /// growth is known, `FitOptions.growth` does better.
    case unbalanced(epsilon: Double? = nil, relaxationX: Double? = nil, relaxationY: Double? = nil)
  }

  /// Where standard errors come from.
  public enum ErrorBars: Sendable {
    case none
    /// Every particle's influence on the coefficients of a closed form, explicit or implicit.
    case influence
    /// Fits to so many populations drawn anew from the particles, 2 to 100,000; nil for 200, and 10 of networks.
    case bootstrap(samples: Int? = nil)
  }

  public var coupling: Coupling
  /// The same seed gives the same bits on one kind of processor, for any number of threads.
  public var seed: UInt64
  /// Of networks: passes over all couplings, 1 to 10,000,000; nil for about 20,000 steps within 50 to 400 passes.
  public var epochs: Int?
  /// Of networks: couplings of a step of Adam.
  public var batchSize: Int
  /// Of networks: the first step size; it falls along a cosine to a hundredth.
  public var learningRate: Double
  /// Of a network U: the number of particles over which U is averaged at each coupling, drawn anew in every epoch; nil
  /// for the whole snapshot.
  public var interactionSamples: Int?
  /// Of closed forms: the ridge, relative to the mean diagonal of the normal matrix; nil for 1e-6, for what the data's
  /// noise asks for with V and U together, and for 0.1 with beta beside Gaussians or waves in the midpoint scheme.
  public var ridge: Double?
  /// Of closed forms: from how many simulated data sets the bias is estimated and subtracted, 0 to 100,000.
  public var biasSamples: Int
  public var errorBars: ErrorBars
  /// How fast particles multiply: plans are from the masses that they will have at the next time, so that new particles
  /// are not taken for moved ones, and the model keeps it.
  public var growth: Growth?

  public init(
    coupling: Coupling = .exact, seed: UInt64 = 0, epochs: Int? = nil, batchSize: Int = 100,
    learningRate: Double = 5e-3, interactionSamples: Int? = nil, ridge: Double? = nil, biasSamples: Int = 0,
    errorBars: ErrorBars = .none, growth: Growth? = nil
  ) {
    self.coupling = coupling
    self.seed = seed
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.interactionSamples = interactionSamples
    self.ridge = ridge
    self.biasSamples = biasSamples
    self.errorBars = errorBars
    self.growth = growth
  }
}

extension FitOptions {
  /// What the engine calls them.
  ///
  /// - Parameter energy: what is fitted
  func options(for energy: ModelOptions) throws(JKOError) -> Learning.FitOptions {
    if let epochs { try require(epochs, in: Learning.FitOptions.epochCounts, "epochs") }
    try require(batchSize, in: Learning.FitOptions.batchSizes, "batchSize")
    try requirePositive(learningRate, "learningRate")
    if let interactionSamples {
      try require(interactionSamples, in: Learning.FitOptions.interactionSampleCounts, "interactionSamples")
    }
    try require(biasSamples, in: Learning.FitOptions.biasSampleCounts, "biasSamples")
    if let ridge {
      guard ridge >= 0, ridge.isFinite else {
        throw JKOError(.invalidArgument, "ridge = \(ridge) is not a finite number of at least 0")
      }
    }
    var options = Learning.FitOptions(
      epochs: epochs ?? 0, batchSize: batchSize, learningRate: learningRate, ridge: ridge.map { .fixed($0) } ?? .usual,
      seed: seed, coupling: try coupling.options(), errorBars: try errorBars.bars(for: energy),
      biasSamples: biasSamples, interactionSamples: interactionSamples)
    options.growth = growth?.growth
    return options
  }
}

extension FitOptions.ErrorBars {
  fileprivate func bars(for energy: ModelOptions) throws(JKOError) -> ErrorBars {
    switch self {
    case .none: return .none
    case .influence: return .influence
    case .bootstrap(let samples):
      if let samples { try require(samples, in: ErrorBars.sampleCounts, "samples") }
      return .bootstrap(samples: samples ?? ErrorBars.usualSamples(for: energy))
    }
  }
}

extension FitOptions.Coupling {
  fileprivate func options() throws(JKOError) -> Learning.FitOptions.Coupling {
    let options: EntropicOptions
    switch self {
    case .exact: return .exact
    case .sinkhorn(let epsilon): options = EntropicOptions(epsilon: epsilon)
    case .unbalanced(let epsilon, let relaxationX, let relaxationY):
      options = EntropicOptions(
        epsilon: epsilon, relaxationX: relaxationX ?? EntropicOptions.usualRelaxation,
        relaxationY: relaxationY ?? EntropicOptions.usualRelaxation)
    }
    try engine { try options.validate() }
    return .entropic(options)
  }
}

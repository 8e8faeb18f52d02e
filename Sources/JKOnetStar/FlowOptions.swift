import Flows

/// How a flow is computed.
public struct FlowOptions: Sendable, Equatable {
  /// How one step of time is made of proximal steps.
  public enum Scheme: Sendable {
    /// One JKO step: of first order in the step.
    case jko
    /// Two proximal steps of (1 - 1/sqrt 2) of the step (SDIRK2, Alexander 1977): of second order.
    case sdirk2
    /// One proximal step of two thirds towards (4 x_k - x_{k-1}) / 3 (BDF2): of second order.
    case bdf2
    /// One proximal step of half the step, whose map is extended to twice the way (the implicit midpoint rule): of
    /// second order, with no damping of what is stiff.
    case midpoint
  }

  /// What moves the particles.
  public enum Method: Sendable {
    /// Maps of quadratics and bumps, found by Newton's method: fast, and exact where affine maps are.
    case features
    /// Maps by input-convex networks, trained by Adam: for maps that features cannot make.
    case network
    /// No maps: Langevin steps, and a Gaussian mixture of the particles after each step, which the Bayesian information
    /// criterion chooses. Diffusion only.
    case particles
  }

  /// A file that the flow is written to after every step.
  public struct Checkpoint: Sendable, Equatable {
    public var path: String
    /// Whether to go on from the file where there is one; otherwise it is an error that there is one.
    public var resumes: Bool

    public init(path: String, resumes: Bool = false) { (self.path, self.resumes) = (path, resumes) }
  }

  /// h, in time; positive, 0.05 by default.
  public var step: Double
  /// 1 to 100,000; 18 by default.
  public var steps: Int
  public var scheme: Scheme
  public var method: Method
  /// Of features: components of the mixture that shares space out for quadratics, 0 to 500. 0, with no bumps, gives
  /// affine maps, which are all that a Gaussian in a quadratic V needs. Nil for 12, and fewer in more than six
  /// coordinates.
  public var components: Int?
  /// Of features: Gaussian bumps at particles, 0 to 2,000; none by default.
  public var bumps: Int
  /// Of features: a bump is as wide as the distance to its neighbour of this rank, 1 to 2,000; 10 by default.
  public var neighbour: Int
  /// Particles that each step is fitted to, 100 to 1,000,000. For features twice as many choose the ridge, and four
  /// times as many are moved along; networks and affine maps are fitted to all. Of the method of particles, those that
  /// are followed. Nil for 8,000 of features, 40,000 of networks, 4,000 of affine maps, and 50,000 of the method of
  /// particles.
  public var particles: Int?
  /// When the base density is there, for V(x, t); 0 by default.
  public var startTime: Double
  /// The same seed gives the same flow.
  public var seed: UInt64
  /// Of networks: widths of 1 to 8 layers, 1 to 4,096 each.
  public var hidden: [Int]
  /// Of networks: squares of linear functions in each unit, 0 to 64; 5 by default.
  public var rank: Int
  /// Of networks: steps of Adam for each proximal step, 1 to 1,000,000; 100 by default.
  public var iterations: Int
  /// Of networks: particles in each step of Adam, 1 to 1,000,000; 1,024 by default.
  public var batchSize: Int
  /// Of networks, positive; it falls to a twentieth along a cosine within each proximal step.
  public var learningRate: Double
  /// Where to keep the flow while it is computed; nil for nowhere. Only maps from a mixture or a kernel density can be
  /// kept.
  public var checkpoint: Checkpoint?

  public init(
    step: Double = 0.05, steps: Int = 18, scheme: Scheme = .jko, method: Method = .features, components: Int? = nil,
    bumps: Int = 0, neighbour: Int = 10, particles: Int? = nil, startTime: Double = 0, seed: UInt64 = 0,
    hidden: [Int] = [64, 64], rank: Int = 5, iterations: Int = 100, batchSize: Int = 1024, learningRate: Double = 5e-3,
    checkpoint: Checkpoint? = nil
  ) {
    (self.step, self.steps, self.scheme, self.method) = (step, steps, scheme, method)
    (self.components, self.bumps, self.neighbour, self.particles) = (components, bumps, neighbour, particles)
    (self.startTime, self.seed, self.hidden, self.rank) = (startTime, seed, hidden, rank)
    (self.iterations, self.batchSize, self.learningRate) = (iterations, batchSize, learningRate)
    self.checkpoint = checkpoint
  }
}

extension FlowOptions {
  /// What the engine calls them. It checks those that it calls by the same names.
  func options() throws(JKOError) -> Flows.FlowOptions {
    guard startTime.isFinite else { throw JKOError(.notFinite, "startTime = \(startTime) is not finite") }
    try require(hidden.count, in: 1...Flows.FlowOptions.mostLayers, "the number of hidden layers")
    try require(batchSize, in: Flows.FlowOptions.batchSizes, "batchSize")
    try requirePositive(learningRate, "learningRate")
    var options = Flows.FlowOptions()
    (options.step, options.steps, options.t0, options.seed) = (step, steps, startTime, seed)
    (options.scheme, options.method) = (scheme.engine, method.engine)
    (options.components, options.bumps, options.neighbour) = (components, bumps, neighbour)
    (options.particles, options.hidden, options.rank) = (particles, hidden, rank)
    (options.iterations, options.batch, options.rate) = (iterations, batchSize, learningRate)
    options.checkpoint = checkpoint.map { .init(path: $0.path, resumes: $0.resumes) }
    try engine { try options.check() }
    return options
  }
}

extension FlowOptions.Scheme {
  fileprivate var engine: Flows.FlowOptions.Scheme {
    switch self {
    case .jko: return .jko
    case .sdirk2: return .sdirk2
    case .bdf2: return .bdf2
    case .midpoint: return .midpoint
    }
  }
}

extension FlowOptions.Method {
  fileprivate var engine: Flows.FlowOptions.Method {
    switch self {
    case .features: return .features
    case .network: return .network
    case .particles: return .particles
    }
  }
}

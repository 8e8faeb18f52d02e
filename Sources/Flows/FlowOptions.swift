import Numerics

/// How a flow is computed.
package struct FlowOptions: Sendable, Equatable {
  /// How one step of time is made of proximal steps.
  package enum Scheme: Sendable, Equatable, CaseIterable {
    /// One JKO step: of first order.
    case jko
    /// Two proximal steps of gamma h, gamma = 1 - 1/sqrt 2 (Alexander 1977): of second order, L-stable.
    case sdirk2
    /// One proximal step of 2 h / 3 towards (4 x_1 - x_0) / 3, after a first step by sdirk2: of second order.
    case bdf2
    /// One proximal step of h / 2, whose map is extended to twice the way: the implicit midpoint rule, of second order.
    case midpoint
  }

  /// What moves particles: maps, or Langevin steps, of which mixtures make densities.
  package enum Method: Sendable, Equatable, CaseIterable { case features, network, particles }

  /// Where a flow is written after every step, to go on from there.
  package struct Checkpoint: Sendable, Equatable {
    package var path: String
    package var resumes: Bool

    package init(path: String, resumes: Bool) { (self.path, self.resumes) = (path, resumes) }
  }

  package var method = Method.features
  package var scheme = Scheme.jko
  /// h, in time.
  package var step = 0.05
  package var steps = 18
  /// Time of the base density.
  package var t0 = 0.0
  /// Bumps beside the affine features.
  package var bumps = 0
  /// Components of the mixture that local quadratics are on; 0 for none, nil for `usualComponents`.
  package var components: Int?
  /// The width of a bump is the distance to its neighbour of this rank.
  package var neighbour = 10
  /// Particles that each step is fitted to; for features twice as many choose the ridge, and four times as many are
  /// moved along. Networks and affine maps are fitted to all that are. Of the method of particles, those that are
  /// followed. Nil for what the method usually needs.
  package var particles: Int?
  package var seed: UInt64 = 0

  /// Of networks: widths, squares of linear functions per unit, and how each step is trained by Adam. A step begins
  /// with the network of the step before.
  package var hidden = [64, 64]
  package var rank = 5
  package var iterations = 100
  package var batch = 1024
  package var rate = 5e-3

  package var checkpoint: Checkpoint?

  package init() {}

  /// Affine maps have few coefficients and are fitted to all particles, and networks to batches of all; other features
  /// could take the noise of particles along.
  private func isAffine(_ d: Int) -> Bool { method == .features && bumps == 0 && componentCount(d) <= 1 }

  /// 12, but fewer in more than six coordinates, because features grow as their square.
  package static func usualComponents(_ d: Int) -> Int { min(12, 400 / (1 + d + d * (d + 1) / 2)) }

  func componentCount(_ d: Int) -> Int { components ?? Self.usualComponents(d) }

  func fitted(_ d: Int) -> Int {
    switch method {
    case .features: particles ?? (isAffine(d) ? 4000 : 8000)
    case .network: particles ?? 40_000
    case .particles: particles ?? 50_000
    }
  }

  func poolSize(_ d: Int) -> Int { isAffine(d) || method != .features ? fitted(d) : 4 * fitted(d) }

  package static let stepCounts = 1...100_000
  package static let bumpCounts = 0...2000
  package static let mixtureSizes = 0...500
  package static let particleCounts = 100...1_000_000
  package static let mostLayers = 8
  package static let widths = 1...4096
  package static let ranks = 0...64
  package static let iterationCounts = 1...1_000_000
  package static let batchSizes = 1...1_000_000

  package func check() throws {
    func require<Value>(_ name: String, _ value: Value, in range: ClosedRange<Value>) throws {
      guard range.contains(value) else {
        throw EngineError(.invalid, "\(name) = \(value) is not between \(range.lowerBound) and \(range.upperBound)")
      }
    }
    guard step > 0, step.isFinite else { throw EngineError(.invalid, "step = \(step) is not positive and finite") }
    guard t0.isFinite else { throw EngineError(.nonfinite, "t0 = \(t0) is not finite") }
    try require("steps", steps, in: Self.stepCounts)
    try require("bumps", bumps, in: Self.bumpCounts)
    if let components { try require("components", components, in: Self.mixtureSizes) }
    try require("neighbour", neighbour, in: 1...Self.bumpCounts.upperBound)
    if let particles { try require("particles", particles, in: Self.particleCounts) }
    try require("hidden_count", hidden.count, in: 1...Self.mostLayers)
    for (k, width) in hidden.enumerated() { try require("hidden[\(k)]", width, in: Self.widths) }
    try require("rank", rank, in: Self.ranks)
    try require("iterations", iterations, in: Self.iterationCounts)
    try require("batch_size", batch, in: Self.batchSizes)
    guard rate > 0, rate.isFinite else {
      throw EngineError(.invalid, "learning_rate = \(rate) is not positive and finite")
    }
  }
}

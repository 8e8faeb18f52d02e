import Numerics
import Transport

/// The optimal plan between two populations, with the dual potentials that prove that it is optimal.
///
/// It minimises sum_ij c(x_i, y_j) gamma_ij over gamma with row sums a and column sums b. Memory is linear in the
/// number of particles: no matrix of costs is ever made.
public struct TransportPlan: Sendable {
  /// The cost of moving a unit of mass from x to y.
  public enum Cost: Sendable {
    /// ||x - y||^2
    case squaredEuclidean
    /// ||x - y||
    case euclidean

    var ground: GroundCost { self == .euclidean ? .euclidean : .squaredEuclidean }
  }

  /// A pair of particles between which mass moves.
  public struct Entry: Sendable, Equatable {
    /// The particle's row in x.
    public let source: Int
    /// The particle's row in y.
    public let target: Int
    public let mass: Double
  }

  let plan: Transport.TransportPlan

  /// Computes the exact plan from x to y.
  ///
  /// - Parameters:
  ///   - x: shape (n, d), finite
  ///   - y: shape (m, d), finite
  ///   - sourceMasses: n masses, not negative, with a positive sum; nil for 1/n each
  ///   - targetMasses: m masses likewise, with the same sum; nil for 1/m each
  ///   - cost: of moving a unit of mass
  ///   - progress: asked while the plan is sought
  /// - Throws: `.shape`, `.notFinite`, `.population`, `.invalidArgument` for arguments that break this; `.convergence`
  ///   where a relative gap of 1e-9 cannot be certified; `.cancelled`
  public init(
    from x: Points, to y: Points, sourceMasses: [Double]? = nil, targetMasses: [Double]? = nil,
    cost: Cost = .squaredEuclidean, progress: ProgressHandler? = nil
  ) throws(JKOError) {
    plan = try engine {
      try withInterruption("the transport plan", progress) {
        try exactPlan(
          from: x.matrix, masses: sourceMasses, to: y.matrix, masses: targetMasses, cost: cost.ground,
          interruption: $0)
      }
    }
  }

  /// The pairs that carry mass, ordered by source, then target: at most n + m - 1.
  public var entries: [Entry] { plan.entries.map { Entry(source: $0.row, target: $0.column, mass: $0.mass) } }

  /// u and v with u_i + v_j <= c(x_i, y_j), and equality where mass moves.
  public var dualPotentials: (source: [Double], target: [Double]) { (plan.dualX, plan.dualY) }

  /// sum_ij c(x_i, y_j) gamma_ij
  public var cost: Double { plan.cost }

  /// (cost - dual cost) / cost: no plan is cheaper by more than this part.
  public var gap: Double { plan.gap }

  /// The largest deviation of a row or column sum from its mass, relative to the total mass.
  public var marginalError: Double { plan.marginalError }
}

/// The Wasserstein distance W_p between two populations, in units of length.
///
/// W_p = (min_gamma sum_ij ||x_i - y_j||^p gamma_ij)^(1/p), with masses divided by their sums.
///
/// - Parameters:
///   - x: shape (n, d)
///   - y: shape (m, d)
///   - sourceMasses: n masses; nil for equal ones
///   - targetMasses: m masses; nil for equal ones
///   - order: p, 1 or 2
/// - Throws: what `TransportPlan` throws
public func wassersteinDistance(
  _ x: Points, _ y: Points, sourceMasses: [Double]? = nil, targetMasses: [Double]? = nil, order: Int = 1
) throws(JKOError) -> Double {
  try engine {
    try Transport.wassersteinDistance(
      from: x.matrix, masses: sourceMasses, to: y.matrix, masses: targetMasses, order: order)
  }
}

/// Runs work that asks a progress handler whether to go on while a single unit of it lasts.
private func withInterruption<Result>(
  _ name: String, _ progress: ProgressHandler?, _ body: (Interruption?) throws -> Result
) throws -> Result {
  guard let progress else { return try body(nil) }
  let start = monotonicSeconds()
  return try body(Interruption(name) { progress(Progress(.init(.plans, done: 0, of: 1, since: start))) })
}

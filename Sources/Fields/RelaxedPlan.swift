import CSystem
import Energies
import Numerics
import Transport

/// Who goes where when some particles leave more descendants than others.
///
/// Marginals come from an unbalanced plan, which says how much of each particle's mass survives, and pairs from the
/// exact plan between these marginals. The entropic pairs of the unbalanced plan are not used, because each spreads
/// over all particles nearby, and paths between averages shrink a population.
package struct RelaxedPlan: Sendable {
  /// Pairs with mass; their masses sum to 1.
  package let entries: [TransportPlan.Entry]
  /// What is left of the mass of each particle, relative to the mean: sum_j pi_ij / a_i. 1 for particles without mass.
  package let survivalX: [Double]
  package let survivalY: [Double]

  /// The logarithm of what the mass of a pair grows by on its way: it is pi / sigma at x and pi / tau at y.
  func growth(of entry: TransportPlan.Entry) -> Double { log(survivalX[entry.row]) - log(survivalY[entry.column]) }

  /// The weight of the entropy, in units of the mean cost of the exact plan. Smaller ones change nothing but the time.
  static let entropy = 0.05

  /// The relative error of marginals, and the share of both particles' mass below which a pair is left out.
  private static let (tolerance, negligible) = (1e-7, 1e-3)

  /// Beyond so many updates the marginals that were reached are taken.
  private static let iterations = 2000

  /// - Parameter relaxation: what it costs to create or destroy mass, in units of the mean cost of the exact plan;
  ///   infinite where masses are kept.
  /// - Parameter growth: by which factor each particle of x is expected to grow, up to a common one; nil for none.
  package init(from x: Population, to y: Population, relaxation: Double, expecting growth: [Double]? = nil) throws {
    let given = x
    let x = growth.flatMap { x.growing(by: $0) } ?? x
    let meanCost =
      relaxation.isFinite
      ? try PlanArguments(x.points, x.weights, y.points, y.weights).meanExactCost(.squaredEuclidean, .current) : 0
    guard meanCost > 0, let marginals = try Self.marginals(x, y, meanCost: meanCost, relaxation) else {
      let exact = try exactPlan(
        from: x.points, masses: x.weights, to: y.points, masses: y.weights, cost: .squaredEuclidean,
        interruption: .current)
      self.init(exact.entries, given, x, y)
      return
    }
    let plan = try exactPlan(
      from: x.points, masses: marginals.x, to: y.points, masses: marginals.y, cost: .squaredEuclidean,
      interruption: .current)
    self.init(plan.entries, given, y, marginals)
  }

  /// The exact plan with masses as they are, but for the growth that is expected.
  private init(_ entries: [TransportPlan.Entry], _ given: Population, _ x: Population, _ y: Population) {
    self.entries = entries
    survivalX = zip(x.weights, given.weights).map { $1 > 0 ? $0 / $1 : 1 }
    survivalY = [Double](repeating: 1, count: y.weights.count)
  }

  /// The exact plan between the marginals of an unbalanced one. They are known to `tolerance`. The plan moves what is
  /// missing in one place and left over in another across any distance; such pairs are left out.
  private init(
    _ entries: [TransportPlan.Entry], _ x: Population, _ y: Population, _ marginals: (x: [Double], y: [Double])
  ) {
    let kept = entries.filter { $0.mass >= Self.negligible * min(marginals.x[$0.row], marginals.y[$0.column]) }
    let sum = kept.reduce(0) { $0 + $1.mass }
    self.entries = kept.map { TransportPlan.Entry(row: $0.row, column: $0.column, mass: $0.mass / sum) }
    survivalX = zip(marginals.x, x.weights).map { $1 > 0 ? $0 / $1 : 1 }
    survivalY = zip(marginals.y, y.weights).map { $1 > 0 ? $0 / $1 : 1 }
  }

  /// The marginals of the unbalanced plan, each of sum 1. Nil where populations are so far apart in some places that
  /// an entropy of this size is lost in rounding.
  private static func marginals(
    _ x: Population, _ y: Population, meanCost: Double, _ relaxation: Double
  ) throws -> (x: [Double], y: [Double])? {
    let options = EntropicOptions(
      epsilon: entropy * meanCost, tolerance: tolerance, maxIterations: iterations,
      relaxationX: relaxation * meanCost, relaxationY: relaxation * meanCost)
    do {
      let plan = try entropicPlan(
        from: x.points, masses: x.weights, to: y.points, masses: y.weights, cost: .squaredEuclidean, options: options,
        interruption: .current)
      guard let marginalX = normalized(plan.rowMasses), let marginalY = normalized(plan.columnMasses) else {
        return nil
      }
      return (marginalX, marginalY)
    } catch let error as EngineError where error.kind == .invalid {
      return nil
    }
  }

  private static func normalized(_ masses: [Double]) -> [Double]? {
    let sum = masses.reduce(0, +)
    guard sum > 0, sum.isFinite else { return nil }
    return masses.map { $0 / sum }
  }
}

extension Population {
  /// The particles with masses that have grown, divided by their sum; nil where that is 0 or beyond all numbers.
  package func growing(by factors: [Double]) -> Population? {
    let masses = zip(weights, factors).map { $0 * $1 }
    let sum = masses.reduce(0, +)
    guard sum > 0, sum.isFinite else { return nil }
    return Population(points: points, weights: masses.map { $0 / sum })
  }
}

import Energies
import Numerics
import Snapshots
import Transport

extension Transition {
  /// The transitions of a series under its plans.
  package static func all(
    _ planned: PlannedSeries, scheme: Scheme, standardization: Standardization
  ) throws -> [Transition] {
    let standardized = planned.populations.map { standardization.points($0.points) }
    return try planned.steps.map { planStep in
      let step = TransitionStep(planned, planStep, scheme: scheme, standardization: standardization)
      let (x, y, share) = (standardized[planStep.earlier], standardized[planStep.later], planStep.share)
      switch (scheme, step.plan) {
      case (.midpoint, let plan): return Transition(middlesOf: try plan.pairs(), step, x, y, share)
      case (_, .exact(let plan)): return Transition(plan, step, x, y, share)
      case (_, .entropic(let plan)):
        return Transition(plan, step, sites: scheme == .implicit ? y : x, share, standardization)
      }
    }
  }

  private init(_ plan: TransportPlan, _ step: TransitionStep, _ x: Matrix, _ y: Matrix, _ share: Double) {
    let entries = plan.entries
    let isLater = step.scheme == .implicit
    let sites = Population(points: isLater ? y : x, weights: (isLater ? step.later : step.earlier).weights)
    let (site, partner) =
      isLater ? (entries.map(\.column), entries.map(\.row)) : (entries.map(\.row), entries.map(\.column))
    let d = x.columns
    var masses = [Double](repeating: 0, count: sites.points.rows)
    var shifts = [Double](repeating: 0, count: masses.count * d)
    for (pair, entry) in entries.enumerated() {
      masses[site[pair]] += entry.mass
      for column in 0..<d {
        shifts[site[pair] * d + column] += entry.mass * (y[entry.column, column] - x[entry.row, column])
      }
    }
    for index in shifts.indices where masses[index / d] > 0 { shifts[index] /= masses[index / d] }
    var scatter = 0.0
    for (pair, entry) in entries.enumerated() {
      for column in 0..<d {
        let offset = y[entry.column, column] - x[entry.row, column] - shifts[site[pair] * d + column]
        scatter += entry.mass * offset * offset
      }
    }
    self.init(
      sites: sites, masses: masses, shifts: shifts, scatter: scatter, time: step.time, rho: step.rho, share: share,
      pairs: Pairs(partners: isLater ? x : y, site: site, partner: partner, mass: entries.map(\.mass)))
  }

  /// The scatter of an entropic plan about its barycentres is not computed: it would take all pairs.
  private init(
    _ plan: EntropicPlan, _ step: TransitionStep, sites points: Matrix, _ share: Double,
    _ standardization: Standardization
  ) {
    let (partners, massesOfPlan) = step.barycentres(plan)
    let images = standardization.points(partners).elements
    let masses = massesOfPlan.map { $0 / plan.mass }
    let (d, sign) = (points.columns, step.scheme == .implicit ? 1.0 : -1)
    let shifts = images.indices.map { masses[$0 / d] > 0 ? sign * (points.elements[$0] - images[$0]) : 0 }
    self.init(
      sites: Population(points: points, weights: (step.scheme == .implicit ? step.later : step.earlier).weights),
      masses: masses, shifts: shifts, scatter: 0, time: step.time, rho: step.rho, share: share)
  }

  /// A site for each pair, in its middle: the particles of the displacement interpolation half-way between the
  /// populations (McCann, Advances in Mathematics 128, 1997), where their velocity is (y - x) / tau.
  private init(
    middlesOf entries: [TransportPlan.Entry], _ step: TransitionStep, _ x: Matrix, _ y: Matrix, _ share: Double
  ) {
    let d = x.columns
    let total = entries.reduce(0) { $0 + $1.mass }
    let masses = entries.map { $0.mass / total }
    var middles = Matrix(rows: entries.count, columns: d)
    var shifts = [Double](repeating: 0, count: entries.count * d)
    for (pair, entry) in entries.enumerated() {
      for column in 0..<d {
        let (from, to) = (x[entry.row, column], y[entry.column, column])
        middles[pair, column] = step.site(from, to)
        shifts[pair * d + column] = to - from
      }
    }
    self.init(
      sites: Population(points: middles, weights: masses), masses: masses, shifts: shifts, scatter: 0,
      time: step.time, rho: step.rho, share: share,
      ends: Ends(earlier: entries.map(\.row), later: entries.map(\.column)))
  }
}

extension SnapshotPlan {
  /// So many pairs of each particle stand for an entropic plan's, where pairs are sites.
  private static let pairsPerParticle = 4

  /// The pairs of a plan, or some that stand for all.
  func pairs() throws -> [TransportPlan.Entry] {
    switch self {
    case .exact(let plan): return plan.entries
    case .entropic(let plan): return try plan.sample(perRow: Self.pairsPerParticle)
    }
  }
}

extension Standardization {
  /// Points of a matrix, standardised.
  func points(_ matrix: Matrix) -> Matrix {
    Matrix(
      rows: matrix.rows, columns: matrix.columns,
      elements: matrix.elements.withUnsafeBufferPointer { points($0) })
  }
}

import Energies
import Numerics
import Snapshots
import Transport

/// The data of the objective, in standardised coordinates: one row per coupling (x, y) of mass gamma_k(x, y). The
/// objective is
///
///     sum_i weight_i || rho_i D(point_i, time_i) + shift_i ||^2
///
/// with the drift D of the energy, rho = tau_k / tau-bar, shift = y - x, and (point, time) = (y, t_{k+1}) in the
/// implicit scheme, (x, t_k) in the explicit one, ((x + y) / 2, (t_k + t_{k+1}) / 2) in the midpoint scheme. Weights
/// are the masses divided by the number K of transitions, so that each transition counts 1/K and all weights sum to
/// 1.
package struct Couplings: Sendable {
  package let dimension: Int
  /// Row-major (count, d).
  package private(set) var points: [Double] = []
  /// Row-major (count, d).
  package private(set) var shifts: [Double] = []
  package private(set) var times: [Double] = []
  package private(set) var rhos: [Double] = []
  package private(set) var weights: [Double] = []
  package let standardization: Standardization

  package var count: Int { weights.count }

  /// The largest speed at which implicit steps may move a particle, in the user's length per time: twice that of the
  /// fastest coupling. It is at least a tenth of a standardised length per unit of standardised time, so that
  /// predictions of a population at rest may move a little. Times tau it is the reach of a step.
  package var reach: Double {
    var fastest = 0.05
    for index in 0..<count { fastest = max(fastest, squaredShift(index).squareRoot() / rhos[index]) }
    return 2 * fastest * standardization.length / standardization.duration
  }

  /// The objective of an energy that moves nothing.
  var squaredShift: Double {
    (0..<count).reduce(0) { $0 + weights[$1] * squaredShift($1) }
  }

  private func squaredShift(_ index: Int) -> Double {
    shifts[index * dimension..<(index + 1) * dimension].reduce(0) { $0 + $1 * $1 }
  }

  package init(_ planned: PlannedSeries, scheme: Scheme, standardization: Standardization) throws {
    dimension = standardization.center.count
    self.standardization = standardization
    let total = planned.totalShare
    for planStep in planned.steps {
      let step = TransitionStep(planned, planStep, scheme: scheme, standardization: standardization)
      let factor = planStep.share / total
      switch (scheme, step.plan) {
      case (.midpoint, let plan):
        let pairs = try plan.pairs()
        append(pairs, step, times: factor / pairs.reduce(0) { $0 + $1.mass })
      case (_, .exact(let plan)): append(plan.entries, step, times: factor)
      case (_, .entropic(let plan)): append(plan, step, times: factor)
      }
    }
  }

  /// No couplings yet.
  package init(dimension: Int, standardization: Standardization) {
    self.dimension = dimension
    self.standardization = standardization
  }

  /// Adds all pairs of a site as one coupling with their mean shift. The objective becomes smaller by a constant only,
  /// because all of these pairs have the same drift.
  ///
  /// - Parameter factor: multiplies the mass of the site
  package mutating func append(_ transition: Transition, site: Int, times factor: Double) {
    append(
      point: transition.sites.points.row(site),
      shift: transition.shifts[site * dimension..<(site + 1) * dimension], time: transition.time, rho: transition.rho,
      weight: factor * transition.masses[site])
  }

  /// Adds a coupling in standardised coordinates.
  mutating func append(
    point: ArraySlice<Double>, shift: ArraySlice<Double>, time: Double, rho: Double, weight: Double
  ) {
    points += point
    shifts += shift
    times.append(time)
    rhos.append(rho)
    weights.append(weight)
  }

  private mutating func append(_ entries: [TransportPlan.Entry], _ step: TransitionStep, times factor: Double) {
    for entry in entries {
      append(
        step.earlier.points.row(entry.row), step.later.points.row(entry.column), weight: factor * entry.mass, step)
    }
  }

  /// Adds one coupling per site for all n m pairs of an entropic plan. In the implicit scheme the objective sum_ij P_ij
  /// ||rho D(y_j) + y_j - x_i||^2 depends on the partners x_i of y_j only through their mass and their barycentre, up
  /// to a constant. In the explicit scheme the same holds for the partners of x_i.
  private mutating func append(_ plan: EntropicPlan, _ step: TransitionStep, times factor: Double) {
    let (partners, masses) = step.barycentres(plan)
    let perMass = factor / plan.mass
    for (index, mass) in masses.enumerated() where mass > 0 {
      let partner = partners.row(index)
      let (x, y) =
        step.scheme == .implicit
        ? (partner, step.later.points.row(index)) : (step.earlier.points.row(index), partner)
      append(x, y, weight: perMass * mass, step)
    }
  }

  private mutating func append(
    _ x: ArraySlice<Double>, _ y: ArraySlice<Double>, weight: Double, _ step: TransitionStep
  ) {
    let (length, center) = (standardization.length, standardization.center)
    for ((x, y), center) in zip(zip(x, y), center) {
      points.append((step.site(x, y) - center) / length)
      shifts.append((y - x) / length)
    }
    times.append(step.time)
    rhos.append(step.rho)
    weights.append(weight)
  }
}

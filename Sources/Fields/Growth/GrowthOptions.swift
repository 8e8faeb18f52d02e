import Numerics
import Snapshots

/// How growth rates are learned.
package struct GrowthOptions: Sendable {
  package var field: FieldOptions
  package var ridge = 1e-3
  package var rounds = 2
  /// The mass of all particles at each time, in any unit; nil where it is not known, and rates are then relative to the
  /// mean.
  package var totalMasses: [Double]?
  /// The rate that is expected of each particle of each snapshot, in 1/time; nil for none.
  package var priors: [[Double]]?
  /// Fits to populations drawn anew, for standard errors.
  package var members = 0

  package init() {
    field = FieldOptions()
    // Rates are differences of small numbers, and need more particles than velocities.
    field.particles = 1000
  }

  package static let memberCounts = 0...10_000

  package func validate(for series: SnapshotSeries) throws {
    try field.validate()
    try FieldOptions.validate(ridge: ridge, rounds: rounds)
    guard Self.memberCounts.contains(members), members != 1 else {
      throw EngineError(
        .invalid, "bootstrap = \(members) is neither 0 nor between 2 and \(Self.memberCounts.upperBound)")
    }
    let snapshots = series.snapshots
    guard snapshots.count > 1 else {
      throw EngineError(
        .shape, "snapshots has \(counted(snapshots.count, "snapshot")); growth is between two or more")
    }
    try series.requireFiniteSpan()
    let gaps = zip(snapshots, snapshots.dropFirst()).map { $1.time - $0.time }
    guard gaps.allSatisfy({ (1 / $0).isFinite }) else {
      throw EngineError(
        .nonfinite, "snapshots have a gap of \(gaps.min() ?? 0) in time, which is too small to compute rates with")
    }
    if let totalMasses {
      guard totalMasses.count == snapshots.count else {
        throw EngineError(
          .shape, "total_mass has \(counted(totalMasses.count, "element")) for \(counted(snapshots.count, "snapshot"))")
      }
      for (k, mass) in totalMasses.enumerated() {
        guard mass > 0, mass.isFinite else {
          throw EngineError(.population, "total_mass[\(k)] = \(mass) is not a positive number")
        }
      }
    }
    if let priors {
      precondition(priors.map(\.count) == snapshots.map { $0.points.rows })
      for (k, rates) in priors.enumerated() {
        guard let bad = rates.firstIndex(where: { !$0.isFinite }) else { continue }
        throw EngineError(.nonfinite, "the prior of particle \(bad) of snapshot \(k) = \(rates[bad]) is not finite")
      }
    }
  }
}

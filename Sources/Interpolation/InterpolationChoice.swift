import Energies
import Evaluation
import Fields
import Numerics
import Snapshots

/// A way to interpolate.
package enum Interpolant: Sendable, Equatable {
  case straight
  case flow(FieldFit)
  /// A flow along the velocities of a fitted model.
  case model
}

/// How well each way does at observed times that were left out, by the energy distance. W1 would reward populations
/// that are too narrow, in many coordinates.
struct InterpolationScores: Sendable {
  let candidates: [Interpolant]
  /// The energy distance of each candidate, by the index of the snapshot left out.
  private var scores: [Int: [Double]] = [:]

  /// So many snapshots nearest to the middle of a gap are left out in turn.
  private static let nearest = 4

  init(_ candidates: [Interpolant]) { self.candidates = candidates }

  /// The inner snapshots to be left out for the gap after snapshot k.
  static func leftOut(of series: SnapshotSeries, near k: Int) -> [Int] {
    let (snapshots, time) = (series.snapshots, series.middle(ofGap: k))
    guard snapshots.count > 3 else { return [] }
    // The energy distance to a single particle is not defined.
    let inner = (1..<snapshots.count - 1).filter { k in snapshots[k].weights.count { $0 > 0 } > 1 }.sorted {
      (abs(snapshots[$0].time - time), $0) < (abs(snapshots[$1].time - time), $1)
    }
    return Array(inner.prefix(nearest))
  }

  /// Leaves snapshots out, each in turn, and keeps how far each candidate is from them.
  mutating func add(_ leftOut: [Int], of series: SnapshotSeries, _ options: InterpolationOptions) throws {
    let missing = leftOut.filter { scores[$0] == nil }
    let candidates = candidates
    let found = try Parallel.map(missing.count) { place in
      try Self.scores(of: candidates, leavingOut: missing[place], of: series, options)
    }
    for (k, score) in zip(missing, found) { scores[k] = score }
  }

  private static func scores(
    of candidates: [Interpolant], leavingOut k: Int, of series: SnapshotSeries, _ options: InterpolationOptions
  ) throws -> [Double] {
    let truth = series.snapshots[k]
    var gap = try Gap(series.leavingOut(k), after: k - 1, candidates, options)
    return try candidates.map { candidate in
      guard let population = try gap.population(by: candidate, at: truth.time) else { return .infinity }
      let distance = try energyDistance(population, Population(points: truth.points, weights: truth.weights))
      return distance.isFinite ? distance : .infinity
    }
  }

  /// The mean score of each candidate over some snapshots left out.
  func mean(over leftOut: [Int]) -> [Double] {
    candidates.indices.map { index in
      leftOut.reduce(0) { $0 + (scores[$1]?[index] ?? 0) } / Double(max(1, leftOut.count))
    }
  }
}

import Numerics
import Snapshots
import Transport

/// A plan between two snapshots, by either method.
package indirect enum SnapshotPlan: Sendable {
  case exact(TransportPlan)
  case entropic(EntropicPlan)

  /// The plans between pairs of snapshots, several at a time.
  ///
  /// - Parameters:
  ///   - pairs: where mass comes from, and where it goes
  ///   - options: nil for exact plans
  ///   - what: the work, as an error calls it
  package static func all(
    _ pairs: [(source: Snapshot, target: Snapshot)], cost: GroundCost, _ options: EntropicOptions?, _ what: String,
    _ progress: ProgressHandler
  ) throws -> [SnapshotPlan] {
    let start = monotonicSeconds()
    return try Parallel.map(
      pairs.map { $0.points.rows * $1.points.rows }, what,
      progress: { done in progress(Progress(.plans, done: done, of: pairs.count, since: start)) },
      body: { k, interruption in
        let (source, target) = pairs[k]
        if let options {
          return .entropic(
            try entropicPlan(
              from: source.points, masses: source.weights, to: target.points, masses: target.weights, cost: cost,
              options: options, interruption: interruption))
        }
        return .exact(
          try exactPlan(
            from: source.points, masses: source.weights, to: target.points, masses: target.weights, cost: cost,
            interruption: interruption))
      })
  }
}

extension SnapshotPlan {
  /// The plans between all consecutive snapshots.
  package static func all(
    _ series: SnapshotSeries, cost: GroundCost, _ options: EntropicOptions?, _ what: String,
    _ progress: ProgressHandler
  ) throws -> [SnapshotPlan] {
    try all(series.consecutive, cost: cost, options, what, progress)
  }
}

extension SnapshotSeries {
  /// Each snapshot but the last with the one after it.
  var consecutive: [(source: Snapshot, target: Snapshot)] {
    zip(snapshots, snapshots.dropFirst()).map { (source: $0, target: $1) }
  }
}

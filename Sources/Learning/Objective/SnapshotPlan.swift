import Numerics
import Snapshots
import Transport

/// A plan between two snapshots, by either method.
package indirect enum SnapshotPlan: Sendable {
  case exact(TransportPlan)
  case entropic(EntropicPlan)

  /// The plans between all consecutive snapshots, several at a time.
  ///
  /// - Parameters:
  ///   - options: nil for exact plans
  ///   - what: the work, as an error calls it
  package static func all(
    _ series: SnapshotSeries, cost: GroundCost, _ options: EntropicOptions?, _ what: String,
    _ progress: ProgressHandler
  ) throws -> [SnapshotPlan] {
    let start = monotonicSeconds()
    let pairs = Array(zip(series.snapshots, series.snapshots.dropFirst()))
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

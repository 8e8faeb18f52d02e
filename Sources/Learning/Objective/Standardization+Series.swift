import CSystem
import Energies
import Numerics
import Snapshots

extension Standardization {
  /// Root-mean-square spread of the standardised points, unless there are networks.
  package static var usualSpread: Double { 2 }

  /// The spread where V or U is a network.
  ///
  /// Freshly drawn networks bend over about one unit of their input, so that the spread sets how fine a structure they
  /// learn first. It should be as fine as the particles can resolve: n of them distinguish about n^(1/d) places along
  /// each coordinate. The spread puts ten of these into a unit, within 1 and 3. In two dimensions more than that made
  /// no functional better by much; on the five components of the cells more than 1 made predictions worse.
  /// docs/design.md has the figures.
  private static func spread(_ series: SnapshotSeries) -> Double {
    let particles = series.snapshots.reduce(0) { $0 + Double($1.points.rows) } / Double(series.snapshots.count)
    return max(1, min(3, pow(particles, 1 / Double(series.dimension)) / 10))
  }

  /// The unit of losses.
  var squaredLength: Double { length * length }

  /// In what units a model is fitted.
  package init(_ series: SnapshotSeries, for options: ModelOptions) throws {
    try self.init(series, spread: options.hasNetworks ? Self.spread(series) : Self.usualSpread)
  }

  /// Centre and spread of all snapshots, each counted once; the first time; the mean gap.
  package init(_ series: SnapshotSeries, spread: Double = usualSpread) throws {
    let snapshots = series.snapshots
    let d = series.dimension
    let perSnapshot = 1 / Double(snapshots.count)
    // Offsets from one particle are summed. Where all particles coincide, the centre is then theirs to the last bit,
    // and their spread is 0.
    let first = Array(snapshots[0].points.row(0))
    var center = first
    for snapshot in snapshots {
      for particle in 0..<snapshot.points.rows {
        let weight = perSnapshot * snapshot.weights[particle]
        for column in 0..<d { center[column] += weight * (snapshot.points[particle, column] - first[column]) }
      }
    }
    var variance = 0.0
    for snapshot in snapshots {
      for particle in 0..<snapshot.points.rows {
        let weight = perSnapshot * snapshot.weights[particle] / Double(d)
        for column in 0..<d {
          let offset = snapshot.points[particle, column] - center[column]
          variance += weight * offset * offset
        }
      }
    }
    let gap = (snapshots[snapshots.count - 1].time - snapshots[0].time) / Double(snapshots.count - 1)
    // A population in a single point has no length of its own.
    let length = variance > 0 ? variance.squareRoot() / spread : 1
    // The units of V, its gradient and its Hessian must be normal numbers, so that they have all their digits.
    guard center.allSatisfy(\.isFinite), [length * length / gap, length / gap, 1 / gap].allSatisfy(\.isNormal) else {
      throw EngineError(
        .nonfinite, "snapshots have variance \(variance) and mean gap \(gap), too large or too small to compute with")
    }
    self.init(center: center, length: length, origin: snapshots[0].time, duration: gap)
  }
}

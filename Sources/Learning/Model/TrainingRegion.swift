import Snapshots

/// Where the training particles were and how fast they moved, in the user's length and time. Predictions are judged by
/// it.
package struct TrainingRegion: Sendable, Equatable {
  /// The largest distance of a training particle from the centre of the standardisation; infinite where it is not
  /// known.
  package private(set) var radius: Double
  /// The longest displacement per unit of time that implicit steps consider: twice the speed of the fastest coupling.
  package private(set) var reach: Double

  package init(radius: Double, reach: Double) {
    self.radius = radius
    self.reach = reach
  }

  /// - Parameter couplings: those of `series`
  init(_ series: SnapshotSeries, _ couplings: Couplings) {
    let center = couplings.standardization.center
    var squaredRadius = 0.0
    for snapshot in series.snapshots {
      for particle in 0..<snapshot.points.rows {
        squaredRadius = max(squaredRadius, squaredDistance(snapshot.points.row(particle), center))
      }
    }
    // Particles that all coincide leave no radius; their predictions are then measured in standardised lengths.
    radius = squaredRadius > 0 ? squaredRadius.squareRoot() : couplings.standardization.length
    reach = couplings.reach
  }

  mutating func formUnion(_ other: TrainingRegion) {
    radius = max(radius, other.radius)
    reach = max(reach, other.reach)
  }
}

private func squaredDistance(_ x: ArraySlice<Double>, _ y: [Double]) -> Double {
  zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}

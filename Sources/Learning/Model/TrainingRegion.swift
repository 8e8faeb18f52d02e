import Snapshots

/// Where the training particles were and how fast they moved, in the user's length and time. Predictions that go
/// further are extrapolations, and implicit steps do not go faster.
package struct TrainingRegion: Sendable, Equatable {
  /// The largest distance of a training particle from the centre of the standardisation; infinite where it is not
  /// known.
  package private(set) var radius: Double
  /// The largest speed at which implicit steps may move a particle (`Couplings.reach`). Times tau it is the reach of a
  /// step.
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
    // Where all particles coincide, the radius would be 0; distances are then measured in standardised lengths.
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

import Numerics

/// Predictions that lie far from everything a model was fitted to, where the energy is no more than an extrapolation.
package struct Excursion: Sendable, Equatable {
  /// How many predicted particles lie further from the centre than `limit` times the radius of the training region.
  package private(set) var outside = 0
  /// The largest distance of a prediction from the centre, in radii of the training region; 0 where the radius is not
  /// known.
  package private(set) var farthest = 0.0

  package static let limit = 10.0

  package init() {}

  package mutating func merge(_ other: Excursion) {
    outside += other.outside
    farthest = max(farthest, other.farthest)
  }
}

extension FittedModel {
  /// How far several predicted populations have gone.
  package func excursion(of populations: some Sequence<Matrix>) -> Excursion {
    var excursion = Excursion()
    for population in populations { excursion.merge(self.excursion(of: population)) }
    return excursion
  }

  /// How far a predicted population has gone.
  package func excursion(of population: Matrix) -> Excursion {
    var excursion = Excursion()
    excursion.measure(population, from: standardization.center, radius: region.radius)
    return excursion
  }
}

extension Excursion {
  fileprivate mutating func measure(_ population: Matrix, from center: [Double], radius: Double) {
    guard radius.isFinite else { return }
    population.elements.withUnsafeBufferPointer { elements in
      for particle in 0..<population.rows {
        var squares = 0.0
        for column in center.indices {
          let offset = (elements[particle * center.count + column] - center[column]) / radius
          squares += offset * offset
        }
        let distance = squares.squareRoot()
        farthest = max(farthest, distance)
        if distance > Self.limit { outside += 1 }
      }
    }
  }
}

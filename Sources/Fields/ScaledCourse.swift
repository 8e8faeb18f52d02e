import CSystem
import Energies
import Numerics
import Snapshots

/// A time course in units of its own: places relative to the centre of all particles, in units of their root mean
/// square spread per coordinate; times in median gaps from a moment.
package struct ScaledCourse: Sendable {
  /// One population and its time.
  package struct Moment: Sendable {
    package let time: Double
    package let population: Population
    /// The logarithm of the mass of all particles; 0 where it is not known.
    var logMass = 0.0
    /// The growth rate that is expected of each particle until the next moment; nil for none.
    var priors: [Double]?

    /// By which factor each particle is expected to grow until a later time.
    func expected(until time: Double) -> [Double]? {
      guard let priors, let largest = priors.max() else { return nil }
      // Relative to the largest, so that no factor leaves the range of numbers.
      return priors.map { exp(($0 - largest) * (time - self.time)) }
    }
  }

  package private(set) var moments: [Moment]
  package let centre: [Double]
  package let length: Double
  package let origin: Double
  package let gap: Double

  package var dimension: Int { centre.count }

  /// - Parameter series: two snapshots or more.
  package init(_ series: SnapshotSeries, origin: Double) {
    let (d, snapshots) = (series.dimension, series.snapshots)
    let count = Double(snapshots.count)
    var centre = [Double](repeating: 0, count: d)
    for snapshot in snapshots {
      for (row, weight) in snapshot.weights.enumerated() where weight > 0 {
        for k in 0..<d { centre[k] += weight / count * snapshot.points[row, k] }
      }
    }
    // Relative to the largest offset, so that no square leaves the range of numbers.
    var largest = 0.0
    for snapshot in snapshots {
      for row in 0..<snapshot.points.rows where snapshot.weights[row] > 0 {
        for k in 0..<d { largest = max(largest, abs(snapshot.points[row, k] - centre[k])) }
      }
    }
    var variance = 0.0
    if largest > 0 {
      for snapshot in snapshots {
        for (row, weight) in snapshot.weights.enumerated() where weight > 0 {
          for k in 0..<d {
            let offset = (snapshot.points[row, k] - centre[k]) / largest
            variance += weight / count * offset * offset / Double(d)
          }
        }
      }
    }
    let length = variance > 0 ? largest * variance.squareRoot() : 1
    let gaps = zip(snapshots, snapshots.dropFirst()).map { $1.time - $0.time }.sorted()
    let gap = gaps.count % 2 == 1 ? gaps[gaps.count / 2] : (gaps[gaps.count / 2 - 1] + gaps[gaps.count / 2]) / 2
    self.init(series, centre, length, origin, gap)
  }

  private init(_ series: SnapshotSeries, _ centre: [Double], _ length: Double, _ origin: Double, _ gap: Double) {
    (self.centre, self.length, self.origin, self.gap) = (centre, length, origin, gap)
    moments = series.snapshots.map { snapshot in
      // Particles without weight may be anywhere.
      let weighed = snapshot.weights.indices.filter { snapshot.weights[$0] > 0 }
      var points = snapshot.points.selecting(rows: weighed)
      for index in points.elements.indices {
        points.elements[index] = (points.elements[index] - centre[index % centre.count]) / length
      }
      return Moment(
        time: (snapshot.time - origin) / gap,
        population: Population(points: points, weights: weighed.map { snapshot.weights[$0] }))
    }
  }

  /// Units alone.
  init(centre: [Double], length: Double, origin: Double, gap: Double) {
    (self.centre, self.length, self.origin, self.gap) = (centre, length, origin, gap)
    moments = []
  }

  /// The units alone.
  var withoutMoments: ScaledCourse {
    var course = self
    course.moments = []
    return course
  }

  package func scaled(_ points: Matrix) -> Matrix {
    var points = points
    for index in points.elements.indices {
      points.elements[index] = (points.elements[index] - centre[index % dimension]) / length
    }
    return points
  }

  package func scaled(_ time: Double) -> Double { (time - origin) / gap }

  /// In the user's time.
  package func unscaled(_ time: Double) -> Double { origin + time * gap }

  package func unscaled(_ points: Matrix) -> Matrix {
    var points = points
    for index in points.elements.indices {
      points.elements[index] = points.elements[index] * length + centre[index % dimension]
    }
    return points
  }

  /// Tells what is known of growth: the mass of all particles at each time, and the rates that are expected of each
  /// particle with weight, in the user's units.
  mutating func expect(totalMasses: [Double]?, priors: [[Double]]?) {
    for k in moments.indices {
      if let totalMasses { moments[k].logMass = log(totalMasses[k]) }
      if let priors { moments[k].priors = priors[k].map { $0 * gap } }
    }
  }

  /// At most `count` particles of each moment, drawn without replacement from those that have weight.
  package func thinned(to count: Int, seed: UInt64) -> ScaledCourse {
    selecting { k, moment in
      let weighed = moment.population.weights.indices.filter { moment.population.weights[$0] > 0 }
      guard weighed.count > count else { return nil }
      var random = PhiloxSequence(seed: seed, stream: RandomPurpose.thinning.stream(k))
      return random.permutation(weighed.count).prefix(count).map { weighed[$0] }.sorted()
    }
  }

  /// As many particles of each moment as it has, drawn with replacement: a sample of the bootstrap.
  func resampled(seed: UInt64, sample: Int) -> ScaledCourse {
    selecting { k, moment in
      var random = PhiloxSequence(
        seed: seed, stream: RandomPurpose.bootstrap.stream(sample * moments.count + k))
      let count = moment.population.weights.count
      return (0..<count).map { _ in random.integer(below: count) }.sorted()
    }
  }

  /// Some particles of each moment, with their weights divided by their sum; all where nil is returned, or where they
  /// have no weight.
  private func selecting(_ choose: (Int, Moment) -> [Int]?) -> ScaledCourse {
    var course = self
    for (k, moment) in moments.enumerated() {
      guard let places = choose(k, moment) else { continue }
      let weights = places.map { moment.population.weights[$0] }
      let sum = weights.reduce(0, +)
      guard sum > 0 else { continue }
      let population = Population(
        points: moment.population.points.selecting(rows: places), weights: weights.map { $0 / sum })
      course.moments[k] = Moment(
        time: moment.time, population: population, logMass: moment.logMass,
        priors: moment.priors.map { priors in places.map { priors[$0] } })
    }
    return course
  }
}

extension SnapshotSeries {
  /// The time half-way between snapshots k and k + 1.
  package func middle(ofGap k: Int) -> Double {
    snapshots[k].time + (snapshots[k + 1].time - snapshots[k].time) / 2
  }

  /// Throws `.population` where the first and the last time are so far apart that no gap could be measured.
  package func requireFiniteSpan() throws {
    guard let first = snapshots.first?.time, let last = snapshots.last?.time, !(last - first).isFinite else { return }
    throw EngineError(
      .population, "snapshots have times \(first) to \(last), whose span exceeds \(Double.greatestFiniteMagnitude)")
  }
}

import Energies
import Numerics
import Snapshots

/// A time course in units of its own: places relative to the centre of all particles, in units of their root mean
/// square spread per coordinate; times in median gaps from a moment.
struct ScaledCourse: Sendable {
  /// One population and its time.
  struct Moment: Sendable {
    let time: Double
    let population: Population
  }

  let moments: [Moment]
  let centre: [Double]
  let length: Double
  let origin: Double
  let gap: Double

  var dimension: Int { centre.count }

  /// - Parameter series: two snapshots or more.
  init(_ series: SnapshotSeries, origin: Double) {
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

  /// Another series in the units of a course.
  init(_ series: SnapshotSeries, like other: ScaledCourse) {
    self.init(series, other.centre, other.length, other.origin, other.gap)
  }

  private init(_ series: SnapshotSeries, _ centre: [Double], _ length: Double, _ origin: Double, _ gap: Double) {
    (self.centre, self.length, self.origin, self.gap) = (centre, length, origin, gap)
    moments = series.snapshots.map { snapshot in
      var points = snapshot.points
      for index in points.elements.indices {
        points.elements[index] = (points.elements[index] - centre[index % centre.count]) / length
      }
      return Moment(
        time: (snapshot.time - origin) / gap, population: Population(points: points, weights: snapshot.weights))
    }
  }

  func scaled(_ time: Double) -> Double { (time - origin) / gap }

  /// In the user's time.
  func unscaled(_ time: Double) -> Double { origin + time * gap }

  func unscaled(_ points: Matrix) -> Matrix {
    var points = points
    for index in points.elements.indices {
      points.elements[index] = points.elements[index] * length + centre[index % dimension]
    }
    return points
  }
}

import CSystem
import Energies
import Numerics
import Snapshots
import Transport

/// Time courses whose law is known.
package enum Courses {
  package static func normals(_ n: Int, _ d: Int, deviation: Double, mean: [Double], stream: UInt64) -> Matrix {
    var random = PhiloxSequence(seed: 7, stream: stream)
    var points = Matrix(rows: n, columns: d)
    for index in points.elements.indices {
      points.elements[index] = mean[index % d] + deviation * random.normal()
    }
    return points
  }

  package static func series(_ populations: [(time: Double, points: Matrix, weights: [Double]?)]) throws
    -> SnapshotSeries
  {
    var series = SnapshotSeries(dimension: populations[0].points.columns)
    for one in populations { try series.append(points: one.points, time: one.time, weights: one.weights) }
    return series
  }

  /// A cloud that turns about the origin by half a radian per unit of time. Every snapshot has particles of its own.
  package static func turning(_ times: [Double], particles n: Int = 200) throws -> SnapshotSeries {
    try series(
      times.enumerated().map { k, time in
        let (c, s) = (cos(time / 2), sin(time / 2))
        var points = normals(n, 2, deviation: 0.2, mean: [2, 0], stream: UInt64(k))
        for row in 0..<n {
          let (x, y) = (points[row, 0], points[row, 1])
          (points[row, 0], points[row, 1]) = (c * x - s * y, s * x + c * y)
        }
        return (time, points, nil)
      })
  }

  /// Two clouds at rest, ten apart, the second of which grows: its share is e^(r t) / (1 + e^(r t)).
  package static func growing(_ times: [Double], rate: Double, particles n: Int = 200) throws -> SnapshotSeries {
    try series(
      times.enumerated().map { k, time in
        let share = exp(rate * time) / (1 + exp(rate * time))
        let right = Int((share * Double(n)).rounded())
        let first = normals(n - right, 2, deviation: 0.3, mean: [-5, 0], stream: UInt64(2 * k))
        let second = normals(right, 2, deviation: 0.3, mean: [5, 0], stream: UInt64(2 * k + 1))
        return (time, Matrix(rows: n, columns: 2, elements: first.elements + second.elements), nil)
      })
  }

  /// The mass of the second of two clouds, at (5, 0).
  package static func shareOfSecond(_ population: Population) -> Double {
    population.weights.enumerated().reduce(0) { $0 + (population.points[$1.offset, 0] > 0 ? $1.element : 0) }
  }

  package static func exact(_ x: Population, _ y: Population) throws -> TransportPlan {
    try exactPlan(from: x.points, masses: x.weights, to: y.points, masses: y.weights, cost: .squaredEuclidean)
  }

  /// W1 between two snapshots.
  package static func distance(_ a: Snapshot, _ b: Snapshot) throws -> Double {
    try wassersteinDistance(from: a.points, masses: a.weights, to: b.points, masses: b.weights, order: 1)
  }
}

extension Snapshot {
  package var population: Population { Population(points: points, weights: weights) }
}

import Numerics
import Snapshots
import Testing

@Suite("Series from pooled observations")
struct PooledTests {
  @Test("Rows are grouped by time, times sorted, rows in order, weights normalised")
  func groups() throws {
    let series = try Fixture.series()
    #expect(series.dimension == 2)
    #expect(series.snapshots.map(\.time) == [0, 0.5, 1])
    #expect(
      series.snapshots.map(\.points) == [[1, 4], [0, 2, 6], [3, 5]].map { Fixture.points.selecting(rows: $0) })
    let shares: [[Double]] = [[2.0 / 7, 5.0 / 7], [1.0 / 11, 3.0 / 11, 7.0 / 11], [0.4, 0.6]]
    #expect(series.snapshots.map(\.weights) == shares)
  }

  @Test("Equal weights are exactly 1/n, however they are given", arguments: [nil, 0.1, 3, 0x1p-1074, 1.7e308])
  func equalWeights(weight: Double?) throws {
    for count in [1, 2, 3, 7, 10, 49, 1000] {
      let points = Matrix(rows: count, columns: 1)
      let weights = weight.map { [Double](repeating: $0, count: count) }
      let series = try SnapshotSeries(
        points: points, times: [Double](repeating: 3, count: count), weights: weights)
      #expect(series.snapshots[0].weights == [Double](repeating: 1 / Double(count), count: count))
    }
  }

  @Test("0 and -0 are the same time, and become 0")
  func signedZero() throws {
    for times in [[0.0, -0.0, 1], [-0.0, 0.0, 1]] {
      let series = try SnapshotSeries(points: Matrix(rows: 3, columns: 1), times: times, weights: nil)
      #expect(series.snapshots.map(\.time.bitPattern) == [0.0, 1].map(\.bitPattern))
      #expect(series.snapshots[0].points.rows == 2)
    }
    var series = SnapshotSeries(dimension: 1)
    try series.append(points: Matrix(rows: 1, columns: 1), time: -0.0, weights: [-0.0 + 1])
    #expect(series.snapshots[0].time.sign == .plus)
    expectError(.population, "time = 0.0 is not greater than the time of the last snapshot, 0.0") {
      try series.append(points: Matrix(rows: 1, columns: 1), time: 0, weights: nil)
    }
  }

  @Test("Weights sum to 1 and keep their ratios, also near the ends of the range of doubles")
  func extremeWeights() throws {
    for scale in [1e-300, 1, 1e300, 1.7e308 / 6] {
      let weights = (1...6).map { Double($0) * scale }
      let series = try SnapshotSeries(
        points: Matrix(rows: 6, columns: 1), times: [Double](repeating: 0, count: 6), weights: weights)
      let mass = series.snapshots[0].weights
      // Six quotients, each within half an ulp of a value below 1/2.
      #expect(abs(mass.reduce(0, +) - 1) <= 4 * Double.ulpOfOne)
      for (index, weight) in mass.enumerated() {
        #expect(abs(weight - Double(index + 1) / 21) <= 2 * weight.ulp)
      }
    }
    let mixed = try SnapshotSeries(
      points: Matrix(rows: 3, columns: 1), times: [0, 0, 0], weights: [0x1p-1074, 1e308, 1e308])
    #expect(mixed.snapshots[0].weights == [0, 0.5, 0.5])
  }

  @Test("Appending builds the same series as pooling")
  func append() throws {
    let whole = try Fixture.series()
    var series = SnapshotSeries(dimension: 2)
    for (time, rows) in [(0.0, [1, 4]), (0.5, [0, 2, 6]), (1.0, [3, 5])] {
      try series.append(
        points: Fixture.points.selecting(rows: rows), time: time, weights: rows.map { Fixture.weights[$0] })
    }
    #expect(sameBits(series, whole))
  }

  @Test("A failed append leaves the series as it was")
  func failedAppend() throws {
    var series = try Fixture.series()
    let before = series
    let one = Matrix(rows: 1, columns: 2)
    expectError(.population, "time = 1.0 is not greater than the time of the last snapshot, 1.0") {
      try series.append(points: one, time: 1, weights: nil)
    }
    expectError(.nonfinite, "time = nan") { try series.append(points: one, time: .nan, weights: nil) }
    expectError(.nonfinite, "time = inf") { try series.append(points: one, time: .infinity, weights: nil) }
    expectError(.shape, "3 columns; the series has dimension 2") {
      try series.append(points: Matrix(rows: 1, columns: 3), time: 2, weights: nil)
    }
    expectError(.shape, "no rows") { try series.append(points: Matrix(rows: 0, columns: 2), time: 2, weights: nil) }
    expectError(.shape, "weights has 2 elements for 1 particle") {
      try series.append(points: one, time: 2, weights: [1, 1])
    }
    expectError(.population, "weights at time 2.0 are all 0") {
      try series.append(points: one, time: 2, weights: [0])
    }
    expectError(.nonfinite, "points[0, 1] = -inf is not finite") {
      try series.append(points: Matrix(rows: 1, columns: 2, elements: [0, -.infinity]), time: 2, weights: nil)
    }
    #expect(sameBits(series, before))
  }

  @Test("What is no population is refused, with its place and value")
  func refused() {
    func pooled(_ points: Matrix, _ times: [Double], _ weights: [Double]? = nil) throws {
      _ = try SnapshotSeries(points: points, times: times, weights: weights)
    }
    var points = Matrix(rows: 13, columns: 4)
    let times = [Double](repeating: 0, count: 13)
    points[12, 3] = .nan
    expectError(.nonfinite, "points[12, 3] = nan is not finite") { try pooled(points, times) }
    points[12, 3] = 0
    expectError(.shape, "times has 12 elements for 13 particles") { try pooled(points, Array(times.dropLast())) }
    expectError(.nonfinite, "times[2] = -inf is not finite") {
      try pooled(points, times.prefix(2) + [-.infinity] + times.prefix(10))
    }
    expectError(.shape, "no rows") { try pooled(Matrix(rows: 0, columns: 4), []) }
    expectError(.shape, "0 columns") { try pooled(Matrix(rows: 13, columns: 0), times) }
    expectError(.shape, "1000001 columns") { try pooled(Matrix(rows: 1, columns: 1_000_001), [0]) }
    var weights = [Double](repeating: 1, count: 13)
    weights[7] = -1
    expectError(.population, "weights[7] = -1.0 is negative") { try pooled(points, times, weights) }
    weights[7] = .infinity
    expectError(.nonfinite, "weights[7] = inf is not finite") { try pooled(points, times, weights) }
    expectError(.population, "weights at time 0.0 are all 0") {
      try pooled(points, times, [Double](repeating: 0, count: 13))
    }
    expectError(.shape, "weights has 1 element for 13 particles") { try pooled(points, times, [1]) }
  }
}

import Numerics
import Snapshots
import Testing

@Suite("Times that are nearly the same")
struct ToleranceTests {
  private static func series(_ times: [Double], tolerance: Double? = nil) throws -> SnapshotSeries {
    let points = Matrix(rows: times.count, columns: 1, elements: times.indices.map { Double($0) })
    return try SnapshotSeries(points: points, times: times, weights: nil, tolerance: tolerance)
  }

  @Test("Times that differ by rounding are one snapshot, without being asked")
  func rounding() throws {
    let sum = 0.1 + 0.2
    #expect(sum != 0.3)
    let series = try Self.series([sum, 0, 0.3, 1, 0.3])
    #expect(series.snapshots.map(\.time) == [0, 0.3, 1])
    // Rows keep their order within the snapshot, whatever their times.
    #expect(series.snapshots[1].rows == [0, 2, 4])
    #expect(try Self.series([0.3, sum]).snapshots.count == 1)
  }

  @Test("Times that are further apart stay apart", arguments: [1e-6, 1e-8])
  func distinct(gap: Double) throws {
    #expect(try Self.series([0, gap, 1]).snapshots.map(\.time) == [0, gap, 1])
    #expect(try Self.series([0, gap]).snapshots.count == 2)
  }

  @Test("The ends of the range of numbers are not one time")
  func extremes() throws {
    #expect(try Self.series([-1.7e308, 1.7e308]).snapshots.count == 2)
    #expect(try Self.series([0, 0x1p-1074 * 8]).snapshots.count == 2)
  }

  @Test("A tolerance merges by the earliest time of a snapshot, which does not creep, and keeps the median")
  func tolerance() throws {
    let series = try Self.series([0, 0.06, 0.1, 0.16, 0.2, 1], tolerance: 0.1)
    #expect(series.snapshots.map(\.time) == [0.06, 0.16, 1])
    #expect(series.snapshots.map(\.rows) == [[0, 1, 2], [3, 4], [5]])
    #expect(try Self.series([0, 1, 2], tolerance: 2).snapshots.count == 1)
  }

  @Test("A tolerance of 0 takes times as they are")
  func exact() throws {
    #expect(try Self.series([0.3, 0.1 + 0.2], tolerance: 0).snapshots.count == 2)
  }

  @Test("A tolerance is a number of at least 0", arguments: [-1, Double.nan, .infinity])
  func invalid(tolerance: Double) throws {
    expectError(.invalid, "time_tolerance = \(tolerance) is not a finite number of at least 0") {
      _ = try Self.series([0, 1], tolerance: tolerance)
    }
  }
}

@Suite("What is unusual about a series")
struct SummaryTests {
  private static func summary(_ points: Matrix, _ times: [Double]) throws -> SeriesSummary {
    SeriesSummary(try SnapshotSeries(points: points, times: times, weights: nil))
  }

  @Test("The ratio of standard deviations, of coordinates that vary", arguments: [1, 1e200, 1e-200])
  func scales(unit: Double) throws {
    // Deviations 1, 0, 2000 and 0.5 times the unit; the constant is not looked at.
    let rows: [[Double]] = [[-1, 7, 2000, 0.5], [1, 7, -2000, -0.5]]
    let points = Matrix(rows: 2, columns: 4, elements: rows.flatMap { $0.map { $0 * unit } })
    let summary = try Self.summary(points, [0, 1])
    #expect(abs(summary.scaleRatio - 4000) < 1e-9 && summary.widest == 2 && summary.narrowest == 3)
  }

  @Test("Coordinates that vary by rounding are constant")
  func constants() throws {
    let points = Matrix(rows: 2, columns: 2, elements: [1e6, 0, 1e6 + 1e-9, 1])
    #expect(try Self.summary(points, [0, 1]).scaleRatio == 1)
    #expect(try Self.summary(Matrix(rows: 2, columns: 1), [0, 1]).scaleRatio == 1)
  }

  @Test("Gaps and snapshots of a single particle")
  func gaps() throws {
    let summary = try Self.summary(Matrix(rows: 6, columns: 1), [0, 0, 1, 1.25, 3, 3])
    #expect(summary.singleParticles == 2)
    #expect(summary.shortestGap == 0.25 && summary.shortestGapIndex == 1 && summary.medianGap == 1)
    let single = try Self.summary(Matrix(rows: 1, columns: 1), [0])
    #expect(single.shortestGap.isNaN && single.medianGap.isNaN && single.singleParticles == 1)
  }

  @Test("Two parts of a snapshot have no particle in common, and none without weight")
  func parts() throws {
    let points = Matrix(rows: 10, columns: 1, elements: (0..<10).map { Double($0) })
    let weights = [0] + [Double](repeating: 1, count: 9)
    let series = try SnapshotSeries(points: points, times: [Double](repeating: 0, count: 10), weights: weights)
    for (count, size) in [(3, 3), (100, 4)] {
      let (one, other) = try #require(series.disjointParts(of: 0, upTo: count, seed: 1))
      #expect(one.rows.count == size && other.rows.count == size)
      #expect(Set(one.rows + other.rows).count == 2 * size && !(one.rows + other.rows).contains(0))
    }
    let single = try SnapshotSeries(points: Matrix(rows: 1, columns: 1), times: [0], weights: nil)
    #expect(single.disjointParts(of: 0, upTo: 5, seed: 1) == nil)
  }
}

import CSystem
import Energies
import Fields
import Interpolation
import Numerics
import Snapshots
import TestSupport
import Testing
import Transport

@Suite struct InterpolationTests {
  private static func options(_ method: InterpolationOptions.Method = .usual, ridge: Double? = nil, rounds: Int? = nil)
    -> InterpolationOptions
  {
    var options = InterpolationOptions()
    (options.method, options.ridge, options.rounds) = (method, ridge, rounds)
    return options
  }

  private static func interpolate(
    _ series: SnapshotSeries, _ times: [Double], _ options: InterpolationOptions = InterpolationOptions()
  ) throws -> InterpolatedSeries { try InterpolatedSeries(series, at: times, options) { _ in true } }

  private static let times = [0.0, 1, 2, 3, 4, 5]

  @Test func straightLinesFollowTheExactPlan() throws {
    let series = try Courses.turning([0, 1, 2])
    let (x, y) = (series.snapshots[1], series.snapshots[2])
    let plan = try Courses.exact(x.population, y.population)
    let found = try Self.interpolate(series, [1.25], Self.options(.straight)).series.snapshots[0]
    #expect(found.points.rows == plan.entries.count)
    for (place, entry) in plan.entries.enumerated() {
      for k in 0..<2 {
        let expected = 0.75 * x.points[entry.row, k] + 0.25 * y.points[entry.column, k]
        #expect(abs(found.points[place, k] - expected) < 1e-12)
      }
      #expect(abs(found.weights[place] - entry.mass) < 1e-15)
    }
  }

  @Test func observedTimesGiveWhatWasObserved() throws {
    let series = try Courses.turning(Self.times)
    let found = try Self.interpolate(series, [0, 2, 2.5, 5])
    for (place, k) in [(0, 0), (1, 2), (3, 5)] {
      #expect(found.series.snapshots[place].points == series.snapshots[k].points)
      #expect(found.choices[place].interpolant == nil && found.choices[place].ridge.isNaN)
    }
    #expect(found.series.snapshots[2].time == 2.5)
  }

  /// Chords cut the circle: half-way along a gap of two units they are at cos(1/2) of the radius.
  @Test func flowsFollowATurn() throws {
    let series = try Courses.turning([0, 2, 4, 6, 8])
    let truth = try Courses.turning([0, 1, 2, 3, 4, 5]).snapshots[5]
    let chords = try Self.interpolate(series, [5], Self.options(.straight)).series.snapshots[0]
    let straight = try Courses.distance(chords, truth)
    let found = try Self.interpolate(series, [5])
    let usual = try Courses.distance(found.series.snapshots[0], truth)
    #expect(straight > 0.15)
    #expect(usual < 0.5 * straight)
    #expect(found.choices[0].missed < found.choices[0].straightMissed)
    // The gap is twice as long where a time is left out.
    #expect(found.choices[0].missed > usual)
  }

  /// The centre of the cloud keeps a distance of 2 from the origin; chords bring it nearer.
  @Test func laterRoundsBendMore() throws {
    let series = try Courses.turning([0, 2, 4, 6, 8])
    let short = try [1, 3, 6].map { rounds in
      let options = Self.options(.flow, ridge: 1e-3, rounds: rounds)
      let found = try Self.interpolate(series, [5], options).series.snapshots[0]
      var centre = [0.0, 0]
      for (row, weight) in found.weights.enumerated() {
        for k in 0..<2 { centre[k] += weight * found.points[row, k] }
      }
      return 2 - hypot(centre[0], centre[1])
    }
    #expect(short[0] > 1.5 * short[1] && short[1] > abs(short[2]))
  }

  @Test func populationsGrowWhereTheyAre() throws {
    let series = try Courses.growing([0, 1, 2, 3], rate: 0.5)
    let found = try Self.interpolate(series, [1.5]).series.snapshots[0]
    let right = Courses.shareOfSecond(found.population)
    #expect(found.points.elements.enumerated().allSatisfy { $0.offset % 2 == 1 || abs(abs($0.element) - 5) < 2 })
    #expect(abs(right - exp(0.75) / (1 + exp(0.75))) < 0.01)
  }

  /// Two snapshots say nothing of anything but straight lines.
  @Test func twoSnapshotsGiveStraightLines() throws {
    let series = try Courses.turning([0, 1])
    let found = try Self.interpolate(series, [0.5])
    #expect(found.choices[0].interpolant == .straight)
    #expect(found.series == (try Self.interpolate(series, [0.5], Self.options(.straight))).series)
    #expect(try Self.interpolate(series, [0.5], Self.options(.flow)).choices[0].interpolant != .straight)
  }

  @Test func unitsDoNotMatter() throws {
    let series = try Courses.turning([0, 1, 2, 3])
    let scaled = try Courses.series(
      series.snapshots.map { snapshot in
        var points = snapshot.points
        for index in points.elements.indices { points.elements[index] = 1024 * points.elements[index] }
        return (snapshot.time / 8, points, nil)
      })
    let (a, b) = (try Self.interpolate(series, [1.5]), try Self.interpolate(scaled, [1.5 / 8]))
    let (found, other) = (a.series.snapshots[0], b.series.snapshots[0])
    #expect(a.choices[0].interpolant == b.choices[0].interpolant)
    #expect(zip(found.points.elements, other.points.elements).allSatisfy { abs(1024 * $0 - $1) < 1e-6 })
    #expect(zip(found.weights, other.weights).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func oneTimeOrManyIsTheSame() throws {
    let series = try Courses.turning([0, 1, 2, 3])
    let many = try Self.interpolate(series, [0.5, 1.25, 1.5, 1.75]).series.snapshots
    let alone = try Self.interpolate(series, [1.25]).series.snapshots[0]
    #expect(many[1] == alone)
  }

  @Test func resultsDoNotDependOnThreads() throws {
    let series = try Courses.turning([0, 1, 2, 3])
    let many = try Self.interpolate(series, [1.5]).series
    let usual = Parallel.threadCount
    Parallel.threadCount = 1
    defer { Parallel.threadCount = usual }
    #expect(try Self.interpolate(series, [1.5]).series == many)
  }

  @Test func theHostCanCancel() throws {
    let series = try Courses.turning(Self.times)
    let error = engineError { _ = try InterpolatedSeries(series, at: [0.5, 1.5]) { $0.done == 0 } }
    #expect(error?.kind == .cancelled)
  }

  @Test(arguments: [
    ([-0.1], "times[0] = -0.1 is not between the first observed time, 0.0, and the last, 5.0"),
    ([1, 5.5], "times[1] = 5.5 is not between the first observed time, 0.0, and the last, 5.0"),
    ([1, 1], "times[1] = 1.0 is not greater than times[0] = 1.0"),
  ])
  func timesAreChecked(times: [Double], message: String) throws {
    let series = try Courses.turning(Self.times, particles: 5)
    let error = engineError { _ = try Self.interpolate(series, times) }
    #expect(error?.kind == .population && error?.message == message)
  }

  @Test func aSingleSnapshotIsAnError() throws {
    let series = try Courses.turning([0])
    let error = engineError { _ = try Self.interpolate(series, [0]) }
    #expect(error?.kind == .shape)
    #expect(error?.message == "snapshots has 1 snapshot; interpolation is between two or more")
  }

  /// One particle a snapshot, constant coordinates, one place for all: no spread to measure lengths by.
  @Test(arguments: [1, 3]) func degenerateCoursesAreNoError(particles: Int) throws {
    let place = Matrix(rows: particles, columns: 2, elements: [Double](repeating: 3, count: 2 * particles))
    let constant = try Courses.series((0..<4).map { (Double($0), place, nil) })
    let found = try Self.interpolate(constant, [1.5]).series.snapshots[0]
    #expect(found.points.elements.allSatisfy { abs($0 - 3) < 1e-9 })
    let moving = try Courses.series(
      (0..<4).map { (Double($0), Matrix(rows: 1, columns: 2, elements: [Double($0), 0]), nil) })
    let middle = try Self.interpolate(moving, [1.5]).series.snapshots[0]
    #expect(abs(middle.points[0, 0] - 1.5) < 0.05 && abs(middle.points[0, 1]) < 0.05)
  }

  /// Three quarters of a gap from the first snapshot, with growth that was learned from the whole course.
  @Test func interpolationCarriesTheMasses() throws {
    let times = [0.0, 1, 2, 3]
    let series = try Courses.growing(times, rate: 0.7, particles: 400)
    var (options, growth) = (InterpolationOptions(), GrowthOptions())
    growth.totalMasses = times.map { (1 + exp(0.7 * $0)) / 2 }
    options.method = .flow
    options.growth = try Growth(series, growth) { _ in true }
    let found = try InterpolatedSeries(series, at: [1.75], options) { _ in true }.series.snapshots[0]
    #expect(abs(Courses.shareOfSecond(found.population) - exp(0.7 * 1.75) / (1 + exp(0.7 * 1.75))) < 0.03)
  }
}

import CSystem
import Energies
import Fields
import Interpolation
import Numerics
import Snapshots
import TestSupport
import Testing

/// Courses that once ended in an error, a crash or a blind choice.
@Suite struct HardCoursesTests {
  private static func interpolate(
    _ series: SnapshotSeries, _ times: [Double], _ change: (inout InterpolationOptions) -> Void = { _ in }
  ) throws -> InterpolatedSeries {
    var options = InterpolationOptions()
    change(&options)
    return try InterpolatedSeries(series, at: times, options) { _ in true }
  }

  private static func cloud(_ k: Int, particles: Int = 20) -> Matrix {
    Courses.normals(particles, 2, deviation: 0.2, mean: [Double(k), 0], stream: UInt64(k))
  }

  /// Velocities of a gap of a thousandth of the others are noise, along which particles leave the range of numbers.
  @Test(arguments: [300.0, 1e4, 1e6]) func unequalGapsFallBackToStraightLines(ratio: Double) throws {
    let times = [0, 1 / ratio, 1, 2, ratio]
    let series = try Courses.series(times.enumerated().map { ($1, Self.cloud($0), nil) })
    let found = try Self.interpolate(series, [0.5 / ratio, 1.5]).series
    #expect(found.snapshots.allSatisfy { $0.points.elements.allSatisfy(\.isFinite) })
  }

  @Test func timesMayBeAnyNumbers() throws {
    let series = try Courses.series((0..<4).map { (Double($0) * 1e300, Self.cloud($0), nil) })
    #expect(try Self.interpolate(series, [1.5e300]).series.snapshots[0].points.elements.allSatisfy(\.isFinite))
  }

  @Test func aSpanBeyondAllNumbersIsAnError() throws {
    let series = try Courses.series([(-1.7e308, Self.cloud(0), nil), (1.7e308, Self.cloud(1), nil)])
    let error = engineError { _ = try Self.interpolate(series, [0]) { $0.method = .flow } }
    #expect(error?.kind == .population)
    #expect(engineError { _ = try Growth(series) { _ in true } }?.kind == .population)
  }

  /// The energy distance to one particle is not defined, so that its time says nothing of the choice.
  @Test func aSingleParticleDoesNotMakeTheChoiceBlind() throws {
    let series = try Courses.series((0..<7).map { (Double($0), Self.cloud($0, particles: $0 == 3 ? 1 : 30), nil) })
    let choices = try Self.interpolate(series, [0.5, 1.5, 5.5]).choices
    #expect(choices.allSatisfy { $0.missed.isFinite && $0.straightMissed.isFinite })
  }

  @Test(arguments: [InterpolationOptions.Method.straight, .usual]) func particlesWithoutWeightMayBeAnywhere(
    method: InterpolationOptions.Method
  ) throws {
    let plain = try Courses.series((0..<4).map { (Double($0), Self.cloud($0), nil) })
    let far = try Courses.series(
      (0..<4).map { k in
        let points = Matrix(rows: 21, columns: 2, elements: Self.cloud(k).elements + [1e160, -1e160])
        return (Double(k), points, [Double](repeating: 1, count: 20) + [0])
      })
    let (a, b) = (
      try Self.interpolate(plain, [1.5]) { $0.method = method }.series.snapshots[0],
      try Self.interpolate(far, [1.5]) { $0.method = method }.series.snapshots[0]
    )
    #expect(a.points.rows == b.points.rows)
    #expect(zip(a.points.elements, b.points.elements).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  /// 0.1 + 0.2 is 0.3.
  @Test func observedTimesAreThoseUpToRounding() throws {
    let series = try Courses.series([(0, Self.cloud(0), nil), (0.1 + 0.2, Self.cloud(1), nil), (1, Self.cloud(2), nil)])
    let found = try Self.interpolate(series, [0.3]).series
    #expect(found.snapshots[0].points == series.snapshots[1].points)
    #expect(engineError { _ = try Self.interpolate(series, [0.3, 0.1 + 0.2]) }?.kind == .population)
  }

  @Test(arguments: [1e-3, 0.049]) func relaxationsBelowTheEntropyAreRefused(relaxation: Double) throws {
    let series = try Courses.series((0..<3).map { (Double($0), Self.cloud($0), nil) })
    let error = engineError { _ = try Self.interpolate(series, [0.5]) { $0.field.relaxation = relaxation } }
    #expect(error?.message == "relaxation = \(relaxation) is not at least 0.05")
  }
}

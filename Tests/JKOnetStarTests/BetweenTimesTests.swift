import Foundation
import JKOnetStar
import TestSupport
import Testing

/// Populations between observed times, and growth, used as their users do: by `import JKOnetStar` alone.
@Suite struct BetweenTimesTests {
  /// Three particles that move to the right by 1 per unit of time.
  private func moving(_ times: [Double] = [0, 1, 2, 3]) throws -> SnapshotSeries {
    let points: [[Double]] = times.flatMap { (time: Double) -> [[Double]] in [[time, 0], [time, 1], [time, 2.5]] }
    return try SnapshotSeries(points: Points(points), times: times.flatMap { [$0, $0, $0] })
  }

  private func centre(_ snapshot: Snapshot) -> Double {
    zip(snapshot.points, snapshot.weights).reduce(0) { $0 + $1.0[0] * $1.1 }
  }

  @Test func populationsBetweenObservedTimes() throws {
    let series = try moving()
    let found = try series.interpolated(at: [0.5, 1, 2.25])
    #expect(found.times == [0.5, 1, 2.25] && found[1].points == series[1].points)
    #expect(abs(centre(found[0]) - 0.5) < 0.05 && abs(centre(found[2]) - 2.25) < 0.05)
    var straight = InterpolationOptions()
    straight.method = .straight
    #expect(
      try series.interpolated(at: [0.5], options: straight)[0].points == Points([[0.5, 0], [0.5, 1], [0.5, 2.5]]))
    #expect(series.without(1).times == [0, 2, 3])
  }

  @Test func populationsAlongAModel() throws {
    let series = try moving()
    let features = Features(polynomialDegree: 1, polynomialTotal: true, gaussianGrid: 0)
    let model = try Model(fitting: series, energy: Energy(potential: .linear(features)), options: FitOptions(ridge: 0))
    let found = try series.interpolated(at: [1.5], along: model)
    #expect(abs(centre(found[0]) - 1.5) < 1e-6)
  }

  /// In the units of a small population, a point may be further away than numbers reach.
  @Test func growthBeyondAllNumbersIsRefused() throws {
    let rows = (0..<20).map { [1e-3 * Double($0 % 5), 1e-3 * Double($0 / 5)] }
    let series = try SnapshotSeries(points: Points(rows + rows), times: (0..<40).map { $0 < 20 ? 0 : 1 })
    let growth = try Growth(fitting: series)
    refused(.notFinite, "points[1]", "so far from the snapshots") {
      _ = try growth.rates(at: Points([[0, 0], [1e308, 0]]), time: 0.5)
    }
  }

  @Test func growthOfTwoGroups() throws {
    // The group at 10 doubles.
    let left = (0..<20).map { [0.1 * Double($0 % 5), 0.1 * Double($0 / 5)] }
    let right = left.map { [$0[0] + 10, $0[1]] }
    let series = try SnapshotSeries(
      points: Points(left + right + left + right + right), times: (0..<100).map { $0 < 40 ? 0 : 1 })
    let growth = try Growth(fitting: series, totalMasses: [40, 60])
    let rates = try growth.rates(at: Points([[0.2, 0.2], [10.2, 0.2]]), time: 0.5)
    #expect(abs(rates[0]) < 0.1 && abs(rates[1] - 0.693) < 0.1)
    var flow = InterpolationOptions()
    flow.method = .flow
    let half = try series.interpolated(at: [0.5], options: flow, growth: growth)[0]
    let share = zip(half.points, half.weights).reduce(0) { $0 + ($1.0[0] > 5 ? $1.1 : 0) }
    #expect(abs(share - 2.0.squareRoot() / (1 + 2.0.squareRoot())) < 0.05)
  }

  /// Nothing moves, and the second of two groups doubles.
  @Test func aModelKeepsItsGrowth() throws {
    let left = (0..<20).map { [0.1 * Double($0 % 5), 0.1 * Double($0 / 5)] }
    let right = left.map { [$0[0] + 10, $0[1]] }
    let series = try SnapshotSeries(
      points: Points(left + right + left + right + right), times: (0..<100).map { $0 < 40 ? 0 : 1 })
    let energy = Energy(
      potential: .linear(Features(polynomialDegree: 1, polynomialTotal: true, gaussianGrid: 0)))
    let options = FitOptions(growth: try Growth(fitting: series, totalMasses: [40, 60]))
    let model = try Model(fitting: series, energy: energy, options: options)
    let start = try Points([[0.2, 0.2], [10.2, 0.2]])
    let rollout = try model.predict(from: start, steps: 1)
    let masses = try #require(rollout.masses)
    #expect(masses[0] == [0.5, 0.5] && abs(masses[1][0] - 0.5) < 0.05 && abs(masses[1][1] - 1) < 0.1)
    #expect(zip(rollout.last, start).allSatisfy { abs($0[0] - $1[0]) < 0.3 })
    let without = try Model(fitting: series, energy: energy)
    #expect(without.growth == nil)
    let kept = try without.predict(from: start, steps: 1)
    #expect(kept.masses == nil && abs(kept.last[0][0] - start[0][0]) > 1)

    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["model", "growth"].map { folder.appending(path: $0).path }
    try model.save(to: paths[0])
    try #require(model.growth).save(to: paths[1])
    let rates = try #require(model.growth).rates(at: start, time: 0.5)
    #expect(try Model(contentsOf: paths[0]).growth?.rates(at: start, time: 0.5) == rates)
    #expect(try Growth(contentsOf: paths[1]).rates(at: start, time: 0.5) == rates)
  }

  @Test func errorsSayWhatIsWrong() throws {
    let series = try moving()
    func kind(_ body: () throws -> Void) -> JKOError.Kind? {
      do { try body() } catch { return (error as? JKOError)?.kind }
      return nil
    }
    #expect(kind { _ = try series.interpolated(at: [4]) } == .population)
    #expect(kind { _ = try series.interpolated(at: [.nan]) } == .notFinite)
    #expect(kind { _ = try Growth(fitting: series, totalMasses: [1, 2]) } == .shape)
    #expect(kind { _ = try Growth(fitting: series).errors(at: Points([[0, 0]]), time: 1) } == .invalidArgument)
    #expect(kind { _ = try series.interpolated(at: [0.5]) { _ in false } } == .cancelled)
  }
}

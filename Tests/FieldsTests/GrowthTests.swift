import CSystem
import Energies
import Fields
import Numerics
import Snapshots
import TestSupport
import Testing

@Suite struct GrowthTests {
  private static func fit(
    _ series: SnapshotSeries, members: Int = 0, _ change: (inout GrowthOptions) -> Void = { _ in }
  ) throws -> Growth {
    var options = GrowthOptions()
    options.members = members
    change(&options)
    return try Growth(series, options) { _ in true }
  }

  private static let places = Matrix(rows: 2, columns: 2, elements: [-5, 0, 5, 0])

  /// The second cloud grows at 0.7 and the first not at all, so that the total is (1 + e^(0.7 t)) / 2.
  @Test func ratesOfTwoClouds() throws {
    let times = [0.0, 1, 2, 3]
    let series = try Courses.growing(times, rate: 0.7, particles: 400)
    let absolute = try Self.fit(series) { $0.totalMasses = times.map { (1 + exp(0.7 * $0)) / 2 } }
    for time in [0.5, 1.5, 2.5] {
      let rates = try absolute.rates(at: Self.places, time: time)
      #expect(abs(rates[0]) < 0.07 && abs(rates[1] - 0.7) < 0.07)
    }
    // Without totals, what is known is by how much one grows faster than the other.
    let relative = try Self.fit(series).rates(at: Self.places, time: 1.5)
    #expect(abs(relative[1] - relative[0] - 0.7) < 0.07)
    #expect(relative[0] < 0 && relative[1] > 0)
  }

  @Test func unitsOfTimeAndMass() throws {
    let times = [0.0, 1, 2, 3]
    let series = try Courses.growing(times, rate: 0.7)
    let slow = try Courses.series(series.snapshots.map { ($0.time * 4, $0.points, nil) })
    let masses = times.map { (1 + exp(0.7 * $0)) / 2 }
    let fast = try Self.fit(series) { $0.totalMasses = masses }
    let found = try Self.fit(slow) { $0.totalMasses = masses.map { 1000 * $0 } }
    let (a, b) = (try fast.rates(at: Self.places, time: 1.5), try found.rates(at: Self.places, time: 6))
    #expect(zip(a, b).allSatisfy { abs($0 - 4 * $1) < 1e-9 })
  }

  /// Two clouds that overlap say nothing of growth; the prior does.
  @Test func priorsAreTaken() throws {
    let series = try Courses.series(
      (0..<3).map { (Double($0), Courses.normals(200, 2, deviation: 1, mean: [0, 0], stream: UInt64($0)), nil) })
    let priors = series.snapshots.map { snapshot in
      (0..<200).map { snapshot.points[$0, 0] > 0 ? 0.3 : -0.3 }
    }
    let sides = Matrix(rows: 2, columns: 2, elements: [-1, 0, 1, 0])
    let without = try Self.fit(series).rates(at: sides, time: 1)
    let held = try Self.fit(series) {
      $0.priors = priors
      $0.field.relaxation = .infinity
    }.rates(at: sides, time: 1)
    #expect(abs(without[1] - without[0]) < 0.25)
    #expect(abs(held[1] - held[0] - 0.6) < 0.2)
  }

  @Test func errorsCoverTheTruth() throws {
    let times = [0.0, 1, 2, 3]
    let series = try Courses.growing(times, rate: 0.7)
    let growth = try Self.fit(series, members: 20) { $0.totalMasses = times.map { (1 + exp(0.7 * $0)) / 2 } }
    let rates = try growth.rates(at: Self.places, time: 1.5)
    let errors = try growth.errors(at: Self.places, time: 1.5)
    #expect(errors.allSatisfy { $0 > 0.005 && $0 < 0.2 })
    #expect(abs(rates[0]) < 3 * errors[0] && abs(rates[1] - 0.7) < 3 * errors[1])
  }

  @Test func massesAlongAPathAreIntegratedRates() throws {
    let growth = try Self.fit(try Courses.growing([0, 1, 2], rate: 0.7))
    let times = [0.0, 0.5, 2]
    let masses = try growth.masses(along: [Self.places, Self.places, Self.places], times: times, from: [2, 0])
    let rates = try times.map { try growth.rates(at: Self.places, time: $0)[0] }
    let first = 2 * exp((rates[0] + rates[1]) / 2 * 0.5)
    #expect(abs(masses[1][0] - first) < 1e-12)
    #expect(abs(masses[2][0] - first * exp((rates[1] + rates[2]) / 2 * 1.5)) < 1e-12)
    #expect(masses.allSatisfy { $0[1] == 0 })
  }

  @Test func totalMassGrowsAtAConstantRateBetweenSnapshots() throws {
    let series = try Courses.growing([0, 1, 3], rate: 0.7, particles: 20)
    let growth = try Self.fit(series) { $0.totalMasses = [1, 4, 1] }
    for (time, mass) in [(0, 1), (0.5, 2), (1, 4), (2, 2), (3, 1), (5, 0.25), (-0.5, 0.5)] {
      #expect(abs(growth.totalMass(at: time) - mass) < 1e-12 * mass)
    }
    #expect(try Self.fit(series).totalMass(at: 7) == 1)
  }

  @Test func theHostCanCancel() throws {
    let series = try Courses.growing([0, 1, 2], rate: 0.7, particles: 50)
    var options = GrowthOptions()
    options.members = 5
    var fits = 0
    let error = engineError {
      _ = try Growth(series, options) {
        fits = max(fits, $0.done)
        return $0.done < 2
      }
    }
    #expect(error?.kind == .cancelled && fits == 2)
  }

  @Test func argumentsAreChecked() throws {
    let series = try Courses.growing([0, 1], rate: 0.7, particles: 5)
    func message(_ change: @escaping (inout GrowthOptions) -> Void) -> String? {
      engineError { _ = try Self.fit(series, change) }?.message
    }
    #expect(message { $0.totalMasses = [1] } == "total_mass has 1 element for 2 snapshots")
    #expect(message { $0.totalMasses = [1, 0] } == "total_mass[1] = 0.0 is not a positive number")
    #expect(message { $0.members = 1 } == "bootstrap = 1 is neither 0 nor between 2 and 10000")
    let growth = try Self.fit(series)
    let error = engineError { _ = try growth.errors(at: Self.places, time: 0) }
    #expect(error?.kind == .invalid)
  }

  /// What a file keeps is all there is.
  @Test func theStateIsEverything() throws {
    let series = try Courses.growing([0, 1, 2], rate: 0.7, particles: 60)
    let growth = try Self.fit(series, members: 3) { $0.totalMasses = [1, 2, 4] }
    let again = Growth(growth.state)
    #expect(again == growth && again.memberCount == 3 && again.dimension == 2 && again.times == [0, 1, 2])
    #expect(try again.rates(at: Self.places, time: 0.5) == growth.rates(at: Self.places, time: 0.5))
    #expect(try again.errors(at: Self.places, time: 0.5) == growth.errors(at: Self.places, time: 0.5))
    #expect(again.totalMass(at: 1.5) == growth.totalMass(at: 1.5))
    #expect(try again != Self.fit(series, members: 3) { $0.totalMasses = [1, 2, 5] })
  }

  @Test func massesThatOverflowAreErrorsAndNothingStaysNothing() throws {
    let growth = try Self.fit(try Courses.growing([0, 1, 2], rate: 0.7, particles: 60)) { $0.totalMasses = [1, 2, 4] }
    let still = [Self.places, Self.places]
    #expect(try growth.masses(along: still, times: [0, 1], from: [1, 0])[1][1] == 0)
    let error = engineError { _ = try growth.masses(along: still, times: [0, 2], from: [1e308, 1e308]) }
    #expect(error?.kind == .convergence && error?.message.contains("times[1]") == true)
  }

  @Test func gapsWithoutRatesAreErrors() throws {
    let gap = Double.leastNormalMagnitude / 128
    let series = try Courses.growing([0, gap, 2 * gap], rate: 0.7, particles: 60)
    let error = engineError { _ = try Self.fit(series) }
    #expect(error?.kind == .nonfinite && error?.message.contains("gap") == true)
  }
}

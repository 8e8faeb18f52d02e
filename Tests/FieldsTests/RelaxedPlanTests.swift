import CSystem
import Energies
import Fields
import Numerics
import TestSupport
import Testing
import Transport

@Suite struct RelaxedPlanTests {
  private static func pair(_ stream: UInt64 = 0) -> (Population, Population) {
    let x = Courses.normals(60, 2, deviation: 1, mean: [0, 0], stream: stream)
    let y = Courses.normals(80, 2, deviation: 1, mean: [1, 0], stream: stream + 1)
    var random = PhiloxSequence(seed: 1, stream: stream)
    let weights = (0..<60).map { _ in random.uniform() }
    let sum = weights.reduce(0, +)
    return (Population(points: x, weights: weights.map { $0 / sum }), Population(points: y))
  }

  @Test func withoutRelaxationItIsTheExactPlan() throws {
    let (x, y) = Self.pair()
    let plan = try RelaxedPlan(from: x, to: y, relaxation: .infinity)
    let exact = try Courses.exact(x, y)
    #expect(plan.entries == exact.entries)
    #expect((plan.survivalX + plan.survivalY).allSatisfy { abs($0 - 1) < 1e-12 })
  }

  @Test func marginalsAreThoseOfTheUnbalancedPlan() throws {
    let (x, y) = Self.pair()
    let exact = try Courses.exact(x, y)
    let unbalanced = try entropicPlan(
      from: x.points, masses: x.weights, to: y.points, masses: y.weights, cost: .squaredEuclidean,
      options: EntropicOptions(
        epsilon: 0.05 * exact.cost, relaxationX: 2 * exact.cost, relaxationY: 2 * exact.cost))
    let plan = try RelaxedPlan(from: x, to: y, relaxation: 2)
    for (i, survival) in plan.survivalX.enumerated() {
      #expect(abs(survival * x.weights[i] - unbalanced.rowMasses[i] / unbalanced.mass) < 1e-8)
    }
    for (j, survival) in plan.survivalY.enumerated() {
      #expect(abs(survival * y.weights[j] - unbalanced.columnMasses[j] / unbalanced.mass) < 1e-8)
    }
    #expect(plan.survivalX.contains { abs($0 - 1) > 0.05 })
  }

  /// At s = 0 every particle has the mass it had, up to the pairs that are left out.
  @Test func interpolationBeginsAndEndsWithTheMassesObserved() throws {
    let (x, y) = Self.pair()
    let plan = try RelaxedPlan(from: x, to: y, relaxation: 2)
    let (start, end) = (try plan.population(at: 0, from: x, to: y), try plan.population(at: 1, from: x, to: y))
    var (masses, ends) = ([Double](repeating: 0, count: 60), [Double](repeating: 0, count: 80))
    for (place, entry) in plan.entries.enumerated() {
      masses[entry.row] += start.weights[place]
      ends[entry.column] += end.weights[place]
      for k in 0..<2 {
        #expect(start.points[place, k] == x.points[entry.row, k])
        #expect(end.points[place, k] == y.points[entry.column, k])
      }
    }
    #expect(zip(masses, x.weights).allSatisfy { abs($0 - $1) < 2e-3 * $1 })
    #expect(zip(ends, y.weights).allSatisfy { abs($0 - $1) < 2e-3 * $1 })
  }

  /// Between clouds too far apart for any mass to move, the mass of each is what lets it grow at a constant rate.
  @Test(arguments: [0.25, 0.5, 0.75]) func massesGrowExponentially(s: Double) throws {
    let series = try Courses.growing([0, 2], rate: 0.7)
    let (x, y) = (series.snapshots[0].population, series.snapshots[1].population)
    let plan = try RelaxedPlan(from: x, to: y, relaxation: 2)
    let found = try plan.population(at: s, from: x, to: y)
    let right = Courses.shareOfSecond(found)
    #expect(found.points.elements.enumerated().allSatisfy { $0.offset % 2 == 1 || abs(abs($0.element) - 5) < 2 })
    #expect(abs(right - exp(1.4 * s) / (1 + exp(1.4 * s))) < 0.01)
  }

  @Test func identicalPopulationsStayWhatTheyAre() throws {
    let (x, _) = Self.pair()
    let plan = try RelaxedPlan(from: x, to: x, relaxation: 2)
    #expect(plan.entries.allSatisfy { $0.row == $0.column })
    #expect((plan.survivalX + plan.survivalY).allSatisfy { abs($0 - 1) < 1e-12 })
  }

  /// One particle at a distance that makes an entropy of the mean cost vanish beside it.
  @Test func aVeryDistantParticleIsNoError() throws {
    var (x, y) = Self.pair()
    var far = x.points
    far[0, 0] = 1e9
    x = Population(points: far, weights: x.weights.enumerated().map { $0.offset == 0 ? 0 : 1.0 / 59 })
    var other = y.points
    other[3, 1] = -1e12
    y = Population(points: other, weights: y.weights)
    let plan = try RelaxedPlan(from: x, to: y, relaxation: 2)
    #expect(abs(plan.entries.reduce(0) { $0 + $1.mass } - 1) < 1e-9)
  }
}

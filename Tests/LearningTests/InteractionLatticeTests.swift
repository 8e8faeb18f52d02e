import Energies
import Learning
import Numerics
import TestSupport
import Testing

/// The objective with U's network on a lattice, against the same objective over pairs.
@Suite struct InteractionLatticeTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let dimension: Int
    let hidden: [Int]
    let activation: Activation
    let weighted: Bool
    /// Nil for whole snapshots.
    let samples: Int?

    var testDescription: String {
      "d = \(dimension), \(hidden) \(activation), weighted \(weighted), \(samples ?? 0) samples"
    }

    static let all = [
      Case(dimension: 2, hidden: [16, 16], activation: .softplus, weighted: false, samples: 201),
      Case(dimension: 2, hidden: [20], activation: .tanh, weighted: true, samples: 200),
      Case(dimension: 2, hidden: [12, 8], activation: .silu, weighted: true, samples: nil),
      Case(dimension: 1, hidden: [8, 8], activation: .softplus, weighted: false, samples: nil),
    ]

    var linear: EnergyBasis {
      EnergyBasis(dimension: dimension, potential: nil, interaction: nil, hasInternal: true)
    }

    var layout: TrainingLayout {
      TrainingLayout(
        potential: NetworkShape(dimension: dimension, timeVarying: false, hidden: [5]),
        interaction: NetworkShape(
          dimension: dimension, timeVarying: false, hidden: hidden, activation: activation),
        linearCount: linear.count)
    }

    var parameters: [Double] {
      var random = PhiloxSequence(seed: 3, stream: 3)
      return layout.initialParameters(seed: 2).map { $0 + 0.3 * random.normal() }
    }

    func data() throws -> TrainingData {
      let counts = [500, 430]
      let transitions = counts.enumerated().map { k, n in
        var random = PhiloxSequence(seed: 5, stream: UInt64(k))
        var masses = (0..<n).map { _ in weighted ? random.uniform() : 1 }
        let total = masses.reduce(0, +)
        masses = masses.map { $0 / total }
        return Transition(
          sites: Population(
            points: Matrix(rows: n, columns: dimension, elements: random.normals(n * dimension)), weights: masses),
          masses: masses, shifts: random.normals(n * dimension), scatter: 0, time: Double(k), rho: 0.7)
      }
      let scores = counts.map { n in (0..<n * dimension).map { Double($0 % 5) - 2 } }
      return try TrainingData(transitions, linear: linear, scores: scores, standardization: .none(dimension))
    }

    func objective(interpolates: Bool, batchSize: Int = 1000, threads: Int = 2) throws -> TrainingObjective<Float> {
      try TrainingObjective(
        data(), layout: layout, batchSize: batchSize, sampleCount: samples, seed: 9, interpolates: interpolates,
        team: Team(threads: threads))
    }
  }

  /// Forces within 4e-6 of the largest; residuals, and what is summed of them, are of the forces' size. Double
  /// precision knows no lattice.
  @Test(arguments: Case.all) func equalsTheObjectiveOverPairs(test: Case) throws {
    let all = Array(0..<(try test.data().couplings.count))
    let exact = try TrainingObjective<Double>(
      test.data(), layout: test.layout, batchSize: 1000, sampleCount: test.samples, seed: 9, team: Team(threads: 2))
    let (pairs, nodes) = (
      try test.objective(interpolates: false), try test.objective(interpolates: true)
    )
    exact.begin(epoch: 3)
    pairs.begin(epoch: 3)
    nodes.begin(epoch: 3)
    let expected = evaluate(exact, test.parameters, all)
    let (direct, interpolated) = (
      evaluate(pairs, test.parameters, all), evaluate(nodes, test.parameters, all)
    )
    #expect(nodes.latticeNodes > 0 && pairs.latticeNodes == 0 && exact.latticeNodes == 0)
    #expect(abs(interpolated.value - expected.value) < 2e-5 * expected.value)
    let error = normError(interpolated.gradient, expected.gradient)
    #expect(error < 3e-5, "over pairs \(normError(direct.gradient, expected.gradient))")
  }

  /// Parts of a sum add up, whatever part of the directions is asked for at once.
  @Test func smallRoomChangesNothing() throws {
    let test = Case.all[0]
    let all = Array(0..<(try test.data().couplings.count))
    let whole = evaluate(try test.objective(interpolates: true), test.parameters, all)
    let parts = evaluate(try test.objective(interpolates: true, batchSize: 100), test.parameters, all)
    #expect(abs(whole.value - parts.value) < 1e-6 * whole.value)
    #expect(normError(parts.gradient, whole.gradient) < 1e-6)
  }

  /// Fixed pieces, summed in their order.
  @Test(arguments: Case.all) func threadsChangeNothing(test: Case) throws {
    let all = Array(0..<(try test.data().couplings.count))
    let results = try [1, 2, 3].map { threads in
      let objective = try test.objective(interpolates: true, threads: threads)
      objective.begin(epoch: 1)
      return evaluate(objective, test.parameters, all)
    }
    for result in results {
      #expect(result.value == results[0].value && bits(result.gradient) == bits(results[0].gradient))
    }
  }

  /// Where a batch has few pairs, they are passed.
  @Test func fewPairsNeedNoLattice() throws {
    let test = Case.all[0]
    let objective = try test.objective(interpolates: true)
    _ = evaluate(objective, test.parameters, [1, 2, 3])
    #expect(objective.latticeNodes == 0)
  }
}

import Densities
import Energies
import Learning
import Numerics
import TestSupport
import Testing

/// Work whose sizes users choose and that no computer has the memory for is refused: a failed allocation would end the
/// process. The sizes here make terabytes.
@Suite struct MemoryTests {
  private static func expectRefused(_ what: String, _ body: () throws -> Void) {
    let error = engineError(body)
    #expect(error?.kind == .memory && error?.message.contains(what) == true, "\(error?.message ?? "no error")")
  }

  /// Sums over the couplings of all products of two derivatives.
  @Test func lastLayersOfManyParameters() {
    let couplings = Couplings(
      dimension: 1, points: [0, 1], shifts: [1, 1], times: [0, 0], rhos: [1, 1], weights: [0.5, 0.5],
      standardization: .none(1))
    let count = 1 << 20
    let layer = LastLayerSolver(TrainingData(couplings), TrainingLayout(potential: nil, linearCount: count))
    Self.expectRefused("\(count) parameters that are solved for") {
      _ = try layer.solved([Double](repeating: 0, count: count), ridge: 1, seed: 0, draw: 0)
    }
  }

  /// One gradient for each piece of the lattice.
  @Test func largeInteractionsOnALattice() throws {
    let data = try #require(InteractionLatticeTests.Case.all.first).data()
    let wide = NetworkShape(dimension: 2, timeVarying: false, hidden: [1 << 18, 1 << 18])
    Self.expectRefused("on a lattice") {
      _ = try TrainingObjective<Float>(
        data, layout: TrainingLayout(potential: nil, interaction: wide, linearCount: data.linearCount), batchSize: 10,
        team: Team(threads: 1))
    }
  }

  /// The derivative of every particle's score in every parameter of a mixture: 600 coordinates make 180,900.
  @Test func influenceOfDensitiesInManyCoordinates() throws {
    let (n, d) = (700, 600)
    let series = try Populations.series(
      [Populations.normal(n, d, seed: 81), Populations.normal(n, d, seed: 82)], times: [0, 1])
    let options = ModelOptions(
      potential: nil, internal: MixtureOptions.components(1), scheme: .implicit, timeVarying: false)
    Self.expectRefused("parameters of their density") {
      _ = try FittedModel.fit(series, options, FitOptions(errorBars: .influence))
    }
  }
}

import Energies
import Numerics

/// Solves for the parameters that enter the objective linearly, with the others held fixed: output weights of V and of
/// U, coefficients of features, and beta. The method is related to variable projection (Golub and Pereyra, SIAM J.
/// Numer. Anal. 10, 1973).
///
/// The objective is a quadratic in these parameters. Let Phi_i, of shape (d, parameters), be the derivative of the
/// drift at coupling i by them, A = sum_i w_i rho_i^2 Phi_i^T Phi_i, and g half the objective's gradient. The
/// parameters move by -(A + ridge diag A)^-1 g, which is the step to the minimiser, damped by the ridge. Directions
/// that the data hardly determine stay where they were. The objective over the couplings that are summed cannot grow;
/// with a network U these may be a part of all couplings.
package struct LastLayerSolver {
  let data: TrainingData
  let layout: TrainingLayout
  private let objectiveData: ObjectiveData<Double>

  /// The ridge while training goes on, in units of the diagonal. The columns of a fresh network are nearly dependent,
  /// so that without damping the output weights would become large and of both signs. They multiply the steps of the
  /// hidden layers, which would then be far too long.
  static let damping = 10.0
  /// The most pairs over which U's columns are averaged. Where all couplings have more, a part of them is drawn.
  private static let mostPairs = 2_000_000
  private static let sitesPerPanel = 64
  /// Panels are dealt to so many pieces, whose sums are added in their order, so that no bit depends on the threads.
  private static let mostPieces = 16

  package init(_ data: TrainingData, _ layout: TrainingLayout) {
    self.data = data
    self.layout = layout
    objectiveData = ObjectiveData(data)
  }

  /// The places of the parameters that enter linearly, in the order of the columns.
  package var places: [Int] {
    var places: [Int] = []
    if let potential = layout.potential { places += potential.outputWeights..<potential.outputBias }
    if let interaction = layout.interaction {
      places += (interaction.outputWeights..<interaction.outputBias).map { layout.interactionStart + $0 }
    }
    return places + (layout.linearStart..<layout.count)
  }

  /// Returns the parameters, with those that enter linearly solved for.
  ///
  /// - Parameter draw: the number of this solution, so that each draws couplings of its own
  package func solved(_ parameters: [Double], ridge: Double, seed: UInt64, draw: Int) throws -> [Double] {
    let (sites, places) = (sites(seed: seed, draw: draw), places)
    let count = places.count
    let panels = (sites.count + Self.sitesPerPanel - 1) / Self.sitesPerPanel
    let pieces = min(Self.mostPieces, panels)
    // Every piece has sums of its own, and at most every piece is worked on, with a panel of columns, at once.
    try requireMemory(
      pieces, count + 1, count + LastLayerColumns.lanes(sites: Self.sitesPerPanel, dimension: data.couplings.dimension),
      of: Double.self, for: "the equations of \(count) parameters that are solved for exactly")
    let samples = layout.interaction.map { _ in InteractionSamples<Double>(data, count: nil, seed: seed) }
    let memory = AlignedBuffer<Double>(count: pieces * count * (count + 1))
    memory.zero()
    defer { withExtendedLifetime(memory) {} }
    nonisolated(unsafe) let sums = memory.base
    Parallel.forEachHeeding(pieces) { piece in
      let columns = LastLayerColumns(objectiveData, layout, samples, places: places, sites: Self.sitesPerPanel)
      let own = sums + piece * count * (count + 1)
      for panel in stride(from: piece, to: panels, by: pieces) where !Interruption.stops {
        let range = panel * Self.sitesPerPanel..<min(sites.count, (panel + 1) * Self.sitesPerPanel)
        columns.fill(sites[range], parameters)
        let lanes = columns.lanes
        Double.kernels.outerProduct(
          rows: count, columns: count, lanes: lanes, a: columns.features, b: columns.features, c: own, stride: count)
        Double.kernels.outerProduct(
          rows: count, columns: 1, lanes: lanes, a: columns.features, b: columns.residuals, c: own + count * count,
          stride: 1)
      }
    }
    try Interruption.check()
    var matrix = Matrix(rows: count, columns: count)
    var slope = [Double](repeating: 0, count: count)
    for piece in 0..<pieces {
      let own = sums + piece * count * (count + 1)
      for row in 0..<count {
        for column in 0..<count { matrix[row, column] += own[row * count + column] }
        slope[row] += own[count * count + row]
      }
    }
    var solved = parameters
    let step = try Self.step(matrix, slope, ridge: ridge)
    guard step.allSatisfy(\.isFinite) else { return parameters }
    for (place, change) in zip(places, step) { solved[place] -= change }
    return solved
  }

  /// (A + ridge diag A)^-1 g, solved in units in which the diagonal is 1. Parameters whose columns are 0 stay.
  private static func step(_ matrix: Matrix, _ slope: [Double], ridge: Double) throws -> [Double] {
    let used = slope.indices.filter { matrix[$0, $0] > 0 && matrix[$0, $0].isFinite }
    guard !used.isEmpty else { return slope.map { _ in 0 } }
    let scales = used.map { matrix[$0, $0].squareRoot() }
    var scaled = Matrix(rows: used.count, columns: used.count)
    for (row, f) in used.enumerated() {
      for (column, g) in used.enumerated() { scaled[row, column] = matrix[f, g] / scales[row] / scales[column] }
      scaled[row, row] = 1 + ridge
    }
    let solution = try SymmetricSolver(scaled).solve(used.indices.map { slope[used[$0]] / scales[$0] })
    var step = [Double](repeating: 0, count: slope.count)
    for (index, f) in used.enumerated() { step[f] = solution[index] / scales[index] }
    return step
  }

  /// All couplings, or as many of them as `mostPairs` allows, each of which is equally likely to be drawn.
  private func sites(seed: UInt64, draw: Int) -> [Int] {
    let all = Array(0..<data.couplings.count)
    guard layout.interaction != nil else { return all }
    let pairs = all.reduce(0) { $0 + data.populations[data.snapshot[$1]].points.rows }
    guard pairs > Self.mostPairs else { return all }
    var random = PhiloxSequence(seed: seed, stream: RandomPurpose.lastLayer.stream(draw))
    // At least four couplings per unknown, so that there are enough equations.
    let count = max(all.count * Self.mostPairs / pairs, min(all.count, 4 * places.count))
    return random.permutation(all.count).prefix(count).sorted()
  }
}

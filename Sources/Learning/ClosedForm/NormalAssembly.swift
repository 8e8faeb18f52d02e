import Energies
import Numerics

/// The sums of one transition over panels of sites: one row per feature, one column per site and coordinate.
final class NormalAssembly: @unchecked Sendable {
  private let transition: Transition
  private let scores: [Double]?
  private let basis: EnergyBasis
  private let dimension: Int
  private let sitesPerPanel: Int
  private let lanes: Int
  /// sqrt(m) rho J, shape (F, lanes).
  private let features: AlignedBuffer<Double>
  /// -sqrt(m) shift, shape (1, lanes).
  private let targets: AlignedBuffer<Double>
  /// Lower triangle of A. Each piece of rows is filled up to its last column.
  private let sums: AlignedBuffer<Double>
  private let right: AlignedBuffer<Double>
  private static let rowsPerPiece = 64

  init(_ transition: Transition, scores: [Double]?, basis: EnergyBasis) throws {
    self.transition = transition
    self.scores = scores
    self.basis = basis
    dimension = transition.dimension
    let multiple = panelMultiple
    // Panels of some 8 MB stay in the processor's caches and are large enough to keep threads busy.
    let columns = max(256, min(8192, (1 << 20) / max(1, basis.count)))
    sitesPerPanel = max(1, min(transition.count, columns / dimension))
    lanes = (sitesPerPanel * dimension + multiple - 1) / multiple * multiple
    try requireMemory(basis.count, lanes, of: Double.self, for: "a panel of \(basis.count) features")
    features = AlignedBuffer(count: max(1, basis.count * lanes))
    targets = AlignedBuffer(count: lanes)
    sums = AlignedBuffer(count: max(1, basis.count * basis.count))
    right = AlignedBuffer(count: max(1, basis.count))
    sums.zero()
    right.zero()
  }

  /// A, symmetric, row-major (F, F), and r.
  func run() throws -> (matrix: [Double], right: [Double]) {
    for start in stride(from: 0, to: transition.count, by: sitesPerPanel) {
      try Interruption.check()
      try add(start..<min(transition.count, start + sitesPerPanel))
    }
    try Interruption.check()
    let count = basis.count
    let matrix = [Double](unsafeUninitializedCapacity: count * count) { matrix, filled in
      for row in 0..<count {
        for column in 0...row {
          matrix[row * count + column] = sums.base[row * count + column]
          matrix[column * count + row] = sums.base[row * count + column]
        }
      }
      filled = count * count
    }
    return (matrix, (0..<count).map { right.base[$0] })
  }

  private func add(_ range: Range<Int>) throws {
    features.zero()
    targets.zero()
    try fill(range)
    weigh(range)
    let (count, lanes) = (basis.count, lanes)
    nonisolated(unsafe) let (features, targets, sums, right) = (features.base, targets.base, sums.base, right.base)
    let pieces = (count + Self.rowsPerPiece - 1) / Self.rowsPerPiece
    // The last rows have the most columns. They go first, so that threads end at about the same time.
    Parallel.forEachHeeding(pieces) { place in
      let first = (pieces - 1 - place) * Self.rowsPerPiece
      let rows = min(Self.rowsPerPiece, count - first)
      let own = features + first * lanes
      Double.kernels.outerProduct(
        rows: rows, columns: first + rows, lanes: lanes, a: own, b: features, c: sums + first * count, stride: count)
      Double.kernels.outerProduct(
        rows: rows, columns: 1, lanes: lanes, a: own, b: targets, c: right + first, stride: 1)
    }
  }

  /// Fills in J of some sites.
  private func fill(_ range: Range<Int>) throws {
    let columns = range.count * dimension
    try transition.sites.points.elements.withUnsafeBufferPointer { all in
      let points = UnsafeBufferPointer(rebasing: all[range.lowerBound * dimension..<range.upperBound * dimension])
      if let potential = basis.potential {
        try potential.jacobians(points, into: features.base, stride: lanes)
        potential.fillPowers(of: transition.time, features.base, stride: lanes, columns: columns)
      }
      if let interaction = basis.interaction {
        let first = basis.range(of: .interaction).lowerBound
        try interaction.meanJacobians(
          points, over: transition.sites, into: features.base + first * lanes, stride: lanes)
      }
    }
    guard basis.hasInternal else { return }
    guard let scores else { throw EngineError(.internalDefect, "the internal energy was asked for without scores") }
    let row = features.base + basis.range(of: .internal).lowerBound * lanes
    for column in 0..<columns { row[column] = scores[range.lowerBound * dimension + column] }
  }

  /// Multiplies J by sqrt(m) rho, and fills in the targets.
  private func weigh(_ range: Range<Int>) {
    let d = dimension
    var factors = [Double](repeating: 0, count: range.count * d)
    for column in factors.indices {
      let site = range.lowerBound + column / d
      let root = transition.masses[site].squareRoot()
      factors[column] = root * transition.rho
      targets.base[column] = -root * transition.shifts[range.lowerBound * d + column]
    }
    factors.withUnsafeBufferPointer { factors in
      for feature in 0..<basis.count {
        let row = features.base + feature * lanes
        for column in factors.indices { row[column] *= factors[column] }
      }
    }
  }
}

import Energies
import Numerics

/// The sums of one transition over panels of sites: one row per feature, one column per site and coordinate.
///
/// Where each feature's gradients have a direction of their own, J_fi = s_fi w_f, a column per site will do, in any number d of coordinates:
/// A is the product, element by element, of the sums of s s^T and of all w_f . w_g, at a d-th of the cost.
final class NormalAssembly: @unchecked Sendable {
  private let transition: Transition
  private let scores: [Double]?
  private let basis: EnergyBasis
  private let dimension: Int
  /// w_f, where all gradients have directions of their own.
  private let directions: Matrix?
  /// Columns of a site: d, or 1 with directions.
  private let width: Int
  private let sitesPerPanel: Int
  private let lanes: Int
  /// sqrt(m) rho J, shape (F, lanes); with directions, sqrt(m) rho s.
  private let features: AlignedBuffer<Double>
  /// -sqrt(m) shift, shape (1, lanes); with directions, a row per coordinate.
  private let targets: AlignedBuffer<Double>
  private var targetRows: Int { dimension / width }
  /// Lower triangle of features features^T, in whole blocks of rows.
  private let sums: AlignedBuffer<Double>
  /// features targets^T, shape (F, targetRows).
  private let right: AlignedBuffer<Double>
  private static let blockRows = 64

  init(_ transition: Transition, scores: [Double]?, basis: EnergyBasis) throws {
    self.transition = transition
    self.scores = scores
    self.basis = basis
    dimension = transition.dimension
    directions = basis.interaction == nil && !basis.hasInternal ? basis.potential?.directions : nil
    width = directions == nil ? dimension : 1
    let multiple = KernelTable<Double>.panelMultiple
    // Panels of some 8 MB keep to the processor's caches and threads busy.
    let columns = max(256, min(8192, (1 << 20) / max(1, basis.count)))
    sitesPerPanel = max(1, min(transition.count, columns / width))
    lanes = (sitesPerPanel * width + multiple - 1) / multiple * multiple
    let (panel, overflow) = basis.count.multipliedReportingOverflow(by: lanes)
    try requireMemory(overflow ? .max : panel, of: Double.self, for: "a panel of \(basis.count) features")
    features = AlignedBuffer(count: max(1, panel))
    targets = AlignedBuffer(count: lanes * (dimension / width))
    sums = AlignedBuffer(count: max(1, basis.count * basis.count))
    right = AlignedBuffer(count: max(1, basis.count * (dimension / width)))
    sums.zero()
    right.zero()
  }

  /// A, symmetric, row-major (F, F), and r.
  func run() throws -> (matrix: [Double], right: [Double]) {
    for start in stride(from: 0, to: transition.count, by: sitesPerPanel) {
      try add(start..<min(transition.count, start + sitesPerPanel))
    }
    let count = basis.count
    let matrix = [Double](unsafeUninitializedCapacity: count * count) { matrix, filled in
      for row in 0..<count {
        for column in 0...row {
          let sum = sums.base[row * count + column] * cosine(row, column)
          matrix[row * count + column] = sum
          matrix[column * count + row] = sum
        }
      }
      filled = count * count
    }
    return (matrix, (0..<count).map(right(of:)))
  }

  /// w_f . w_g; 1 without directions.
  private func cosine(_ row: Int, _ column: Int) -> Double {
    guard let directions else { return 1 }
    let (f, g) = (row % directions.rows * dimension, column % directions.rows * dimension)
    return directions.elements.withUnsafeBufferPointer { elements in
      var sum = 0.0
      for k in 0..<dimension { sum += elements[f + k] * elements[g + k] }
      return sum
    }
  }

  private func right(of feature: Int) -> Double {
    guard let directions else { return right.base[feature] }
    var sum = 0.0
    for k in 0..<dimension { sum += directions[feature % directions.rows, k] * right.base[feature * dimension + k] }
    return sum
  }

  private func add(_ range: Range<Int>) throws {
    features.zero()
    targets.zero()
    try fill(range)
    weigh(range)
    let (count, lanes, targetRows) = (basis.count, lanes, targetRows)
    nonisolated(unsafe) let (features, targets, sums, right) = (features.base, targets.base, sums.base, right.base)
    let blocks = (count + Self.blockRows - 1) / Self.blockRows
    // The last rows meet the most columns: they go first, so that threads end together.
    Parallel.forEach(blocks) { place in
      let first = (blocks - 1 - place) * Self.blockRows
      let rows = min(Self.blockRows, count - first)
      let block = features + first * lanes
      Double.kernels.outerProduct(rows, first + rows, lanes, block, features, sums + first * count, count)
      Double.kernels.outerProduct(rows, targetRows, lanes, block, targets, right + first * targetRows, targetRows)
    }
  }

  /// J of some sites.
  private func fill(_ range: Range<Int>) throws {
    let columns = range.count * width
    try transition.sites.points.elements.withUnsafeBufferPointer { all in
      let points = UnsafeBufferPointer(rebasing: all[range.lowerBound * dimension..<range.upperBound * dimension])
      if let potential = basis.potential {
        if directions != nil {
          potential.slopes(points, into: features.base, stride: lanes)
        } else {
          try potential.jacobians(points, into: features.base, stride: lanes)
        }
        let spatial = potential.spatialCount
        for feature in spatial..<max(spatial, potential.count) {
          for column in 0..<columns {
            features.base[feature * lanes + column] =
              transition.time * features.base[(feature - spatial) * lanes + column]
          }
        }
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

  /// J times sqrt(m) rho, and the targets.
  private func weigh(_ range: Range<Int>) {
    let roots = range.map { transition.masses[$0].squareRoot() }
    for (place, site) in range.enumerated() {
      for k in 0..<dimension {
        let target = width == 1 ? k * lanes + place : place * dimension + k
        targets.base[target] = -roots[place] * transition.shifts[site * dimension + k]
      }
    }
    let factors = (0..<range.count * width).map { roots[$0 / width] * transition.rho }
    factors.withUnsafeBufferPointer { factors in
      for feature in 0..<basis.count {
        let row = features.base + feature * lanes
        for column in factors.indices { row[column] *= factors[column] }
      }
    }
  }
}

import Energies
import Numerics

/// The normal equations of the JKOnet* objective for a potential that is linear in its features:
///
///     A = sum_i w_i rho_i^2 J_i J_i^T,  r = - sum_i w_i rho_i J_i shift_i,  J_i = gradients of the features at z_i (F x d)
///
/// whose solution minimises sum_i w_i || rho_i J_i^T theta + shift_i ||^2.
package struct NormalEquations {
  /// A; symmetric, shape (F, F).
  package let matrix: Matrix
  package let right: [Double]
  /// sum_i w_i ||shift_i||^2, the objective at theta = 0.
  package let constant: Double

  package init(_ couplings: Couplings, basis: FeatureBasis) throws {
    // The sums, the matrix and its standardised copy.
    let (squares, overflow) = basis.count.multipliedReportingOverflow(by: 4 * basis.count)
    try requireMemory(overflow ? .max : squares, of: Double.self, for: "the normal matrix of \(basis.count) features")
    // A panel: at least one coupling's coordinates, at most 192 columns more.
    let (panel, panelOverflow) = basis.count.multipliedReportingOverflow(by: couplings.dimension + 192)
    try requireMemory(panelOverflow ? .max : panel, of: Double.self, for: "a panel of \(basis.count) features")
    let assembly = Assembly(couplings, basis)
    for start in stride(from: 0, to: couplings.count, by: assembly.couplingsPerPanel) {
      try assembly.add(start..<min(couplings.count, start + assembly.couplingsPerPanel))
    }
    matrix = assembly.matrix()
    right = (0..<basis.count).map { assembly.right.base[$0] }
    constant = assembly.constant
  }

  /// theta of the features standardised to unit mean squared gradient, with `ridge` times the mean diagonal added to the
  /// diagonal, in terms of the features as they are. Features without any gradient at the data get 0.
  package func solve(ridge: Double) throws -> [Double] {
    let count = right.count
    let scales = (0..<count).map { matrix[$0, $0].squareRoot() }
    let used = scales.indices.filter { scales[$0] > 0 && scales[$0].isFinite }
    guard scales.allSatisfy(\.isFinite) else {
      throw EngineError(
        .convergence, "the normal matrix is not finite; polynomial_degree may be too large for the data")
    }
    var scaled = Matrix(rows: used.count, columns: used.count)
    for (row, f) in used.enumerated() {
      for (column, g) in used.enumerated() {
        scaled[row, column] = matrix[f, g] / scales[f] / scales[g]
      }
      // The standardised diagonal is 1, and so is its mean.
      scaled[row, row] = 1 + ridge
    }
    try requireLinearAlgebraMemory()
    guard let factorization = Cholesky(scaled) else {
      throw EngineError(
        .convergence, "the normal matrix of \(used.count) features is singular with ridge = \(ridge); use a larger one")
    }
    let solution = factorization.solve(used.map { right[$0] / scales[$0] })
    var theta = [Double](repeating: 0, count: count)
    for (row, f) in used.enumerated() { theta[f] = solution[row] / scales[f] }
    return theta
  }

  /// The objective at theta, to about 1e-16 of the objective at 0: a smaller one is lost in the sum, and told as 0.
  package func objective(_ theta: [Double]) -> Double {
    var value = constant
    for row in theta.indices {
      var product = 0.0
      for column in theta.indices { product += matrix[row, column] * theta[column] }
      value += theta[row] * (product - 2 * right[row])
    }
    return max(0, value)
  }
}

/// Sums the normal equations over panels of couplings: one row per feature, one column per coupling and coordinate.
private final class Assembly {
  let right: AlignedBuffer<Double>
  private(set) var constant = 0.0
  let couplingsPerPanel: Int

  private let couplings: Couplings
  private let basis: FeatureBasis
  private let lanes: Int
  /// sqrt(w) rho J, shape (F, lanes).
  private let features: AlignedBuffer<Double>
  /// -sqrt(w) shift, shape (1, lanes).
  private let targets: AlignedBuffer<Double>
  /// Lower triangle of A, in whole blocks of rows.
  private let sums: AlignedBuffer<Double>
  private static let blockRows = 64

  init(_ couplings: Couplings, _ basis: FeatureBasis) {
    self.couplings = couplings
    self.basis = basis
    let multiple = KernelTable<Double>.panelMultiple
    couplingsPerPanel = max(1, 2 * multiple / couplings.dimension)
    lanes = (couplingsPerPanel * couplings.dimension + multiple - 1) / multiple * multiple
    features = AlignedBuffer(count: basis.count * lanes)
    targets = AlignedBuffer(count: lanes)
    sums = AlignedBuffer(count: basis.count * basis.count)
    right = AlignedBuffer(count: basis.count)
    sums.zero()
    right.zero()
  }

  func add(_ range: Range<Int>) throws {
    features.zero()
    targets.zero()
    let d = couplings.dimension
    try couplings.points.withUnsafeBufferPointer { points in
      try basis.jacobians(
        UnsafeBufferPointer(rebasing: points[range.lowerBound * d..<range.upperBound * d]), into: features.base,
        stride: lanes)
    }
    for (slot, coupling) in range.enumerated() { load(coupling, slot) }
    Double.kernels.outerProduct(basis.count, 1, lanes, features.base, targets.base, right.base, 1)
    let blocks = (basis.count + Self.blockRows - 1) / Self.blockRows
    for block in 0..<blocks {
      let first = block * Self.blockRows
      let rows = min(Self.blockRows, basis.count - first)
      Double.kernels.outerProduct(
        rows, first + rows, lanes, features.base + first * lanes, features.base, sums.base + first * basis.count,
        basis.count)
    }
  }

  private func load(_ coupling: Int, _ slot: Int) {
    let d = couplings.dimension
    let root = couplings.weights[coupling].squareRoot()
    let rho = root * couplings.rhos[coupling]
    let time = couplings.times[coupling]
    let offset = slot * d
    let spatial = basis.spatialCount
    for column in offset..<offset + d {
      for feature in 0..<spatial { features.base[feature * lanes + column] *= rho }
      for feature in spatial..<basis.count {
        features.base[feature * lanes + column] = time * features.base[(feature - spatial) * lanes + column]
      }
      let shift = couplings.shifts[coupling * d + column - offset]
      targets.base[column] = -root * shift
      constant += root * root * shift * shift
    }
  }

  func matrix() -> Matrix {
    var matrix = Matrix(rows: basis.count, columns: basis.count)
    for row in 0..<basis.count {
      for column in 0...row {
        matrix[row, column] = sums.base[row * basis.count + column]
        matrix[column, row] = matrix[row, column]
      }
    }
    return matrix
  }
}

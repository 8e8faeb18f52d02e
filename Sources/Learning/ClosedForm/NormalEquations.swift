import Energies
import Numerics

/// The normal equations of the JKOnet* objective for an energy that is linear in its coefficients theta, as sums over
/// transitions:
///
///     A = sum_i m_i rho_i^2 J_i J_i^T,   r = - sum_i m_i rho_i J_i shift_i
///
/// over all sites i, with J_i (F x d) the gradients at site i of V's features, of U's averaged over the population, and
/// the score. A theta = r minimises sum_i m_i ||rho_i J_i^T theta + shift_i||^2 (JKOnet*, arXiv:2406.12616, section
/// 3.4).
///
/// Where beta has an instrument h (`ScoreInstrument`), its equation is the condition multiplied by h, and the score in
/// its column is integrated by parts. The last row of A is then sum_i m_i rho^2 h_i . J_i, its last column
///
///     - p sum_i m_i rho^2 div J_i + (1 - p) sum_i m_i rho^2 h_i . J_i,   p = 1 / (1 + (100 / N)^2),
///
/// for a feature that rests on N sites (`LaplacianSums`), with -div h at their crossing, and A is not symmetric.
///
/// Sums are carried in twice the working precision, so that they come out the same in whatever order transitions are
/// added or merged.
package struct NormalEquations: Sendable {
  package let basis: EnergyBasis
  private var sums: ExactSums
  private static let scalars = 4

  /// No transitions yet.
  package init(_ basis: EnergyBasis) throws {
    try requireMemory(8, basis.count, basis.count, of: Double.self, for: "the normal matrix of \(basis.count) features")
    self.basis = basis
    sums = ExactSums(count: basis.count * basis.count + basis.count + Self.scalars)
  }

  package init(_ transitions: [Transition], scores: [[Double]]? = nil, basis: EnergyBasis) throws {
    try self.init(basis)
    for (k, transition) in transitions.enumerated() { try accumulate(transition, scores: scores?[k]) }
  }

  package var count: Int { basis.count }
  /// A, summed over transitions; symmetric but for an instrument's row and column, shape (F, F).
  package var matrix: Matrix { Matrix(rows: count, columns: count, elements: sums.values(0..<count * count)) }
  /// r, summed over transitions.
  package var right: [Double] { sums.values(count * count..<count * count + count) }
  private var scalarsStart: Int { count * count + count }
  /// sum_i m_i ||shift_i||^2, the sum at theta = 0.
  package var constant: Double { sums.value(scalarsStart) }
  /// The part of `constant` that no energy can change: the spread of shifts about their site's mean.
  package var scatter: Double { sums.value(scalarsStart + 3) }
  /// How many transitions were added, each by its share.
  package var transitions: Double { sums.value(scalarsStart + 1) }
  /// Whether no sum overflowed.
  var isFinite: Bool { sums.values(0..<scalarsStart + Self.scalars).allSatisfy(\.isFinite) }
  /// How many equations: sites times coordinates.
  package var equations: Double { sums.value(scalarsStart + 2) }

  /// sum_i m_i rho^2 |force|^2 of V and U with given coefficients, without beta's.
  func squaredForces(_ coefficients: [Double]) -> Double {
    let (matrix, count) = (matrix, count - (basis.hasInternal ? 1 : 0))
    return (0..<count).reduce(0) { sum, row in
      (0..<count).reduce(sum) { $0 + coefficients[row] * matrix[row, $1] * coefficients[$1] }
    }
  }

  /// Adds a transition.
  ///
  /// - Parameter scores: grad log density at the sites, row-major (n, d); needed where the basis has the internal
  ///   energy
  package mutating func accumulate(
    _ transition: Transition, scores: [Double]?, instrument: ScoreInstrument? = nil
  ) throws {
    let scores = instrument?.scores ?? scores
    let waves = WaveAssembly(transition, scores: scores, basis: basis)
    var (matrix, right) =
      try waves?.run() ?? NormalAssembly(transition, scores: scores, basis: basis).run()
    if let instrument { try putIn(instrument, transition, &matrix) }
    try Interruption.check()
    sums.add(matrix, at: 0)
    sums.add(right, at: count * count)
    let equations = Double(transition.masses.count(where: { $0 > 0 }) * transition.dimension)
    sums.add([transition.constant, transition.share, equations, transition.scatter], at: scalarsStart)
  }

  /// N where integration by parts counts as much as h does.
  private static let sitesOfHalf = 100.0

  /// Replaces the column of beta, in which an assembly has h, by what the true score gives. Integration by parts is a
  /// mean over particles, and where a feature rests on a few of them, as bumps at the edge of a population do, its
  /// Laplacian there says nothing of the mean. The less sites there are, the more of h is therefore kept.
  private func putIn(_ instrument: ScoreInstrument, _ transition: Transition, _ matrix: inout [Double]) throws {
    let (last, squaredStep) = (count - 1, transition.rho * transition.rho)
    let (sums, support) = try LaplacianSums(transition, basis).sums()
    for feature in 0..<last {
      let ratio = Self.sitesOfHalf / max(support[feature], 1)
      let share = 1 / (1 + ratio * ratio)
      let place = feature * count + last
      matrix[place] = (1 - share) * matrix[place] - share * squaredStep * sums[feature]
    }
    let divergence = zip(transition.masses, instrument.divergences).reduce(0) { $0 + $1.0 * $1.1 }
    matrix[last * count + last] = -squaredStep * divergence
  }

  /// Adds what others have summed over the same basis.
  package mutating func merge(_ other: NormalEquations) {
    precondition(other.basis == basis, "normal equations of different bases")
    sums.add(other.sums)
  }

  /// Adds sums that were exported; see `matrix`, `right`, `constant`, `scatter`, `transitions`, `equations`.
  package mutating func merge(
    matrix: Matrix, right: [Double], constant: Double, scatter: Double, transitions: Double, equations: Double
  ) {
    precondition(matrix.rows == count && matrix.columns == count && right.count == count, "sums of another basis")
    sums.add(matrix.elements, at: 0)
    sums.add(right, at: count * count)
    sums.add([constant, transitions, equations, scatter], at: scalarsStart)
  }

  /// The objective at theta, averaged over transitions. It is a difference of sums as large as the objective at theta =
  /// 0, so that its error is about 1e-16 of that one. Where rounding makes it negative, it is given as 0.
  package func objective(_ theta: [Double]) -> Double {
    let (matrix, right) = (matrix, right)
    var value = constant
    for row in theta.indices {
      var product = 0.0
      for column in theta.indices { product += matrix[row, column] * theta[column] }
      value += theta[row] * (product - 2 * right[row])
    }
    return max(0, value) / max(1, transitions)
  }
}

import CSystem
import Numerics

/// Solves normal equations in features standardised to unit mean squared gradient, where the diagonal is 1.
///
/// Where V and U are learned together, the ridge is U's, so that forces that both can make are V's. Where beta is
/// learned, it is that of bumps and waves, which would follow the noise of scores. All other coefficients then have a
/// thousandth of it.
package struct RidgeRegression {
  private let equations: NormalEquations
  /// sqrt(A_ff) for features that have the whole ridge, less for others: in which coefficients are standardised.
  private let scales: [Double]
  /// Features that have a gradient at the data; the others get 0.
  private let used: [Int]
  /// The standardised matrix over `used`; symmetric.
  private let matrix: Matrix
  private let right: [Double]
  /// Beta's row and column over `used`, standardised, where beta has an instrument; they replace the last ones.
  private let instrument: (row: [Double], column: [Double])?

  package struct Solution: Sendable {
    package let coefficients: [Double]
    /// The ridge that was used.
    package let ridge: Double
    /// Directions that were solved for; fewer than features where some cannot be told apart.
    package let rank: Int
    /// Reciprocal condition of the standardised matrix with its ridge.
    package let reciprocalCondition: Double
    /// The least of generalised cross-validation's criterion, where that chose the ridge; averaged over transitions.
    package let score: Double?

    package init(coefficients: [Double], ridge: Double, rank: Int, reciprocalCondition: Double, score: Double? = nil) {
      self.coefficients = coefficients
      self.ridge = ridge
      self.rank = rank
      self.reciprocalCondition = reciprocalCondition
      self.score = score
    }

    /// The same with other coefficients.
    func replacing(_ coefficients: [Double]) -> Solution {
      Solution(
        coefficients: coefficients, ridge: ridge, rank: rank, reciprocalCondition: reciprocalCondition, score: score)
    }
  }

  package init(_ equations: NormalEquations) throws {
    self.equations = equations
    let (full, fullRight) = (equations.matrix, equations.right)
    let parts = equations.basis.ridgeParts
    let sizes = equations.basis.sizes(parts.indices.map { full[$0, $0].magnitude })
    let scales = zip(sizes, parts).map { ($0 * $1).squareRoot() }
    guard scales.allSatisfy(\.isFinite), fullRight.allSatisfy(\.isFinite) else {
      throw EngineError(.convergence, Self.overflow(scales, equations.basis))
    }
    let used = scales.indices.filter { scales[$0] > 0 && (1 / scales[$0]).isFinite }
    (self.scales, self.used) = (scales, used)
    var matrix = Matrix(rows: used.count, columns: used.count)
    for (row, f) in used.enumerated() {
      try Interruption.check()
      for (column, g) in used.enumerated() {
        matrix[row, column] = (full[f, g] + full[g, f]) / 2 / scales[f] / scales[g]
      }
      matrix[row, row] = full[f, f].magnitude / scales[f] / scales[f]
    }
    self.matrix = matrix
    right = used.map { fullRight[$0] / scales[$0] }
    let last = equations.count - 1
    let hasInstrument = used.last == last && used.contains { full[$0, last] != full[last, $0] }
    instrument =
      hasInstrument
      ? (
        row: used.map { full[last, $0] / scales[last] / scales[$0] },
        column: used.map { full[$0, last] / scales[last] / scales[$0] }
      ) : nil
  }

  /// Says which feature is too steep, and what makes features of its kind so.
  private static func overflow(_ scales: [Double], _ basis: EnergyBasis) -> String {
    guard let feature = scales.firstIndex(where: { !$0.isFinite }) else { return "the normal equations are not finite" }
    var cause = ""
    switch basis.family(of: feature) {
    case .monomials?, .trigonometric?: cause = "; the degree of the polynomials may be too large for the data"
    case .radial?: cause = "; the width of the radial functions may be too small"
    case .fourier?: cause = "; the scale of the Fourier features may be too small"
    case .callback?, nil: break
    }
    return "the normal matrix is not finite at the feature \(basis.names[feature])\(cause)"
  }

  /// - Parameter usual: the weight that `Ridge.usual` stands for; where V and U are learned together, the least one
  package func solve(_ ridge: Ridge, usual: Double = 1e-6) throws -> Solution {
    let weight: Double
    var score: Double?
    switch ridge {
    case .usual: weight = try usualWeight(atLeast: usual)
    case .fixed(let value): weight = value
    case .crossValidated:
      let chosen = try crossValidated()
      (weight, score) = (chosen.ridge, chosen.score)
    }
    guard !used.isEmpty else {
      return Solution(
        coefficients: [Double](repeating: 0, count: scales.count), ridge: weight, rank: 0, reciprocalCondition: 1,
        score: score)
    }
    let solver = try SymmetricSolver(shifted(by: weight))
    let solution = try instrument.flatMap { try solve($0, weight) } ?? solver.solve(right)
    var coefficients = [Double](repeating: 0, count: scales.count)
    for (place, f) in used.enumerated() { coefficients[f] = solution[place] / scales[f] }
    guard coefficients.allSatisfy(\.isFinite) else {
      throw EngineError(
        .convergence, "the normal matrix of \(used.count) features is singular with ridge = \(weight); use a larger one"
      )
    }
    return Solution(
      coefficients: coefficients, ridge: weight, rank: solver.rank, reciprocalCondition: solver.reciprocalCondition,
      score: score)
  }

  /// The weight that is taken where none is given.
  ///
  /// For V and U together it is the estimate of Hoerl, Kennard and Baldwin (Communications in Statistics 4, 1975), the
  /// variance of an observation divided by the mean square of a coefficient,
  ///
  ///     ridge = F (1 - R^2) / (R^2 K),
  ///
  /// with F coefficients of U, and R^2 the part of the shifts' squares that the least weight explains. A transition
  /// counts as a single observation of each feature, K of them in all: what moves a snapshot's plan is which particles
  /// were drawn, and that moves all of them together.
  private func usualWeight(atLeast least: Double) throws -> Double {
    let basis = equations.basis
    guard basis.potential != nil, basis.interaction != nil, !used.isEmpty else { return least }
    let total = equations.constant - equations.scatter
    // An instrument's equation is no derivative of the squares, so that they are explained by V and U then.
    let places = 0..<(instrument == nil ? used.count : used.count - 1)
    let solution = try SymmetricSolver(shifted(by: least, places)).solve(Array(right[places]))
    var explained = 0.0
    for row in places {
      var product = 0.0
      for column in places { product += matrix[row, column] * solution[column] }
      explained += solution[row] * (2 * right[row] - product)
    }
    let part = explained / total
    guard part > 0, part < 1 else { return least }
    let count = Double(basis.range(of: .interaction).count)
    return max(least, min(Self.largestUsual, count * (1 - part) / (part * max(1, equations.transitions))))
  }

  /// The largest weight that is taken for V and U together. It makes forces of U that V has no part in smaller by a
  /// tenth, and more would cost more.
  private static let largestUsual = 0.1

  /// The solution with an instrument for the last coefficient, beta: those of V and U, which are linear in beta, are
  /// eliminated from beta's equation. Nil where that tells nothing of beta.
  private func solve(_ instrument: (row: [Double], column: [Double]), _ weight: Double) throws -> [Double]? {
    let last = used.count - 1
    let others = 0..<last
    var (fixed, slopes) = ([Double](), [Double]())
    if last > 0 {
      let solver = try SymmetricSolver(shifted(by: weight, others))
      (fixed, slopes) = (
        try solver.solve(others.map { right[$0] }), try solver.solve(others.map { instrument.column[$0] })
      )
    }
    var (side, slope) = (right[last], instrument.row[last] + weight)
    for place in others {
      side -= instrument.row[place] * fixed[place]
      slope -= instrument.row[place] * slopes[place]
    }
    // Without any information about beta beside V and U, an instrument only adds its noise.
    guard slope > weight else { return nil }
    let beta = side / slope
    return others.map { fixed[$0] - beta * slopes[$0] } + [beta]
  }

  /// (S + ridge)^-1, with S the standardised matrix, in units of the features as they are. With the covariance C of the
  /// estimating equations, summed over transitions, and this inverse R, R C R is the covariance of the coefficients.
  package func inverse(ridge: Double) throws -> Matrix {
    let inverse = try SymmetricSolver(shifted(by: ridge)).solve(.identity(used.count))
    var full = Matrix(rows: scales.count, columns: scales.count)
    for (row, f) in used.enumerated() {
      try Interruption.check()
      for (column, g) in used.enumerated() { full[f, g] = inverse[row, column] / scales[f] / scales[g] }
    }
    return full
  }

  private func shifted(by ridge: Double) -> Matrix { shifted(by: ridge, used.indices) }

  /// The first rows and columns of the matrix with its ridge.
  private func shifted(by ridge: Double, _ places: Range<Int>) -> Matrix {
    var block = Matrix(rows: places.count, columns: places.count)
    for row in places {
      for column in places { block[row, column] = matrix[row, column] }
      block[row, row] += ridge
    }
    return block
  }

  /// The minimiser of RSS / (1 - trace H / N)^2 over the ridge, H the map from shifts to their predictions and N their
  /// number, and the least value, averaged over transitions: by the eigenvalues of the standardised matrix each ridge
  /// costs O(F).
  private func crossValidated() throws -> (ridge: Double, score: Double) {
    let eigen = try SymmetricEigen(matrix)
    let count = Double(equations.equations)
    let values = eigen.values.map { max(0, $0) }
    let along = (0..<used.count).map { vector in
      var sum = 0.0
      for row in 0..<used.count { sum += eigen.vectors[vector, row] * right[row] }
      return sum * sum
    }
    let total = equations.constant - equations.scatter
    func score(_ exponent: Double) -> Double {
      let ridge = Self.ridge(exponent)
      var (explained, trace) = (0.0, 0.0)
      for (value, square) in zip(values, along) {
        let shrunk = value + ridge
        explained += square * (value + 2 * ridge) / (shrunk * shrunk)
        trace += value / shrunk
      }
      let left = 1 - trace / count
      // A smaller value is lost in the rounding of the sums.
      return left > 0 ? max(total - explained, 1e-15 * total) / (left * left) : .infinity
    }
    let grid = stride(from: -14.0, through: 1, by: 0.25).map { (exponent: $0, score: score($0)) }
    guard let best = grid.min(by: { $0.score < $1.score }) else {
      throw EngineError(.internalDefect, "generalised cross-validation has no ridge to choose from")
    }
    var (low, high) = (best.exponent - 0.25, best.exponent + 0.25)
    for _ in 0..<20 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if score(first) <= score(second) { high = second } else { low = first }
    }
    let chosen = (low + high) / 2
    return (Self.ridge(chosen), score(chosen) / max(1, equations.transitions))
  }

  /// 10^exponent.
  private static func ridge(_ exponent: Double) -> Double { exp(exponent * 2.302585092994046) }
}

extension EnergyBasis {
  /// What features are standardised to: their mean squares, but for bumps at least a hundredth of the largest bump's.
  /// At the edge of a population there are some that hardly reach a site; standardised to themselves they would have
  /// large coefficients from nearly nothing, and large forces where no site has seen them.
  fileprivate func sizes(_ squares: [Double]) -> [Double] {
    var sizes = squares
    for term in [Term.potential, .interaction] {
      let bumps = range(of: term).filter { if case .radial? = family(of: $0) { true } else { false } }
      let least = 0.01 * (bumps.map { squares[$0] }.max() ?? 0)
      for bump in bumps where squares[bump] > 0 { sizes[bump] = max(squares[bump], least) }
    }
    return sizes
  }

  /// The part of the ridge that each coefficient has: the whole one where it bounds what data tell least of.
  fileprivate var ridgeParts: [Double] {
    let together = potential != nil && interaction != nil
    let whole = (0..<count).map { feature in
      (together && range(of: .interaction).contains(feature)) || (hasInternal && isFlexible(feature))
    }
    let others = whole.contains(true) ? 1e-3 : 1
    return whole.map { $0 ? 1 : others }
  }

  /// Whether a feature can follow noise: bumps and waves, of which there are many.
  private func isFlexible(_ feature: Int) -> Bool {
    switch family(of: feature) {
    case .radial?, .fourier?: return true
    case .monomials?, .trigonometric?, .callback?, nil: return false
    }
  }
}

import Energies
import Numerics

/// The sums of one transition for random Fourier features alone, d times faster than from their gradients.
///
/// The gradient of feature f at z_i is a number S_fi, the slope of its wave, times its frequency w_f. Hence
///
///     A = (W W^T) o sum_i m_i rho^2 S_i S_i^T,   r_f = - sum_i m_i rho S_fi (w_f . shift_i),
///
/// where o is the product by elements. All d coordinates occur in W W^T and in the products w . shift only.
struct WaveAssembly {
  private let transition: Transition
  private let scores: [Double]?
  private let basis: EnergyBasis
  private let waves: FourierFeatures
  /// t^0, t^1, .. at the sites. Features that differ only in their power of time have the same sums over sites up to
  /// these factors.
  private let powers: [Double]

  /// Nil where the energy has other features than waves of V and, perhaps, the score.
  init?(_ transition: Transition, scores: [Double]?, basis: EnergyBasis) {
    guard basis.interaction == nil, let potential = basis.potential, potential.families.count == 1,
      case .fourier(let waves) = potential.families[0], waves.count > 0, !basis.hasInternal || scores != nil
    else { return nil }
    self.transition = transition
    self.scores = scores
    self.basis = basis
    self.waves = waves
    var powers = [1.0]
    for _ in 0..<potential.timeDegree { powers.append(powers[powers.count - 1] * transition.time) }
    self.powers = powers
  }

  private var count: Int { waves.count }

  /// The sums over sites, without the factor W W^T of A.
  private struct Sums {
    /// sum_i m_i rho^2 S_i S_i^T, shape (F, F) of the spatial features.
    var squares: Matrix
    /// sum_i m_i rho S_fi (w_f . shift_i), and sum_i m_i rho^2 S_fi (w_f . score_i).
    var alongShift: [Double]
    var alongScore: [Double]
    /// sum_i m_i rho^2 |score_i|^2, and - sum_i m_i rho score_i . shift_i.
    var scoreSquares = 0.0
    var scoreShift = 0.0
  }

  /// A, symmetric, row-major (F, F), and r.
  func run() throws -> (matrix: [Double], right: [Double]) {
    let sums = try sums()
    try Interruption.check()
    return assembled(sums, try waves.frequencies.timesOwnTranspose())
  }

  private func sums() throws -> Sums {
    let d = basis.dimension
    let zeros = [Double](repeating: 0, count: count)
    var sums = Sums(squares: Matrix(rows: count, columns: count), alongShift: zeros, alongScore: zeros)
    let sites = max(64, min(8192, (1 << 20) / count) / 64 * 64)
    for start in stride(from: 0, to: transition.count, by: sites) {
      let range = start..<min(transition.count, start + sites)
      let slopes = try slopes(range)
      try Interruption.check()
      let product = try slopes.timesOwnTranspose()
      for index in sums.squares.elements.indices { sums.squares.elements[index] += product.elements[index] }
      try add(slopes, range, transition.shifts, by: { $0.squareRoot() }, to: &sums.alongShift)
      if let scores {
        try add(slopes, range, scores, by: { transition.rho * $0.squareRoot() }, to: &sums.alongScore)
      }
    }
    guard let scores else { return sums }
    for site in 0..<transition.count {
      for column in site * d..<(site + 1) * d {
        sums.scoreSquares +=
          transition.masses[site] * transition.rho * transition.rho * scores[column] * scores[column]
        sums.scoreShift -= transition.masses[site] * transition.rho * scores[column] * transition.shifts[column]
      }
    }
    return sums
  }

  /// - Parameter frequencies: W W^T; the features are pairs of a cosine and a sine with one frequency
  private func assembled(_ sums: Sums, _ frequencies: Matrix) -> (matrix: [Double], right: [Double]) {
    let (pairs, total) = (frequencies.rows, basis.count)
    var (matrix, right) = ([Double](repeating: 0, count: total * total), [Double](repeating: 0, count: total))
    for (p, power) in powers.enumerated() {
      for f in 0..<count {
        let row = p * count + f
        right[row] = -power * sums.alongShift[f]
        for (q, other) in powers.enumerated() {
          for g in 0..<count {
            matrix[row * total + q * count + g] =
              power * other * frequencies[f % pairs, g % pairs] * sums.squares[f, g]
          }
        }
        if basis.hasInternal {
          matrix[row * total + total - 1] = power * sums.alongScore[f]
          matrix[(total - 1) * total + row] = power * sums.alongScore[f]
        }
      }
    }
    if basis.hasInternal {
      matrix[total * total - 1] = sums.scoreSquares
      right[total - 1] = sums.scoreShift
    }
    return (matrix, right)
  }

  /// sqrt(m) rho times the slopes of the waves at some sites, shape (F, n): minus the sines for cosines, and the
  /// cosines for sines.
  private func slopes(_ range: Range<Int>) throws -> Matrix {
    let d = basis.dimension
    let spatial = FeatureBasis(dimension: d, families: [.fourier(waves)], timeDegree: 0)
    var values = Matrix(rows: count, columns: range.count)
    try transition.sites.points.elements.withUnsafeBufferPointer { points in
      try values.elements.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        try spatial.values(
          UnsafeBufferPointer(rebasing: points[range.lowerBound * d..<range.upperBound * d]), into: base,
          stride: range.count)
      }
    }
    let half = count / 2 * range.count
    let factors = range.map { transition.masses[$0].squareRoot() * transition.rho }
    return Matrix(
      rows: count, columns: range.count,
      elements: [Double](unsafeUninitializedCapacity: values.elements.count) { slopes, filled in
        for index in 0..<half {
          let factor = factors[index % range.count]
          slopes[index] = -factor * values.elements[half + index]
          slopes[half + index] = factor * values.elements[index]
        }
        filled = values.elements.count
      })
  }

  /// Adds sum_i slope_fi (w_f . factor_i vector_i), where the factors are made from the masses.
  private func add(
    _ slopes: Matrix, _ range: Range<Int>, _ vectors: [Double], by factor: (Double) -> Double, to sums: inout [Double]
  ) throws {
    let d = basis.dimension
    let weighed = Matrix(
      rows: range.count, columns: d,
      elements: (range.lowerBound * d..<range.upperBound * d).map { factor(transition.masses[$0 / d]) * vectors[$0] })
    let along = try waves.frequencies.timesTransposed(weighed)
    for f in 0..<count {
      for site in 0..<range.count { sums[f] += slopes[f, site] * along[f % along.rows, site] }
    }
  }
}

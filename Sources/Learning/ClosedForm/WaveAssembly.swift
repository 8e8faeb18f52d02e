import Energies
import Numerics

/// The sums of one transition for random Fourier features alone, d times faster than from their gradients.
///
/// The gradient of feature f at z_i is a number S_fi, the slope of its wave, times its frequency w_f. Hence
///
///     A = (W W^T) o sum_i m_i rho^2 S_i S_i^T,   r_f = - sum_i m_i rho S_fi (w_f . shift_i),
///
/// o the product by elements, and d coordinates are met in W W^T and in the products w . shift only.
struct WaveAssembly {
  private let transition: Transition
  private let scores: [Double]?
  private let basis: EnergyBasis
  private let waves: FourierFeatures
  /// Features that differ in their power of time only share everything else.
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

  /// A, symmetric, row-major (F, F), and r.
  func run() throws -> (matrix: [Double], right: [Double]) {
    let d = basis.dimension
    // Rows of the spatial block and one for the score, columns alike.
    var squares = Matrix(rows: count, columns: count)
    var (alongShift, alongScore) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    var (scoreSquares, scoreShift) = (0.0, 0.0)
    let sites = max(64, min(8192, (1 << 20) / count) / 64 * 64)
    for start in stride(from: 0, to: transition.count, by: sites) {
      let range = start..<min(transition.count, start + sites)
      let slopes = try slopes(range)
      try Interruption.check()
      let product = try slopes.timesOwnTranspose()
      for index in squares.elements.indices { squares.elements[index] += product.elements[index] }
      try add(slopes, range, transition.shifts, by: { $0.squareRoot() }, to: &alongShift)
      if let scores { try add(slopes, range, scores, by: { transition.rho * $0.squareRoot() }, to: &alongScore) }
    }
    if let scores {
      for site in 0..<transition.count {
        for column in site * d..<(site + 1) * d {
          scoreSquares += transition.masses[site] * transition.rho * transition.rho * scores[column] * scores[column]
          scoreShift -= transition.masses[site] * transition.rho * scores[column] * transition.shifts[column]
        }
      }
    }
    try Interruption.check()
    let frequencies = try waves.frequencies.timesOwnTranspose()
    let pairs = frequencies.rows
    let total = basis.count
    var (matrix, right) = ([Double](repeating: 0, count: total * total), [Double](repeating: 0, count: total))
    for (p, power) in powers.enumerated() {
      for f in 0..<count {
        let row = p * count + f
        right[row] = -power * alongShift[f]
        for (q, other) in powers.enumerated() {
          for g in 0..<count {
            matrix[row * total + q * count + g] = power * other * frequencies[f % pairs, g % pairs] * squares[f, g]
          }
        }
        if basis.hasInternal {
          matrix[row * total + total - 1] = power * alongScore[f]
          matrix[(total - 1) * total + row] = power * alongScore[f]
        }
      }
    }
    if basis.hasInternal {
      matrix[total * total - 1] = scoreSquares
      right[total - 1] = scoreShift
    }
    return (matrix, right)
  }

  /// sqrt(m) rho times the slopes of the waves at some sites, shape (F, n): of cosines, minus the sines, and the other way round.
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

  /// sum_i slope_fi (w_f . factor_i vector_i), factors made from masses.
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

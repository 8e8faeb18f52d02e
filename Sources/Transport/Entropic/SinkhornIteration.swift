import CSystem
import Numerics

/// Sinkhorn's algorithm on base-2 logarithms, for one epsilon at a time.
///
/// Each half of an iteration maximises the dual over one potential: with L_i = log2 sum_j 2^(B_j + s_ij),
///
///     A_i <- log2 a_i - k L_i - (1 - k) p_i log2(e) / epsilon,
///
/// with k = rho / (rho + epsilon), or 1 where the marginal holds.
struct SinkhornIteration {
  let problem: EntropicProblem
  let epsilon: Double
  let exponents: PairExponents
  private let transposed: PairExponents
  /// The updates are A <- baseA - dampingX L, and likewise for B.
  private let (baseA, baseB): ([Double], [Double])
  private let (dampingX, dampingY): (Double, Double)
  private(set) var a: [Double]
  private(set) var b: [Double]
  /// The last L of the rows and of the columns.
  private(set) var logSumsX: [Double]
  private(set) var logSumsY: [Double]
  /// The last L as they were computed, before any correction, and their guesses.
  private var raw: (x: [Double], y: [Double], guessX: [Double], guessY: [Double]) = ([], [], [], [])
  /// How far the columns are from their marginal; see `columnError`.
  private(set) var error = Double.infinity
  /// Mean square, by mass, of what the next update adds to B.
  private(set) var merit = Double.infinity
  private var precision = Precision.single
  /// The anchors and the errors of single precision, measured near the solution.
  private var correction: Correction?

  private struct Correction {
    let a: [Double]
    let b: [Double]
    let logSumsX: [Double]
    let logSumsY: [Double]
    let defectX: [Double]
    let defectY: [Double]
  }

  /// - Parameter state: the potentials f - p and g - q, and the soft minima, in units of the scaled cost
  init(_ problem: EntropicProblem, epsilon: Double, single: Bool, state: SinkhornState) {
    self.problem = problem
    self.epsilon = epsilon
    exponents = problem.exponents(epsilon, rows: problem.supportX, columns: problem.supportY, single: single)
    transposed = exponents.transposed
    let unit = EntropicProblem.log2e / epsilon
    func damping(_ relaxation: Double) -> Double {
      relaxation == .infinity ? 1 : relaxation / (relaxation + epsilon)
    }
    (dampingX, dampingY) = (damping(problem.relaxationX), damping(problem.relaxationY))
    func base(_ logs: [Double], _ rows: [Int], _ costs: [Double], _ relaxation: Double) -> [Double] {
      // (1 - k) / epsilon = 1 / (rho + epsilon)
      let factor = relaxation == .infinity ? 0 : EntropicProblem.log2e / (relaxation + epsilon)
      return zip(logs, rows).map { $0 - factor * costs[$1] }
    }
    baseA = base(problem.logA, problem.supportX, problem.p, problem.relaxationX)
    baseB = base(problem.logB, problem.supportY, problem.q, problem.relaxationY)
    a = zip(problem.logA, state.f).map { $0 + unit * $1 }
    b = zip(problem.logB, state.g).map { $0 + unit * $1 }
    logSumsX = state.softMinimaX.map { unit * $0 }
    logSumsY = state.softMinimaY.map { unit * $0 }
  }

  var state: SinkhornState {
    let unit = epsilon / EntropicProblem.log2e
    return SinkhornState(
      f: zip(a, problem.logA).map { unit * ($0 - $1) }, g: zip(b, problem.logB).map { unit * ($0 - $1) },
      softMinimaX: logSumsX.map { unit * $0 }, softMinimaY: logSumsY.map { unit * $0 })
  }

  enum Precision { case single, double }

  /// Updates A, so that the rows are optimal for this B, and computes the error of the columns.
  mutating func measure(_ precision: Precision) {
    self.precision = precision
    let corrected = precision == .single ? correction : nil
    let guessX = corrected?.logSumsX ?? logSumsX
    raw.guessX = guessX
    raw.x = exponents.logSums(b, anchors: corrected?.b, guess: guessX, single: precision == .single)
    logSumsX = corrected.map { zip(raw.x, $0.defectX).map(+) } ?? raw.x
    for i in a.indices { a[i] = baseA[i] - dampingX * logSumsX[i] }
    let guessY = corrected?.logSumsY ?? logSumsY
    raw.guessY = guessY
    raw.y = transposed.logSums(a, anchors: corrected?.a, guess: guessY, single: precision == .single)
    logSumsY = corrected.map { zip(raw.y, $0.defectY).map(+) } ?? raw.y
    error = columnError()
    merit = zip(columnMasses, increments).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
  }

  private var columnMasses: [Double] { zip(b, logSumsY).map { exp2($0 + $1) } }

  /// What the update adds to B.
  private var increments: [Double] { b.indices.map { baseB[$0] - dampingY * logSumsY[$0] - b[$0] } }

  /// Sinkhorn's update of B.
  mutating func updateY() {
    for j in b.indices { b[j] = baseB[j] - dampingY * logSumsY[j] }
    translate()
  }

  mutating func add(_ step: [Double], times factor: Double) {
    for j in b.indices { b[j] += factor * step[j] }
  }

  /// Measures the errors of single precision at this state, after `measure(.double)`.
  mutating func measureCorrection() {
    let x = exponents.logSums(b, guess: logSumsX, single: true)
    let y = transposed.logSums(a, guess: logSumsY, single: true)
    correction = Correction(
      a: a, b: b, logSumsX: logSumsX, logSumsY: logSumsY, defectX: zip(logSumsX, x).map(-),
      defectY: zip(logSumsY, y).map(-))
  }

  /// Newton's step for B: the solution of (1 - k_x k_y Y X) step = increments, where X takes means over the columns of
  /// a row, weighted by mass, and Y over the rows of a column. It is found by conjugate gradients in the inner product
  /// of the column masses, in which the operator is symmetric and not negative. One of their iterations costs as much
  /// as one of Sinkhorn's.
  ///
  /// - Parameters:
  ///   - tolerance: on the residual, relative to the increments
  ///   - limit: on iterations
  func newtonStep(
    tolerance: Double, limit: Int, _ interruption: Interruption?
  ) throws -> (step: [Double], iterations: Int) {
    let masses = columnMasses
    let total = masses.reduce(0, +)
    func product(_ u: [Double], _ v: [Double]) -> Double {
      var sum = 0.0
      for j in masses.indices { sum += masses[j] * u[j] * v[j] }
      return sum
    }
    let single = precision == .single
    let anchors = single ? correction : nil
    func applied(_ v: [Double]) -> [Double] {
      // Values are divided by the largest, so that vectors of any size go through single precision.
      let largest = v.reduce(0) { max($0, abs($1)) }
      guard largest > 0 else { return v }
      let rows = exponents.means(
        v.map { $0 / largest }, potentials: b, anchors: anchors?.b ?? b, logSums: raw.x, guess: raw.guessX,
        single: single)
      let columns = transposed.means(
        rows, potentials: a, anchors: anchors?.a ?? a, logSums: raw.y, guess: raw.guessY, single: single)
      let factor = largest * dampingX * dampingY
      return v.indices.map { v[$0] - factor * columns[$0] }
    }
    var residual = increments
    if problem.isBalanced {
      // Constants are in the null space of the operator.
      let mean = zip(masses, residual).reduce(0) { $0 + $1.0 * $1.1 } / total
      for j in residual.indices { residual[j] -= mean }
    }
    var step = [Double](repeating: 0, count: b.count)
    var direction = residual
    var square = product(residual, residual)
    let target = tolerance * tolerance * square
    var used = 0
    while square > target, used < limit {
      try interruption?.check()
      let image = applied(direction)
      used += 1
      let curvature = product(direction, image)
      guard curvature > 0 else { break }
      let length = square / curvature
      for j in step.indices {
        step[j] += length * direction[j]
        residual[j] -= length * image[j]
      }
      let next = product(residual, residual)
      let ratio = next / square
      square = next
      for j in step.indices { direction[j] = residual[j] + ratio * direction[j] }
    }
    return (step, used)
  }

  /// Balanced: sum_j |(P^T 1)_j - b_j| for unit mass. Otherwise max_j |ln((P^T 1)_j / (b_j e^(-g_j / rho)))|, which
  /// sees columns of any mass: it is the change of the potential in the next update, before damping.
  private func columnError() -> Double {
    if problem.isBalanced {
      return zip(columnMasses, baseB).reduce(0) { $0 + abs($1.0 - exp2($1.1)) }
    }
    return 0.6931471805599453 / dampingY * increments.reduce(0) { max($0, abs($1)) }
  }

  /// Adds a constant to f and subtracts it from g: the one that maximises the dual, which plain updates find slowly
  /// where rho is large beside epsilon (Sejourne, Vialard, Peyre 2022). The plan stays as it is.
  private mutating func translate() {
    guard !problem.isBalanced else { return }
    let (rhoX, rhoY) = (problem.relaxationX, problem.relaxationY)
    let unit = EntropicProblem.log2e / epsilon
    // log2 of sum_i a_i exp(-f_i / rho)
    func logMass(_ potentials: [Double], _ logs: [Double], _ rows: [Int], _ costs: [Double], _ rho: Double) -> Double {
      guard rho < .infinity else { return logSumOfPowers(logs) }
      let scale = epsilon / rho
      return logSumOfPowers(
        potentials.indices.map { logs[$0] - scale * (potentials[$0] - logs[$0] + unit * costs[rows[$0]]) })
    }
    let massX = logMass(a, problem.logA, problem.supportX, problem.p, rhoX)
    let massY = logMass(b, problem.logB, problem.supportY, problem.q, rhoY)
    let harmonic = rhoX == .infinity ? rhoY : rhoY == .infinity ? rhoX : rhoX / (1 + rhoX / rhoY)
    // In base 2: lambda = harmonic (ln massX - ln massY), A changes by lambda log2(e) / epsilon.
    let shift = harmonic / epsilon * (massX - massY)
    for i in a.indices { a[i] += shift }
    for j in b.indices { b[j] -= shift }
    for i in logSumsX.indices { logSumsX[i] -= shift }
    for j in logSumsY.indices { logSumsY[j] += shift }
  }

  /// L of all rows of x and of y, with and without mass.
  func logSumsOfAllRows() -> (x: [Double], y: [Double]) {
    let (x, y) = (problem.supportX, problem.supportY)
    let (n, m) = (problem.p.count, problem.q.count)
    func sums(_ rows: [Int], _ columns: [Int], ofX: Bool, _ potentials: [Double]) -> [Double] {
      if rows.isEmpty { return [] }
      let pairs =
        ofX
        ? problem.exponents(epsilon, rows: rows, columns: columns, single: false)
        : problem.exponents(epsilon, rows: columns, columns: rows, single: false).transposed
      // These rows have no guess. NaN in its place makes every row be computed from its largest term.
      return pairs.logSums(potentials, guess: [Double](repeating: .nan, count: rows.count))
    }
    func filled(_ count: Int, _ support: [Int], _ known: [Double], _ others: ([Int]) -> [Double]) -> [Double] {
      if support.count == count { return known }
      var all = [Double](repeating: .nan, count: count)
      for (row, value) in zip(support, known) { all[row] = value }
      let rest = all.indices.filter { all[$0].isNaN }
      for (row, value) in zip(rest, others(rest)) { all[row] = value }
      return all
    }
    return (
      filled(n, x, logSumsX) { sums($0, y, ofX: true, b) }, filled(m, y, logSumsY) { sums($0, x, ofX: false, a) }
    )
  }
}

/// f - p, g - q and the soft minima at the points with mass, in units of the scaled cost.
struct SinkhornState {
  var f: [Double]
  var g: [Double]
  /// epsilon ln sum_j exp(..), from which guesses of L are made for other epsilons.
  var softMinimaX: [Double]
  var softMinimaY: [Double]
}

/// log2 sum_i 2^values_i
func logSumOfPowers(_ values: [Double]) -> Double {
  guard let largest = values.max() else { return -.infinity }
  return largest + log2(values.reduce(0) { $0 + exp2($1 - largest) })
}

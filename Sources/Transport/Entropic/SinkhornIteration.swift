import CSystem
import Numerics

/// Sinkhorn's algorithm on base-2 logarithms, for one epsilon at a time.
///
/// Each half of an iteration maximises the dual over one potential: with L_i = log2 sum_j 2^(B_j + s_ij),
///
///     A_i <- log2 a_i - k L_i - (1 - k) p_i log2(e) / epsilon,   k = rho / (rho + epsilon), or 1 where the marginal holds.
struct SinkhornIteration {
  let problem: EntropicProblem
  let epsilon: Double
  let exponents: PairExponents
  private let transposed: PairExponents
  /// What the updates tend to for L = 0, and how much of L they take.
  private let (baseA, baseB): ([Double], [Double])
  private let (dampingX, dampingY): (Double, Double)
  private(set) var a: [Double]
  private(set) var b: [Double]
  /// Last L of the rows and of the columns.
  private(set) var logSumsX: [Double]
  private(set) var logSumsY: [Double]
  /// Set near the solution: what single precision starts from, and what it gets wrong.
  private var correction: Correction?

  private struct Correction {
    let a: [Double]
    let b: [Double]
    let logSumsX: [Double]
    let logSumsY: [Double]
    let defectX: [Double]
    let defectY: [Double]
  }

  /// - Parameter state: potentials, in units of the scaled cost: (f - p, g - q), and what L times epsilon was
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

  /// Updates the potential of x; returns the error of the rows before.
  mutating func updateX(_ precision: Precision, omega: Double = 1) -> Double {
    measureX(precision)
    let error = self.error(a, logSumsX, baseA, dampingX)
    for i in a.indices { a[i] += omega * (baseA[i] - dampingX * logSumsX[i] - a[i]) }
    return error
  }

  /// Updates the potential of y; returns the error of the columns before.
  mutating func updateY(_ precision: Precision, omega: Double = 1) -> Double {
    measureY(precision)
    return replaceB(omega)
  }

  private mutating func measureX(_ precision: Precision) {
    if precision == .double {
      logSumsX = exponents.logSums(b, guess: logSumsX)
    } else if let correction {
      logSumsX = exponents.logSumsInSingle(b, anchors: correction.b, guess: correction.logSumsX)
      for i in a.indices { logSumsX[i] += correction.defectX[i] }
    } else {
      logSumsX = exponents.logSumsInSingle(b, anchors: b, guess: logSumsX)
    }
  }

  private mutating func measureY(_ precision: Precision) {
    if precision == .double {
      logSumsY = transposed.logSums(a, guess: logSumsY)
    } else if let correction {
      logSumsY = transposed.logSumsInSingle(a, anchors: correction.a, guess: correction.logSumsY)
      for j in b.indices { logSumsY[j] += correction.defectY[j] }
    } else {
      logSumsY = transposed.logSumsInSingle(a, anchors: a, guess: logSumsY)
    }
  }

  private mutating func replaceB(_ omega: Double) -> Double {
    let error = self.error(b, logSumsY, baseB, dampingY)
    for j in b.indices { b[j] += omega * (baseB[j] - dampingY * logSumsY[j] - b[j]) }
    return error
  }

  /// Makes the rows exact and returns the error of the columns, both in double.
  mutating func verify() -> Double {
    _ = updateX(.double)
    measureY(.double)
    return error(b, logSumsY, baseB, dampingY)
  }

  /// The update of y that follows `verify`; before it, what single precision gets wrong here is measured if it is to go on.
  mutating func resume(correcting: Bool) {
    if correcting {
      let x = exponents.logSumsInSingle(b, anchors: b, guess: logSumsX)
      let y = transposed.logSumsInSingle(a, anchors: a, guess: logSumsY)
      correction = Correction(
        a: a, b: b, logSumsX: logSumsX, logSumsY: logSumsY, defectX: zip(logSumsX, x).map(-),
        defectY: zip(logSumsY, y).map(-))
    }
    _ = replaceB(1)
  }

  /// Balanced: sum_i |(P1)_i - a_i| for unit mass. Otherwise max_i |ln((P1)_i / (a_i e^(-f_i / rho)))|, for which no mass is too
  /// small; both say how far the update moves.
  private func error(_ potentials: [Double], _ sums: [Double], _ base: [Double], _ damping: Double) -> Double {
    var error = 0.0
    if problem.isBalanced {
      for i in potentials.indices { error += abs(exp2(potentials[i] + sums[i]) - exp2(base[i])) }
    } else {
      // The update moves A by damping times what the mass is off.
      for i in potentials.indices { error = max(error, abs(base[i] - damping * sums[i] - potentials[i])) }
      error *= 0.6931471805599453 / damping
    }
    return error
  }

  /// Adds the constant to f and takes it from g that maximises the dual, which plain updates find slowly where rho is large beside
  /// epsilon (Sejourne, Vialard, Peyre 2022). The plan stays as it is.
  mutating func translate() {
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

  /// L of all rows of x and of y, those without mass too.
  func logSumsOfAllRows() -> (x: [Double], y: [Double]) {
    let (x, y) = (problem.supportX, problem.supportY)
    let (n, m) = (problem.p.count, problem.q.count)
    func sums(_ rows: [Int], _ columns: [Int], ofX: Bool, _ potentials: [Double]) -> [Double] {
      if rows.isEmpty { return [] }
      let pairs =
        ofX
        ? problem.exponents(epsilon, rows: rows, columns: columns, single: false)
        : problem.exponents(epsilon, rows: columns, columns: rows, single: false).transposed
      // Nothing is known of them: a guess that is not a number has every row done from its largest term.
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

/// Potentials without the separate costs, and soft minima, in units of the scaled cost, on the points with mass.
struct SinkhornState {
  var f: [Double]
  var g: [Double]
  /// epsilon ln sum_j exp(..), of which log2 sums for other epsilons are guessed.
  var softMinimaX: [Double]
  var softMinimaY: [Double]
}

/// log2 sum_i 2^values_i
func logSumOfPowers(_ values: [Double]) -> Double {
  guard let largest = values.max() else { return -.infinity }
  return largest + log2(values.reduce(0) { $0 + exp2($1 - largest) })
}

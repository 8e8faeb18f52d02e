import CSystem

/// The part of an entropic solution that belongs to the particles of x, or to those of y: potentials and marginal
/// masses. All numbers are in scaled units and for masses that are divided by their sum.
struct SolvedMarginal {
  /// The rows with mass, and log2 of their masses.
  private let support: [Int]
  private let logs: [Double]
  private let relaxation: Double
  /// f or g, of all rows.
  private(set) var potentials: [Double]
  /// P 1 or P^T 1, of the rows with mass.
  let masses: [Double]

  init(x problem: EntropicProblem, _ iteration: SinkhornIteration, _ logSums: [Double]) {
    self.init(
      problem.supportX, problem.logA, problem.p, problem.relaxationX, damping: problem.dampingX,
      unit: problem.epsilon / EntropicProblem.log2e, iteration.a, iteration.logSumsX, logSumsOfAll: logSums)
  }

  init(y problem: EntropicProblem, _ iteration: SinkhornIteration, _ logSums: [Double]) {
    self.init(
      problem.supportY, problem.logB, problem.q, problem.relaxationY, damping: problem.dampingY,
      unit: problem.epsilon / EntropicProblem.log2e, iteration.b, iteration.logSumsY, logSumsOfAll: logSums)
  }

  /// - Parameters:
  ///   - costs: p or q, of all rows
  ///   - exponents: A or B, of the rows with mass
  ///   - logSums: L, of the rows with mass
  private init(
    _ support: [Int], _ logs: [Double], _ costs: [Double], _ relaxation: Double, damping: Double, unit: Double,
    _ exponents: [Double], _ logSums: [Double], logSumsOfAll: [Double]
  ) {
    (self.support, self.logs, self.relaxation) = (support, logs, relaxation)
    var potentials = costs.indices.map { damping * (costs[$0] - unit * logSumsOfAll[$0]) }
    for (place, row) in support.enumerated() {
      potentials[row] = unit * (exponents[place] - logs[place]) + costs[row]
    }
    self.potentials = potentials
    masses = zip(exponents, logSums).map { exp2($0 + $1) }
  }

  /// The mass of the plan, which is the sum of either marginal.
  var planMass: Double { masses.reduce(0, +) }

  /// The part of the dual value that this marginal's potentials make.
  var dual: Double { sum { relaxation == .infinity ? $0 : -relaxation * expm1(-$0 / relaxation) } }

  /// The mean of the potentials by mass, where the masses sum to 1.
  var meanPotential: Double { sum { $0 } }

  private func sum(_ term: (_ potential: Double) -> Double) -> Double {
    zip(support, logs).reduce(0) { $0 + exp2($1.1) * term(potentials[$1.0]) }
  }

  mutating func add(_ constant: Double) {
    for row in potentials.indices { potentials[row] += constant }
  }

  /// P 1 or P^T 1, of all rows, for masses that sum to `total`.
  func massesOfAllRows(total: Double) -> [Double] {
    var all = [Double](repeating: 0, count: potentials.count)
    for (mass, row) in zip(masses, support) { all[row] = total * mass }
    return all
  }
}

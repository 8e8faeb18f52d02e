import CSystem
import Energies
import Numerics

/// Draws from the density proportional to exp(-V / beta) by Langevin dynamics, several chains together.
///
/// A chain at x proposes y = x - e C grad V(x) + sqrt(2 beta e) L xi with L L^T = C, and, if adjusted, takes it with
/// the probability of Metropolis and Hastings (MALA, Roberts and Tweedie 1996): then the density is exact. While it
/// warms up, e follows the acceptance rate, and C becomes the covariance of what was drawn, so that scales do not
/// matter.
package struct LangevinSampler: Sendable {
  package var beta = 1.0
  package var draws = 1000
  package var warmup = 1000
  /// Nil for one that is found while warming up.
  package var step: Double?
  /// Whether proposals may be refused.
  package var adjusted = true
  package var seed: UInt64 = 0

  package init() {}

  /// Roberts and Rosenthal (1998): the best rate in many coordinates.
  private static let wantedRate = 0.574
  /// The draws of warming up that C is taken from: it is renewed at these parts.
  private static let renewals = [0.25, 0.5, 0.75]

  package struct Result: Sendable {
    /// Chain by chain: (chains draws, d).
    package var points: Matrix
    /// Accepted proposals over all, after warming up.
    package var acceptance: Double
    package var step: Double
  }

  /// The root mean square distance of starts from their mean, per coordinate; 1 where they are one.
  package static func spread(of starts: Matrix) -> Double {
    let covariance = starts.covariance
    let mean = (0..<starts.columns).reduce(0) { $0 + covariance[$1, $1] } / Double(max(1, starts.columns))
    return mean > 0 && mean.isFinite ? mean.squareRoot() : 1
  }

  private struct Chains {
    var points: Matrix
    var values: [Double]
    var gradients: [Double]
  }

  package func run(_ potential: any Potential, from start: Matrix, progress: ProgressHandler) throws -> Result {
    let (n, d, began) = (start.rows, start.columns, monotonicSeconds())
    try requireMemory(n, draws, d, of: Double.self, for: "\(draws) draws of \(counted(n, "chain"))")
    let energy = FlowEnergy(potential: potential, internalEnergy: .entropy(beta: beta))
    var chains = try look(energy, start)
    guard let bad = chains.values.firstIndex(where: { !$0.isFinite }) else {
      return try run(energy, &chains, began, progress)
    }
    throw EngineError(.nonfinite, "the potential at x0[\(bad)] is \(chains.values[bad]), not a finite number")
  }

  private func run(
    _ energy: FlowEnergy, _ chains: inout Chains, _ began: Double, _ progress: ProgressHandler
  ) throws -> Result {
    let (n, d, total) = (chains.points.rows, chains.points.columns, warmup + draws)
    var scaling = Scaling(dimension: d)
    var adaptation = StepAdaptation(step ?? firstStep(chains, scaling), wanted: Self.wantedRate)
    var result = Result(points: Matrix(rows: n * draws, columns: d), acceptance: 0, step: 0)
    var window: [Matrix] = []
    let renewals = Self.renewals.map { Int($0 * Double(warmup)) }
    var (round, accepted) = (0, 0.0)
    func goOn() -> Bool { progress(Progress(.sampling, done: round, of: total, since: began)) }
    try Interruption.during("sampling", goOn) {
      while round < total {
        let warming = round < warmup
        let length = step ?? (warming ? adaptation.step : adaptation.settled)
        let rate = try advance(&chains, energy, length, scaling, round)
        if warming {
          adaptation.learn(rate)
          window.append(chains.points)
          if renewals.contains(round + 1), window.count * n > 2 * d {
            scaling = Scaling(covarianceOf: window) ?? scaling
            window = []
            adaptation.restart()
          }
        } else {
          accepted += rate
          for chain in 0..<n {
            for a in 0..<d { result.points[chain * draws + round - warmup, a] = chains.points[chain, a] }
          }
        }
        round += 1
        if round % 64 == 0 { try Interruption.check() }
      }
    }
    (result.acceptance, result.step) = (accepted / Double(draws), step ?? adaptation.settled)
    return result
  }

  /// A step as long as it takes to cross the spread of the chains, or a unit, against the slope.
  private func firstStep(_ chains: Chains, _ scaling: Scaling) -> Double {
    let d = Double(chains.points.columns)
    let slope = chains.gradients.reduce(0) { $0 + $1 * $1 } / Double(chains.points.rows)
    return slope > 0 ? min(1, d * beta / slope) / d.squareRoot() : 1
  }

  /// Moves all chains by one proposal each and returns the mean probability of acceptance.
  private func advance(
    _ chains: inout Chains, _ energy: FlowEnergy, _ length: Double, _ scaling: Scaling, _ round: Int
  ) throws -> Double {
    let (n, d) = (chains.points.rows, chains.points.columns)
    let noise = (2 * beta * length).squareRoot()
    var (proposed, decisions) = (chains.points, [Double](repeating: 0, count: n))
    for chain in 0..<n {
      var random = PhiloxSequence(
        seed: seed, stream: RandomPurpose.chains.stream(chain), counter: UInt64(round) * UInt64(d / 2 + 2))
      let xi = (0..<d).map { _ in random.normal() }
      decisions[chain] = random.uniform()
      let drift = scaling.times(Array(chains.gradients[chain * d..<(chain + 1) * d]))
      let shift = scaling.root(xi)
      for a in 0..<d { proposed[chain, a] += noise * shift[a] - length * drift[a] }
    }
    let next = try look(energy, proposed)
    guard adjusted else {
      chains = next
      if let bad = next.points.elements.firstIndex(where: { !$0.isFinite }) {
        throw EngineError(.convergence, "chain \(bad / d) left the range of numbers; step = \(length) is too long")
      }
      return 1
    }
    var sum = 0.0
    for chain in 0..<n {
      let rows = chain * d..<(chain + 1) * d
      func offCourse(_ from: Chains, _ to: Chains) -> Double {
        // |L^-1 (y - x + e C grad V(x))|^2 / (4 beta e)
        let drift = scaling.times(Array(from.gradients[rows]))
        let white = scaling.whitened((0..<d).map { to.points[chain, $0] - from.points[chain, $0] + length * drift[$0] })
        return white.reduce(0) { $0 + $1 * $1 } / (4 * beta * length)
      }
      let logarithm =
        (chains.values[chain] - next.values[chain]) / beta + offCourse(chains, next) - offCourse(next, chains)
      let probability = logarithm.isNaN ? 0 : exp(min(0, logarithm))
      sum += probability
      guard decisions[chain] < probability else { continue }
      chains.values[chain] = next.values[chain]
      for index in rows {
        chains.points.elements[index] = next.points.elements[index]
        chains.gradients[index] = next.gradients[index]
      }
    }
    return sum / Double(n)
  }

  private func look(_ energy: FlowEnergy, _ points: Matrix) throws -> Chains {
    let found = try energy.landscape(of: points, time: 0, hessians: false)
    return Chains(points: points, values: found.values, gradients: found.gradients)
  }
}

/// C = L L^T, by which proposals are stretched.
private struct Scaling {
  private let d: Int
  /// L and L^-1, row-major lower triangles.
  private var factor, inverse: [Double]

  init(dimension d: Int) {
    self.d = d
    factor = Matrix.identity(d).elements
    inverse = factor
  }

  /// The covariance of all draws, a little towards its diagonal; nil where it has no inverse.
  init?(covarianceOf window: [Matrix]) {
    let d = window[0].columns
    var covariance = Matrix(
      rows: window.count * window[0].rows, columns: d, elements: window.flatMap(\.elements)
    ).covariance
    for a in 0..<d { for b in 0..<d where a != b { covariance[a, b] *= 0.95 } }
    let definite = covariance.elements.withUnsafeMutableBufferPointer { a in
      a.baseAddress.map { TriangularFactor.factorise($0, d) } ?? false
    }
    guard definite else { return nil }
    self.init(dimension: d)
    factor = covariance.elements
    factor.withUnsafeBufferPointer { l in
      inverse.withUnsafeMutableBufferPointer { w in
        if let l = l.baseAddress, let w = w.baseAddress { TriangularFactor.invert(l, into: w, d) }
      }
    }
  }

  /// L x
  func root(_ x: [Double]) -> [Double] { (0..<d).map { a in (0...a).reduce(0) { $0 + factor[a * d + $1] * x[$1] } } }

  /// L^-1 x
  func whitened(_ x: [Double]) -> [Double] {
    (0..<d).map { a in (0...a).reduce(0) { $0 + inverse[a * d + $1] * x[$1] } }
  }

  /// C x
  func times(_ x: [Double]) -> [Double] {
    root((0..<d).map { a in (a..<d).reduce(0) { $0 + factor[$1 * d + a] * x[$1] } })
  }
}

/// The length of a step that gives a rate of acceptance: dual averaging (Hoffman and Gelman 2014, section 3.2).
private struct StepAdaptation {
  private let wanted: Double
  private var centre: Double
  private var (logarithm, mean, error, count): (Double, Double, Double, Double)

  init(_ step: Double, wanted: Double) {
    self.wanted = wanted
    centre = log(10 * step)
    (logarithm, mean, error, count) = (log(step), 0, 0, 0)
  }

  var step: Double { exp(logarithm) }
  var settled: Double { count > 0 ? exp(mean) : step }

  mutating func restart() {
    centre = log(10) + logarithm
    (mean, error, count) = (0, 0, 0)
  }

  mutating func learn(_ rate: Double) {
    count += 1
    error += ((wanted - rate) - error) / (count + 10)
    logarithm = centre - count.squareRoot() / 0.05 * error
    let weight = pow(count, -0.75)
    mean = weight * logarithm + (1 - weight) * mean
  }
}

import Energies
import Flows
import Learning
import Numerics

/// One number and one gradient for each of n points: n values, and gradients of shape (n, d).
public typealias ValuesAndGradients = (values: [Double], gradients: Points)

/// An energy that is known, and whose flow can be computed:
///
///     J(mu) = ∫ V dmu + 1/2 ∬ U(x - y) dmu(x) dmu(y) + beta ∫ log(rho) dmu
///
/// `Energy` says which energy is to be learned; this says which one there is.
public struct FlowEnergy {
  /// V or U, from one of three sources.
  public enum Term {
    /// A benchmark energy of the literature.
    case benchmark(Benchmark)
    /// The potential V(x, t), or the interaction U, of a fitted model.
    case model(Model)
    /// A closure from points, shape (n, d), and the time to values and gradients. It is called on the thread that made
    /// the call. As U it is given n differences x_i - x_j, of one particle i at a time.
    case function((Points, _ time: Double) throws -> ValuesAndGradients)
  }

  /// V, in squared length per time; nil for none.
  public var potential: Term?
  /// U, a function of the difference of two particles, in squared length per time; nil for none.
  public var interaction: Term?
  /// The level of the internal energy, positive; that of diffusion is in squared length per time.
  public var beta: Double
  /// 1: the internal energy is beta ∫ log(rho) dmu, of diffusion. m > 1: it is beta / (m - 1) ∫ rho^(m - 1) dmu, of a
  /// porous medium.
  public var exponent: Double

  public init(potential: Term? = nil, interaction: Term? = nil, beta: Double = 1, exponent: Double = 1) {
    self.potential = potential
    self.interaction = interaction
    self.beta = beta
    self.exponent = exponent
  }
}

extension FlowEnergy {
  /// What the engine calls it.
  ///
  /// - Parameters:
  ///   - dimension: that of the base density
  ///   - length: over which it extends
  func energy(dimension: Int, length: Double) throws(JKOError) -> Flows.FlowEnergy {
    try requirePositive(beta, "beta")
    guard exponent >= 1, exponent.isFinite else {
      throw JKOError(.invalidArgument, "exponent = \(exponent) is not a finite number of at least 1")
    }
    return Flows.FlowEnergy(
      potential: try potential?.potential(dimension, length: length),
      interaction: try interaction?.interaction(dimension, length: length),
      internalEnergy: exponent == 1 ? .entropy(beta: beta) : .power(beta: beta, exponent: exponent))
  }
}

extension FlowEnergy.Term {
  /// V over d coordinates.
  ///
  /// - Parameter mayBeNaN: whether values may be no numbers. Samplers refuse such proposals; elsewhere it is an error.
  func potential(_ d: Int, length: Double, mayBeNaN: Bool = false) throws(JKOError) -> any Potential {
    try source("potential", d, length, mayBeNaN, of: { $0.potential }, as: { $0 as any Potential })
  }

  fileprivate func interaction(_ d: Int, length: Double) throws(JKOError) -> any Interaction {
    try source("interaction", d, length, false, of: { $0.interaction }, as: { $0 })
  }

  /// The term, from whichever source there is.
  ///
  /// - Parameters:
  ///   - name: what errors call the term
  ///   - modelled: takes the term from a model
  ///   - cast: sees an interaction as the term
  private func source<Found>(
    _ name: String, _ d: Int, _ length: Double, _ mayBeNaN: Bool, of modelled: (FittedModel) -> Found?,
    as cast: (any Interaction) -> Found
  ) throws(JKOError) -> Found {
    switch self {
    case .benchmark(let benchmark):
      try engine { try benchmark.functional.check(dimension: d, as: name) }
      return cast(FunctionalPotential(benchmark.functional, dimension: d, length: length))
    case .model(let model):
      guard let found = modelled(model.fitted) else {
        throw JKOError(.invalidArgument, "\(name) is a model that has no \(name)")
      }
      guard model.dimension == d else {
        throw JKOError(.shape, "\(name) is a model of \(counted(model.dimension, "coordinate")); points have \(d)")
      }
      return found
    case .function(let function):
      return cast(
        HostPotential(dimension: d, length: length, evaluation(named: name, mayBeNaN: mayBeNaN, function)))
    }
  }
}

/// What the engine calls for a closure. Its answers are checked, because the closure is not ours.
///
/// - Parameter name: what errors call the closure
func evaluation(
  named name: String, mayBeNaN: Bool = false,
  _ function: @escaping (Points, Double) throws -> ValuesAndGradients
) -> HostPotential.Evaluation {
  return { points, time, values, gradients in
    let n = values.count
    guard n > 0 else { return }
    let d = gradients.count / n
    let answer: ValuesAndGradients
    do {
      answer = try function(Points(Matrix(rows: n, columns: d, elements: Array(points))), time)
    } catch {
      let line = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
      throw EngineError(.cancelled, "\(name) threw an error: \(line)")
    }
    guard answer.values.count == n else {
      throw EngineError(.shape, "\(name) returned \(counted(answer.values.count, "value")) for \(counted(n, "point"))")
    }
    guard answer.gradients.count == n, answer.gradients.dimension == d else {
      let shape = "(\(answer.gradients.count), \(answer.gradients.dimension))"
      throw EngineError(.shape, "\(name) returned gradients of shape \(shape) for points of shape (\(n), \(d))")
    }
    let slopes = answer.gradients.elements
    if !mayBeNaN,
      let bad = answer.values.firstIndex(where: \.isNaN) ?? slopes.firstIndex(where: \.isNaN).map({ $0 / d })
    {
      throw EngineError(.nonfinite, "\(name) returned NaN for point \(bad) at time \(time)")
    }
    for (index, value) in answer.values.enumerated() { values[index] = value }
    for (index, slope) in slopes.enumerated() { gradients[index] = slope }
  }
}

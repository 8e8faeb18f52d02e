// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Densities
import Energies
import Flows
import Learning
import Numerics

@_cdecl("jko_flow_options_init") @implementation
public func jko_flow_options_init(
  _ options: UnsafeMutablePointer<jko_flow_options>!, _ struct_size: Int
) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

/// V or U, as the caller gives it.
private struct EnergySource {
  let term: String
  let functional: UnsafePointer<CChar>?
  let callback: EnergyCallback?
  let userData: UnsafeMutableRawPointer?
  let model: OpaquePointer?

  typealias EnergyCallback =
    @convention(c) (
      UnsafePointer<Double>?, Int64, Int64, Double, UnsafeMutablePointer<Double>?, UnsafeMutablePointer<Double>?,
      UnsafeMutableRawPointer?
    ) -> Int32

  /// - Parameter term: takes it from a model
  func found<Term>(
    _ base: GaussianMixture, fromModel: (FittedModel) -> Term?, as cast: (any Interaction) -> Term
  ) throws -> Term? {
    let given = [(term, functional != nil), ("\(term)_callback", callback != nil), ("\(term)_model", model != nil)]
      .filter(\.1)
    guard given.count <= 1 else {
      throw BoundaryError.invalid(
        "options->\(given[1].0) is given beside another source of the \(term); only one of them may be")
    }
    let (d, length) = (base.dimension, base.spread)
    if functional != nil {
      let name = "options->\(term)"
      let named = try Functional.named(try text(functional, name), as: name)
      try named.check(dimension: d, as: name)
      return cast(FunctionalPotential(named, dimension: d, length: length))
    }
    if let callback { return cast(host(callback, d, length)) }
    return try model.map { pointer in
      let model = try ModelHandle.fitted(pointer, "options->\(term)_model")
      guard let found = fromModel(model) else {
        throw BoundaryError.invalid("options->\(term)_model has no \(term)")
      }
      guard model.dimension == d else {
        throw BoundaryError.shape(
          "options->\(term)_model has \(counted(model.dimension, "coordinate")); base has \(d)")
      }
      return found
    }
  }

  private func host(_ callback: @escaping EnergyCallback, _ d: Int, _ length: Double) -> HostPotential {
    let (term, userData) = (term, userData)
    return HostPotential(dimension: d, length: length) { points, time, values, gradients in
      let count = Int64(points.count / d)
      let status = callback(
        points.baseAddress, count, Int64(d), time, values.baseAddress, gradients.baseAddress, userData)
      guard status == 0 else {
        throw EngineError(.cancelled, "the flow was stopped by the callback of the \(term)")
      }
      if let bad = values.firstIndex(where: \.isNaN) ?? gradients.firstIndex(where: \.isNaN).map({ $0 / d }) {
        throw EngineError(.nonfinite, "options->\(term)_callback has given NaN for point \(bad) at time \(time)")
      }
    }
  }
}

extension GaussianMixture {
  /// The root mean square distance from the mean, per coordinate.
  fileprivate var spread: Double {
    let matrix = covariance
    return ((0..<dimension).reduce(0) { $0 + matrix[$1, $1] } / Double(dimension)).squareRoot()
  }
}

extension jko_flow_options {
  static var defaults: jko_flow_options {
    let usual = FlowOptions()
    var defaults = jko_flow_options()
    defaults.struct_size = MemoryLayout<jko_flow_options>.size
    (defaults.beta, defaults.exponent) = (1, 1)
    (defaults.step, defaults.steps, defaults.t0) = (usual.step, Int64(usual.steps), usual.t0)
    (defaults.bumps, defaults.neighbour) = (Int64(usual.bumps), Int64(usual.neighbour))
    (defaults.particles, defaults.seed) = (Int64(usual.particles), usual.seed)
    return defaults
  }

  func energy(from base: GaussianMixture) throws -> FlowEnergy {
    let potential = EnergySource(
      term: "potential", functional: potential, callback: potential_callback, userData: potential_callback_user_data,
      model: potential_model)
    let interaction = EnergySource(
      term: "interaction", functional: interaction, callback: interaction_callback,
      userData: interaction_callback_user_data, model: interaction_model)
    let beta = try requirePositive(beta, "options->beta")
    guard exponent >= 1, exponent.isFinite else {
      throw BoundaryError.invalid("options->exponent = \(exponent) is not a number of at least 1")
    }
    return FlowEnergy(
      potential: try potential.found(base, fromModel: { $0.potential }, as: { $0 as any Potential }),
      interaction: try interaction.found(base, fromModel: { $0.interaction }, as: { $0 }),
      internalEnergy: exponent == 1 ? .entropy(beta: beta) : .power(beta: beta, exponent: exponent))
  }

  func flow() throws -> FlowOptions {
    var wanted = FlowOptions()
    switch scheme {
    case jko_flow_scheme(JKO_FLOW_JKO): wanted.scheme = .jko
    case jko_flow_scheme(JKO_FLOW_SDIRK2): wanted.scheme = .sdirk2
    case jko_flow_scheme(JKO_FLOW_BDF2): wanted.scheme = .bdf2
    default: throw BoundaryError.invalid("options->scheme = \(scheme) is not one of JKO_FLOW_*, 0 to 2")
    }
    wanted.step = try requirePositive(step, "options->step")
    wanted.steps = try requireCount(steps, "options->steps", in: FlowOptions.stepCounts)
    wanted.t0 = try requireFinite(t0, "options->t0")
    wanted.bumps = try requireCount(bumps, "options->bumps", in: FlowOptions.bumpCounts)
    wanted.neighbour = try requireCount(neighbour, "options->neighbour", in: 1...FlowOptions.bumpCounts.upperBound)
    wanted.particles = try requireCount(particles, "options->particles", in: FlowOptions.particleCounts)
    wanted.seed = seed
    return wanted
  }
}

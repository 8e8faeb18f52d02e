// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Densities
import Energies
import Flows
import Numerics

@_cdecl("jko_flow_options_init") @implementation
public func jko_flow_options_init(
  _ options: UnsafeMutablePointer<jko_flow_options>!, _ struct_size: Int
) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

extension jko_flow_options {
  static var defaults: jko_flow_options {
    let usual = FlowOptions()
    var defaults = jko_flow_options()
    defaults.struct_size = MemoryLayout<jko_flow_options>.size
    (defaults.beta, defaults.exponent) = (1, 1)
    (defaults.step, defaults.steps, defaults.t0) = (usual.step, Int64(usual.steps), usual.t0)
    (defaults.bumps, defaults.neighbour) = (Int64(usual.bumps), Int64(usual.neighbour))
    (defaults.components, defaults.seed) = (-1, usual.seed)
    defaults.hidden_count = Int32(usual.hidden.count)
    withUnsafeMutableBytes(of: &defaults.hidden) {
      for index in $0.bindMemory(to: Int32.self).indices { $0.bindMemory(to: Int32.self)[index] = 64 }
    }
    (defaults.rank, defaults.iterations) = (Int64(usual.rank), Int64(usual.iterations))
    (defaults.batch_size, defaults.learning_rate) = (Int64(usual.batch), usual.rate)
    return defaults
  }

  func energy(from base: any BaseDensity) throws -> FlowEnergy {
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
      potential: try potential.found(
        base.dimension, length: base.spread, fromModel: { $0.potential }, as: { $0 as any Potential }),
      interaction: try interaction.found(
        base.dimension, length: base.spread, fromModel: { $0.interaction }, as: { $0 }),
      internalEnergy: exponent == 1 ? .entropy(beta: beta) : .power(beta: beta, exponent: exponent))
  }

  func flow() throws -> FlowOptions {
    var wanted = FlowOptions()
    switch scheme {
    case jko_flow_scheme(JKO_FLOW_JKO): wanted.scheme = .jko
    case jko_flow_scheme(JKO_FLOW_SDIRK2): wanted.scheme = .sdirk2
    case jko_flow_scheme(JKO_FLOW_BDF2): wanted.scheme = .bdf2
    case jko_flow_scheme(JKO_FLOW_MIDPOINT): wanted.scheme = .midpoint
    default: throw BoundaryError.invalid("options->scheme = \(scheme) is not one of JKO_FLOW_*, 0 to 3")
    }
    wanted.step = try requirePositive(step, "options->step")
    wanted.steps = try requireCount(steps, "options->steps", in: FlowOptions.stepCounts)
    wanted.t0 = try requireFinite(t0, "options->t0")
    wanted.bumps = try requireCount(bumps, "options->bumps", in: FlowOptions.bumpCounts)
    wanted.neighbour = try requireCount(neighbour, "options->neighbour", in: 1...FlowOptions.bumpCounts.upperBound)
    if components != -1 {
      wanted.components = try requireCount(components, "options->components", in: FlowOptions.mixtureSizes)
    }
    if particles != 0 {
      wanted.particles = try requireCount(particles, "options->particles", in: FlowOptions.particleCounts)
    }
    wanted.seed = seed
    switch method {
    case jko_flow_method(JKO_FLOW_FEATURES): wanted.method = .features
    case jko_flow_method(JKO_FLOW_NETWORK): wanted.method = .network
    case jko_flow_method(JKO_FLOW_PARTICLES): wanted.method = .particles
    default:
      throw BoundaryError.invalid(
        "options->method = \(method) is not one of JKO_FLOW_FEATURES, _NETWORK or _PARTICLES, 0 to 2")
    }
    let layers = try requireCount(hidden_count, "options->hidden_count", in: 1...FlowOptions.mostLayers)
    wanted.hidden = try withUnsafeBytes(of: hidden) { bytes in
      try (0..<layers).map {
        try requireCount(bytes.bindMemory(to: Int32.self)[$0], "options->hidden[\($0)]", in: FlowOptions.widths)
      }
    }
    wanted.rank = try requireCount(rank, "options->rank", in: FlowOptions.ranks)
    wanted.iterations = try requireCount(iterations, "options->iterations", in: FlowOptions.iterationCounts)
    wanted.batch = try requireCount(batch_size, "options->batch_size", in: FlowOptions.batchSizes)
    wanted.rate = try requirePositive(learning_rate, "options->learning_rate")
    if checkpoint != nil {
      wanted.checkpoint = FlowOptions.Checkpoint(
        path: try text(checkpoint, "options->checkpoint"), resumes: resume != 0)
    } else if resume != 0 {
      throw BoundaryError.invalid("options->resume = \(resume) needs a checkpoint, which is NULL")
    }
    return wanted
  }
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Densities
import Energies
import Learning
import Numerics

@_cdecl("jko_model_options_init") @implementation
public func jko_model_options_init(_ options: UnsafeMutablePointer<jko_model_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_network_options_init") @implementation
public func jko_network_options_init(_ options: UnsafeMutablePointer<jko_network_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

/// Validated model options; the defaults for NULL.
func modelOptions(_ pointer: UnsafePointer<jko_model_options>?) throws -> ModelOptions {
  let given = try options(pointer, "options", defaults: .defaults)
  let scheme: Scheme?
  switch given.scheme {
  case jko_scheme(JKO_SCHEME_USUAL): scheme = nil
  case jko_scheme(JKO_SCHEME_IMPLICIT): scheme = .implicit
  case jko_scheme(JKO_SCHEME_EXPLICIT): scheme = .explicit
  case jko_scheme(JKO_SCHEME_MIDPOINT): scheme = .midpoint
  default:
    throw BoundaryError.invalid(
      "options->scheme = \(given.scheme) is not one of JKO_SCHEME_*, -1 to 2")
  }
  let potential = try GivenTerm("potential", given.potential, given.potential_network, given.potential_features)
    .parametrization(network: nil)
  let interaction = try GivenTerm(
    "interaction", given.interaction, given.interaction_network, given.interaction_features
  ).parametrization(network: potential?.network)
  let model = ModelOptions(
    potential: potential, interaction: interaction, internal: try modelDensity(given), scheme: scheme,
    timeVarying: given.time_varying != 0 && given.time_varying != timeVaryingByData,
    decidesTime: given.time_varying == timeVaryingByData)
  try model.check()
  return model
}

/// JKO_TIME_VARYING_BY_DATA, which Swift does not see because its value is in parentheses.
let timeVaryingByData: Int32 = -1

/// The members of the options that concern V, or U.
private struct GivenTerm {
  let name: String
  let kind: jko_parametrisation
  let network: UnsafePointer<jko_network_options>?
  let features: UnsafePointer<jko_feature_options>?

  init(
    _ name: String, _ kind: jko_parametrisation, _ network: UnsafePointer<jko_network_options>?,
    _ features: UnsafePointer<jko_feature_options>?
  ) {
    (self.name, self.kind, self.network, self.features) = (name, kind, network, features)
  }

  /// Nil for a term that the energy does not have.
  ///
  /// - Parameter usual: the network where none is given; nil for the defaults
  func parametrization(network usual: ModelOptions.NetworkOptions?) throws -> ModelOptions.Parametrization? {
    switch kind {
    case jko_parametrisation(JKO_NONE):
      try refuse(network != nil, "network", "there is none")
      try refuse(features != nil, "features", "there is none")
      return nil
    case jko_parametrisation(JKO_NETWORK):
      try refuse(features != nil, "features", "it is a network")
      if network == nil, let usual { return .network(usual) }
      return .network(try networkOptions(network, "options->\(name)_network"))
    case jko_parametrisation(JKO_LINEAR):
      try refuse(network != nil, "network", "it is linear")
      return .linear(try featureOptions(features, "options->\(name)_features"))
    default:
      throw BoundaryError.invalid("options->\(name) = \(kind) is not JKO_NONE (0), JKO_NETWORK (1) or JKO_LINEAR (2)")
    }
  }

  /// Throws where options are given that would have no effect.
  private func refuse(_ isGiven: Bool, _ what: String, _ why: String) throws {
    guard isGiven else { return }
    throw BoundaryError.invalid("options->\(name)_\(what) is given for the \(name), but \(why); it must be NULL")
  }
}

private func networkOptions(
  _ pointer: UnsafePointer<jko_network_options>?, _ name: String
) throws -> ModelOptions.NetworkOptions {
  let given = try options(pointer, name, defaults: .defaults)
  let count = try requireCount(given.hidden_count, "\(name)->hidden_count", in: ModelOptions.hiddenCounts)
  let widths = withUnsafeBytes(of: given.hidden) { Array($0.bindMemory(to: Int32.self)) }
  let activation: Activation
  switch given.activation {
  case jko_activation(JKO_ACTIVATION_SOFTPLUS): activation = .softplus
  case jko_activation(JKO_ACTIVATION_SILU): activation = .silu
  case jko_activation(JKO_ACTIVATION_TANH): activation = .tanh
  default:
    throw BoundaryError.invalid("\(name)->activation = \(given.activation) is not one of JKO_ACTIVATION_*, 0 to 2")
  }
  return ModelOptions.NetworkOptions(
    hidden: try (0..<count).map {
      try requireCount(widths[$0], "\(name)->hidden[\($0)]", in: ModelOptions.hiddenWidths)
    }, activation: activation)
}

/// How snapshots' densities are estimated; nil without internal energy. The seed is that of the fit.
private func modelDensity(_ given: jko_model_options) throws -> DensityOptions? {
  guard given.internal != 0 else {
    guard given.density == nil else {
      throw BoundaryError.invalid("options->density is given, and the energy has no internal energy; it must be NULL")
    }
    return nil
  }
  let density = try options(given.density, "options->density", defaults: .defaults)
  for (member, isGiven) in [
    ("start", density.start != nil), ("progress", density.progress != nil), ("seed", density.seed != 0),
    ("absolute_regularisation", density.absolute_regularisation != 0),
  ] where isGiven {
    throw BoundaryError.invalid("options->density->\(member) is given, but the densities of a model have none")
  }
  return try densityOptions(density, "options->density")
}

extension jko_model_options {
  static var defaults: jko_model_options {
    var defaults = jko_model_options()
    defaults.struct_size = MemoryLayout<jko_model_options>.size
    defaults.potential = jko_parametrisation(JKO_NETWORK)
    defaults.interaction = jko_parametrisation(JKO_NONE)
    defaults.scheme = jko_scheme(JKO_SCHEME_USUAL)
    return defaults
  }
}

extension jko_network_options {
  static var defaults: jko_network_options {
    var defaults = jko_network_options()
    defaults.struct_size = MemoryLayout<jko_network_options>.size
    defaults.hidden_count = 2
    defaults.activation = jko_activation(JKO_ACTIVATION_SILU)
    defaults.hidden = (64, 64, 64, 64, 64, 64, 64, 64)
    return defaults
  }
}

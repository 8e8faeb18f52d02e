import Densities
import Energies
import Files
import Numerics

extension ModelOptions {
  package var description: JSON {
    var members: [(name: String, value: JSON)] = []
    switch potential {
    case .network(let network)?:
      members = [
        ("potential", .string("mlp")), ("hidden", .numbers(network.hidden)),
        ("activation", .string(network.activation.rawValue)),
      ]
    case .linear(let features)?: members = [("potential", .string("linear"))] + features.description
    case nil: members = [("potential", .null)]
    }
    switch interaction {
    case .network(let network)?:
      members += [
        ("interaction", .string("mlp")), ("interaction_hidden", .numbers(network.hidden)),
        ("interaction_activation", .string(network.activation.rawValue)),
      ]
    case .linear(let features)?:
      members += [("interaction", .string("linear")), ("interaction_features", .object(features.description))]
    case nil: members.append(("interaction", .null))
    }
    members.append(("internal", .bool(`internal` != nil)))
    if let density = `internal` { members.append(("density", density.description)) }
    members += [("scheme", .string(scheme.rawValue)), ("time_varying", .bool(timeVarying))]
    if hasUsualScheme { members.append(("scheme_usual", .bool(true))) }
    return .object(decidesTime ? members + [("time_decided", .bool(true))] : members)
  }

  /// Nil where the description is not one of a model.
  init?(_ description: JSON) {
    guard let hasUsualScheme = description.option("scheme_usual", missing: false, \.bool),
      let scheme = description["scheme"]?.string.flatMap(Scheme.init(rawValue:)),
      let timeVarying = description["time_varying"]?.bool,
      let decidesTime = description.option("time_decided", missing: false, \.bool),
      let hasInternal = description["internal"]?.bool
    else { return nil }
    func network(_ prefix: String) -> NetworkOptions? {
      guard let hidden = description[prefix + "hidden"]?.integers, !hidden.isEmpty else { return nil }
      // Files without an activation are of a time when there was but one.
      guard let activation = description.namedOption(prefix + "activation", missing: Activation.softplus)
      else { return nil }
      return NetworkOptions(hidden: hidden, activation: activation)
    }
    var (interaction, density): (Parametrization?, DensityOptions?) = (nil, nil)
    switch description["interaction"] {
    case .string("linear")?:
      guard let features = description["interaction_features"].flatMap({ FeatureOptions($0) }) else { return nil }
      interaction = .linear(features)
    case .string("mlp")?:
      guard let options = network("interaction_") else { return nil }
      interaction = .network(options)
    case .null?: break
    default: return nil
    }
    if hasInternal {
      guard let options = description["density"].flatMap({ DensityOptions($0) }) else { return nil }
      density = options
    }
    let potential: Parametrization?
    switch description["potential"] {
    case .string("mlp")?:
      guard let options = network("") else { return nil }
      potential = .network(options)
    case .string("linear")?:
      guard let features = FeatureOptions(description) else { return nil }
      potential = .linear(features)
    case .null?: potential = nil
    default: return nil
    }
    self.init(
      potential: potential, interaction: interaction, internal: density, scheme: hasUsualScheme ? nil : scheme,
      timeVarying: timeVarying, decidesTime: decidesTime)
  }
}

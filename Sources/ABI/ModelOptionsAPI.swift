// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Densities
import Energies
import Learning
import Numerics
import Transport

@_cdecl("jko_model_options_init") @implementation
public func jko_model_options_init(_ options: UnsafeMutablePointer<jko_model_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_fit_options_init") @implementation
public func jko_fit_options_init(_ options: UnsafeMutablePointer<jko_fit_options>!, _ struct_size: Int) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

/// Validated model options; the defaults for NULL.
func modelOptions(_ pointer: UnsafePointer<jko_model_options>?) throws -> ModelOptions {
  let given = try options(pointer, "options", defaults: .defaults)
  let scheme: Scheme
  switch given.scheme {
  case jko_scheme(JKO_SCHEME_IMPLICIT): scheme = .implicit
  case jko_scheme(JKO_SCHEME_EXPLICIT): scheme = .explicit
  default:
    throw BoundaryError.invalid(
      "options->scheme = \(given.scheme) is neither JKO_SCHEME_IMPLICIT (0) nor JKO_SCHEME_EXPLICIT (1)")
  }
  let model = ModelOptions(
    potential: try parametrization(given), interaction: try interaction(given),
    internal: given.internal != 0 ? try modelDensity(given.density) : nil, scheme: scheme,
    timeVarying: given.time_varying != 0)
  try model.check()
  return model
}

private func interaction(_ given: jko_model_options) throws -> ModelOptions.Parametrization? {
  switch given.interaction {
  case jko_interaction(JKO_INTERACTION_NONE): return nil
  case jko_interaction(JKO_INTERACTION_MLP):
    // Unless something else is asked for, as wide and as deep as V.
    let count = given.interaction_hidden_count == 0 ? given.hidden_count : given.interaction_hidden_count
    let widths = given.interaction_hidden_count == 0 ? given.hidden : given.interaction_hidden
    let name = given.interaction_hidden_count == 0 ? "hidden" : "interaction_hidden"
    return .network(try network(count, widths, name, given.activation))
  case jko_interaction(JKO_INTERACTION_LINEAR):
    return .linear(try featureOptions(given.interaction_features, "options->interaction_features"))
  default:
    throw BoundaryError.invalid(
      "options->interaction = \(given.interaction) is neither JKO_INTERACTION_NONE (0) nor JKO_INTERACTION_MLP (1) nor JKO_INTERACTION_LINEAR (2)"
    )
  }
}

private typealias Widths = (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32)

private func network(
  _ count: Int32, _ widths: Widths, _ name: String, _ activation: jko_activation
) throws -> ModelOptions.NetworkOptions {
  let count = try requireCount(count, "options->\(name)_count", in: 1...Int(JKO_MAX_HIDDEN_LAYERS))
  let widths = withUnsafeBytes(of: widths) { Array($0.bindMemory(to: Int32.self)) }
  let chosen: Activation
  switch activation {
  case jko_activation(JKO_ACTIVATION_SOFTPLUS): chosen = .softplus
  case jko_activation(JKO_ACTIVATION_SILU): chosen = .silu
  case jko_activation(JKO_ACTIVATION_TANH): chosen = .tanh
  default: throw BoundaryError.invalid("options->activation = \(activation) is not one of JKO_ACTIVATION_*, 0 to 2")
  }
  return ModelOptions.NetworkOptions(
    hidden: try (0..<count).map {
      try requireCount(widths[$0], "options->\(name)[\($0)]", in: ModelOptions.hiddenWidths)
    }, activation: chosen)
}

/// How snapshots' densities are estimated; the fit has the seed.
private func modelDensity(_ given: jko_density_options) throws -> DensityOptions {
  guard given.start == nil, given.progress == nil, given.seed == 0, given.absolute_regularization == 0 else {
    throw BoundaryError.invalid(
      "options->density has a start, progress, seed or absolute_regularization; a model's densities have none")
  }
  return try withUnsafePointer(to: given) { try densityOptions($0).0 }
}

private func parametrization(_ given: jko_model_options) throws -> ModelOptions.Parametrization? {
  switch given.potential {
  case jko_potential(JKO_POTENTIAL_NONE): return nil
  case jko_potential(JKO_POTENTIAL_MLP):
    return .network(try network(given.hidden_count, given.hidden, "hidden", given.activation))
  case jko_potential(JKO_POTENTIAL_LINEAR):
    return .linear(try featureOptions(given.potential_features, "options->potential_features"))
  default:
    throw BoundaryError.invalid(
      "options->potential = \(given.potential) is neither JKO_POTENTIAL_NONE (0) nor JKO_POTENTIAL_MLP (1) nor JKO_POTENTIAL_LINEAR (2)"
    )
  }
}

/// Validated fit options and the progress handler; the defaults for NULL.
func fitOptions(_ pointer: UnsafePointer<jko_fit_options>?) throws -> (FitOptions, ProgressHandler) {
  let given = try options(pointer, "options", defaults: .defaults)
  try requireZero(given.reserved, "options->reserved")
  let precision: FitOptions.Precision
  switch given.precision {
  case jko_dtype(JKO_FLOAT32): precision = .float32
  case jko_dtype(JKO_FLOAT64): precision = .float64
  default:
    throw BoundaryError.invalid(
      "options->precision = \(given.precision) is neither JKO_FLOAT64 (0) nor JKO_FLOAT32 (1)")
  }
  try requireZero(given.reserved2, "options->reserved2")
  let entropic = try entropicOptions(
    method: given.coupling, "coupling", prefix: "plan_", epsilon: given.epsilon,
    relaxation: (given.relaxation_x, given.relaxation_y),
    tolerance: given.plan_tolerance, maxIterations: given.plan_max_iterations)
  let fit = FitOptions(
    epochs: try requireCount(given.epochs, "options->epochs", in: FitOptions.epochCounts),
    batchSize: min(
      try requireCount(given.batch_size, "options->batch_size", in: 1...Int.max), FitOptions.batchSizes.upperBound),
    learningRate: try requirePositive(given.learning_rate, "options->learning_rate"),
    clipNorm: try requirePositive(given.clip_norm, "options->clip_norm"),
    ridge: try ridge(given), precision: precision, seed: given.seed,
    coupling: entropic.map { .entropic($0) } ?? .exact, errorBars: try errorBars(given),
    interactionSamples: try interactionSamples(given), training: try trainingOptions(given))
  return (fit, progressHandler(given.progress, given.user_data))
}

private func ridge(_ given: jko_fit_options) throws -> Ridge {
  let ridge: Ridge =
    given.ridge == usualRidge ? .usual : .fixed(try requireNotNegative(given.ridge, "options->ridge"))
  switch given.ridge_method {
  case jko_ridge_method(JKO_RIDGE_FIXED): return ridge
  case jko_ridge_method(JKO_RIDGE_CROSS_VALIDATED): return .crossValidated
  default:
    throw BoundaryError.invalid(
      "options->ridge_method = \(given.ridge_method) is neither JKO_RIDGE_FIXED (0) nor JKO_RIDGE_CROSS_VALIDATED (1)")
  }
}

/// Nil for the whole snapshot.
private func interactionSamples(_ given: jko_fit_options) throws -> Int? {
  guard given.interaction_samples != 0 else { return nil }
  let range = FitOptions.interactionSampleCounts
  return min(
    try requireCount(given.interaction_samples, "options->interaction_samples", in: range.lowerBound...Int.max),
    range.upperBound)
}

/// JKO_RIDGE_USUAL, whose parentheses Swift does not read.
private let usualRidge = -1.0

private func errorBars(_ given: jko_fit_options) throws -> ErrorBars {
  let samples = try requireCount(given.bootstrap_samples, "options->bootstrap_samples", in: ErrorBars.sampleCounts)
  switch given.error_bars {
  case jko_error_bars(JKO_ERROR_BARS_NONE): return .none
  case jko_error_bars(JKO_ERROR_BARS_INFLUENCE): return .influence
  case jko_error_bars(JKO_ERROR_BARS_BOOTSTRAP): return .bootstrap(samples: samples)
  default:
    throw BoundaryError.invalid("options->error_bars = \(given.error_bars) is not one of JKO_ERROR_BARS_*, 0 to 2")
  }
}

extension jko_model_options {
  static var defaults: jko_model_options {
    var defaults = jko_model_options()
    defaults.density = .defaults
    defaults.struct_size = MemoryLayout<jko_model_options>.size
    defaults.potential = jko_potential(JKO_POTENTIAL_MLP)
    defaults.scheme = jko_scheme(JKO_SCHEME_EXPLICIT)
    defaults.hidden_count = 2
    defaults.hidden = (64, 64, 64, 64, 64, 64, 64, 64)
    defaults.potential_features = .defaults
    defaults.interaction_features = .defaults
    return defaults
  }
}

extension jko_fit_options {
  static var defaults: jko_fit_options {
    let fit = FitOptions()
    var defaults = jko_fit_options()
    defaults.struct_size = MemoryLayout<jko_fit_options>.size
    defaults.epochs = Int64(fit.epochs)
    defaults.batch_size = Int64(fit.batchSize)
    defaults.learning_rate = fit.learningRate
    defaults.clip_norm = fit.clipNorm
    defaults.ridge = usualRidge
    defaults.precision = jko_dtype(JKO_FLOAT32)
    defaults.coupling = jko_plan_method(JKO_PLAN_EXACT)
    defaults.plan_tolerance = EntropicOptions().tolerance
    defaults.plan_max_iterations = Int64(EntropicOptions().maxIterations)
    defaults.relaxation_x = .infinity
    defaults.relaxation_y = .infinity
    defaults.bootstrap_samples = 200
    defaults.schedule = jko_schedule(JKO_SCHEDULE_COSINE)
    defaults.final_rate = fit.training.finalRate
    defaults.last_layer_every = 10
    let validation = TrainingOptions.Validation(criterion: .loss)
    defaults.validation_fraction = validation.fraction
    defaults.validation_every = Int64(validation.every)
    defaults.patience = Int64(validation.patience)
    defaults.checkpoint_every = 100
    return defaults
  }
}

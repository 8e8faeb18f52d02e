// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
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
  return ModelOptions(
    potential: try parametrization(given), scheme: scheme, timeVarying: given.time_varying != 0)
}

private func parametrization(_ given: jko_model_options) throws -> ModelOptions.Parametrization {
  switch given.potential {
  case jko_potential(JKO_POTENTIAL_MLP):
    let count = try requireCount(given.hidden_count, "options->hidden_count", in: 1...Int(JKO_MAX_HIDDEN_LAYERS))
    let widths = withUnsafeBytes(of: given.hidden) { Array($0.bindMemory(to: Int32.self)) }
    return .network(
      hidden: try (0..<count).map {
        try requireCount(widths[$0], "options->hidden[\($0)]", in: ModelOptions.hiddenWidths)
      })
  case jko_potential(JKO_POTENTIAL_LINEAR):
    let features = try featureOptions(given.potential_features, "options->potential_features")
    // There is no interaction yet that these would describe, but what is given must make sense.
    _ = try featureOptions(given.interaction_features, "options->interaction_features")
    return .linear(features)
  default:
    throw BoundaryError.invalid(
      "options->potential = \(given.potential) is neither JKO_POTENTIAL_MLP (1) nor JKO_POTENTIAL_LINEAR (2)")
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
    ridge: try requireNotNegative(given.ridge, "options->ridge"), precision: precision, seed: given.seed,
    coupling: entropic.map { .entropic($0) } ?? .exact)
  return (fit, progressHandler(given.progress, given.user_data))
}

extension jko_model_options {
  static var defaults: jko_model_options {
    var defaults = jko_model_options()
    defaults.struct_size = MemoryLayout<jko_model_options>.size
    defaults.potential = jko_potential(JKO_POTENTIAL_MLP)
    defaults.scheme = jko_scheme(JKO_SCHEME_IMPLICIT)
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
    defaults.ridge = fit.ridge
    defaults.precision = jko_dtype(JKO_FLOAT32)
    defaults.coupling = jko_plan_method(JKO_PLAN_EXACT)
    defaults.plan_tolerance = EntropicOptions().tolerance
    defaults.plan_max_iterations = Int64(EntropicOptions().maxIterations)
    defaults.relaxation_x = .infinity
    defaults.relaxation_y = .infinity
    return defaults
  }
}

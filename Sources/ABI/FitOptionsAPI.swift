// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics
import Transport

@_cdecl("jko_fit_options_init") @implementation
public func jko_fit_options_init(_ options: UnsafeMutablePointer<jko_fit_options>!, _ struct_size: Int) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

/// Validated fit options and the progress handler; the defaults for NULL.
///
/// - Parameter model: what is fitted; options that it has no use for are refused
func fitOptions(
  _ pointer: UnsafePointer<jko_fit_options>?, for model: ModelOptions
) throws -> (FitOptions, ProgressHandler) {
  let given = try options(pointer, "options", defaults: .defaults)
  guard given.training == nil || model.hasNetworks else {
    throw BoundaryError.invalid(
      "options->training is for energies with networks, and this one has a closed form; it must be NULL")
  }
  var fit = try trainingOptions(given.training, "options->training")
  fit.seed = given.seed
  fit.ridge = try ridge(given)
  fit.coupling = try coupling(given.transport)
  fit.errorBars = try errorBars(given, for: model)
  fit.biasSamples = try requireCount(given.bias_samples, "options->bias_samples", in: FitOptions.biasSampleCounts)
  fit.rollout = try rollout(given)
  if given.growth != nil { fit.growth = try GrowthHandle.of(given.growth, "options->growth") }
  return (fit, progressHandler(given.progress, given.progress_user_data))
}

private func rollout(_ given: jko_fit_options) throws -> FitOptions.RolloutSteps {
  let isUsual = given.rollout_weight == usualRollout
  let weight = isUsual ? 0 : try requireNotNegative(given.rollout_weight, "options->rollout_weight")
  guard weight < 1 else {
    throw BoundaryError.invalid("options->rollout_weight = \(weight) is not less than 1")
  }
  let rounds = try requireCount(
    given.rollout_rounds, "options->rollout_rounds", in: FitOptions.RolloutTraining.roundCounts)
  return FitOptions.RolloutSteps(weight: isUsual ? nil : weight, rounds: rounds)
}

private func coupling(_ pointer: UnsafePointer<jko_plan_options>?) throws -> FitOptions.Coupling {
  let name = "options->transport"
  let given = try options(pointer, name, defaults: .defaults)
  guard given.metric == jko_metric(JKO_SQEUCLIDEAN) else {
    throw BoundaryError.invalid(
      "\(name)->metric = \(given.metric) is not JKO_SQEUCLIDEAN (0), the cost of the plans that energies are fitted to")
  }
  guard given.progress == nil else {
    throw BoundaryError.invalid("\(name)->progress is given; the fit has a progress callback of its own")
  }
  return try entropicOptions(given, name).map { .entropic($0) } ?? .exact
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

/// JKO_RIDGE_USUAL. Swift does not import the macro, because its value is in parentheses.
private let usualRidge = -1.0

/// JKO_ROLLOUT_USUAL, likewise.
private let usualRollout = -1.0

private func errorBars(_ given: jko_fit_options, for model: ModelOptions) throws -> ErrorBars {
  let samples =
    given.bootstrap_samples == 0
    ? ErrorBars.usualSamples(for: model)
    : try requireCount(given.bootstrap_samples, "options->bootstrap_samples", in: ErrorBars.sampleCounts)
  switch given.error_bars {
  case jko_error_bars(JKO_ERROR_BARS_NONE): return .none
  case jko_error_bars(JKO_ERROR_BARS_INFLUENCE): return .influence
  case jko_error_bars(JKO_ERROR_BARS_BOOTSTRAP): return .bootstrap(samples: samples)
  default:
    throw BoundaryError.invalid("options->error_bars = \(given.error_bars) is not one of JKO_ERROR_BARS_*, 0 to 2")
  }
}

extension jko_fit_options {
  static var defaults: jko_fit_options {
    var defaults = jko_fit_options()
    defaults.struct_size = MemoryLayout<jko_fit_options>.size
    defaults.ridge = usualRidge
    defaults.rollout_weight = usualRollout
    defaults.rollout_rounds = Int64(FitOptions.RolloutTraining().rounds)
    return defaults
  }
}

import CJKOnetStar
import Densities
import Numerics

/// Validated options of an estimate, the seed and the progress handler; the defaults for NULL.
func densityOptions(
  _ pointer: UnsafePointer<jko_density_options>?
) throws -> (DensityOptions, seed: UInt64, ProgressHandler) {
  let given = try options(pointer, "options", defaults: .defaults)
  return (
    try densityOptions(given, "options"), given.seed, progressHandler(given.progress, given.progress_user_data)
  )
}

/// - Parameter name: what messages call the options
func densityOptions(_ given: jko_density_options, _ name: String) throws -> DensityOptions {
  switch given.kind {
  case jko_density_kind(JKO_DENSITY_MIXTURE): return .gaussianMixture(try mixtureOptions(given, name))
  case jko_density_kind(JKO_DENSITY_KERNEL): return .kernel(try bandwidth(given, name))
  default:
    throw BoundaryError.invalid(
      "\(name)->kind = \(given.kind) is neither JKO_DENSITY_MIXTURE (0) nor JKO_DENSITY_KERNEL (1)")
  }
}

private func mixtureOptions(_ given: jko_density_options, _ name: String) throws -> MixtureOptions {
  var options = MixtureOptions()
  options.kind = try mixtureKind(given.covariance, "\(name)->covariance")
  let counts = GaussianMixture.componentCounts
  options.components =
    given.components == 0
    ? .upTo(try requireCount(given.max_components, "\(name)->max_components", in: counts))
    : .exactly(try requireCount(given.components, "\(name)->components", in: counts))
  options.restarts = try requireCount(given.restarts, "\(name)->restarts", in: MixtureOptions.restartCounts)
  options.maxIterations = try requireCount(
    given.max_iterations, "\(name)->max_iterations", in: MixtureOptions.iterationCounts)
  options.tolerance = try requireNotNegative(given.tolerance, "\(name)->tolerance")
  options.regularization = try requireNotNegative(given.regularisation, "\(name)->regularisation")
  options.absoluteRegularization = try requireNotNegative(
    given.absolute_regularisation, "\(name)->absolute_regularisation")
  if let start = given.start { options.start = try DensityHandle.mixture(start, "\(name)->start") }
  return options
}

func mixtureKind(_ covariance: jko_covariance, _ name: String) throws -> GaussianMixture.Kind {
  switch covariance {
  case jko_covariance(JKO_COVARIANCE_FULL): return .full
  case jko_covariance(JKO_COVARIANCE_DIAGONAL): return .diagonal
  default:
    throw BoundaryError.invalid(
      "\(name) = \(covariance) is neither JKO_COVARIANCE_FULL (0) nor JKO_COVARIANCE_DIAGONAL (1)")
  }
}

private func bandwidth(_ given: jko_density_options, _ name: String) throws -> Bandwidth {
  let shape: Bandwidth.Shape
  switch given.covariance {
  case jko_covariance(JKO_COVARIANCE_FULL): shape = .full
  case jko_covariance(JKO_COVARIANCE_SPHERICAL): shape = .spherical
  default:
    throw BoundaryError.invalid(
      "\(name)->covariance = \(given.covariance) is neither JKO_COVARIANCE_FULL (0) nor JKO_COVARIANCE_SPHERICAL (2)")
  }
  let rule: Bandwidth.Rule
  switch given.bandwidth_rule {
  case jko_bandwidth(JKO_BANDWIDTH_SCOTT): rule = .scott
  case jko_bandwidth(JKO_BANDWIDTH_SILVERMAN): rule = .silverman
  default:
    throw BoundaryError.invalid(
      "\(name)->bandwidth_rule = \(given.bandwidth_rule) is neither JKO_BANDWIDTH_SCOTT (0) nor JKO_BANDWIDTH_SILVERMAN (1)"
    )
  }
  let length = try requireNotNegative(given.bandwidth, "\(name)->bandwidth")
  return length == 0 ? .rule(rule, shape) : .length(length)
}

extension jko_density_options {
  static var defaults: jko_density_options {
    let options = MixtureOptions()
    var defaults = jko_density_options()
    defaults.struct_size = MemoryLayout<jko_density_options>.size
    defaults.kind = jko_density_kind(JKO_DENSITY_MIXTURE)
    defaults.covariance = jko_covariance(JKO_COVARIANCE_FULL)
    defaults.max_components = 10
    defaults.restarts = Int64(options.restarts)
    defaults.max_iterations = Int64(options.maxIterations)
    defaults.tolerance = options.tolerance
    defaults.regularisation = options.regularization
    defaults.absolute_regularisation = options.absoluteRegularization
    defaults.bandwidth_rule = jko_bandwidth(JKO_BANDWIDTH_SCOTT)
    return defaults
  }
}

import Densities
import Files

/// How the density of a model's internal energy is estimated, in words.
extension DensityOptions {
  var description: JSON {
    switch self {
    case .gaussianMixture(let options):
      var members: [(name: String, value: JSON)] = [("density", .string("mixture"))]
      switch options.components {
      case .exactly(let count): members += [("components", .number(count)), ("max_components", .null)]
      case .upTo(let count): members += [("components", .null), ("max_components", .number(count))]
      }
      return .object(
        members + [
          ("covariance", .string(options.kind == .full ? "full" : "diagonal")),
          ("restarts", .number(options.restarts)), ("tolerance", .number(options.tolerance)),
          ("max_iterations", .number(options.maxIterations)), ("regularisation", .number(options.regularization)),
        ])
    case .kernel(let bandwidth):
      let (value, shape): (JSON, Bandwidth.Shape)
      switch bandwidth {
      case .rule(let rule, let given): (value, shape) = (.string(rule == .scott ? "scott" : "silverman"), given)
      case .length(let length): (value, shape) = (.number(length), .spherical)
      }
      return .object([
        ("density", .string("kernel")), ("bandwidth", value),
        ("covariance", .string(shape == .full ? "full" : "spherical")),
      ])
    }
  }

  /// Nil where the description is not one of a density.
  init?(_ description: JSON) {
    switch description["density"]?.string {
    case "mixture":
      var options = MixtureOptions()
      if let count = description["components"]?.integer {
        options.components = .exactly(count)
      } else if let count = description["max_components"]?.integer {
        options.components = .upTo(count)
      } else {
        return nil
      }
      guard let restarts = description.option("restarts", missing: options.restarts, \.integer),
        let tolerance = description.option("tolerance", missing: options.tolerance, \.double),
        let iterations = description.option("max_iterations", missing: options.maxIterations, \.integer),
        let regularization = description.option("regularisation", missing: options.regularization, \.double)
      else { return nil }
      switch description["covariance"]?.string {
      case "full": options.kind = .full
      case "diagonal": options.kind = .diagonal
      default: return nil
      }
      (options.restarts, options.tolerance) = (restarts, tolerance)
      (options.maxIterations, options.regularization) = (iterations, regularization)
      self = .gaussianMixture(options)
    case "kernel":
      let shape: Bandwidth.Shape
      switch description["covariance"]?.string {
      case "full": shape = .full
      case "spherical": shape = .spherical
      default: return nil
      }
      switch description["bandwidth"]?.string {
      case "scott": self = .kernel(.rule(.scott, shape))
      case "silverman": self = .kernel(.rule(.silverman, shape))
      default:
        guard let length = description["bandwidth"]?.double else { return nil }
        self = .kernel(.length(length))
      }
    default: return nil
    }
  }
}

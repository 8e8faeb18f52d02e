import Files
import Numerics
import Transport

extension ModelOptions {
  package var description: JSON {
    var members: [(name: String, value: JSON)] = []
    switch potential {
    case .network(let hidden):
      members = [("potential", .string("mlp")), ("hidden", .numbers(hidden)), ("activation", .string("softplus"))]
    case .linear(let features):
      members = [("potential", .string("linear"))] + features.description
    }
    return .object(members + [("scheme", .string(scheme.rawValue)), ("time_varying", .bool(timeVarying))])
  }

  /// Nil where the description is not one of a model.
  init?(_ description: JSON) {
    guard let scheme = description["scheme"]?.string.flatMap(Scheme.init(rawValue:)),
      let timeVarying = description["time_varying"]?.bool
    else { return nil }
    switch description["potential"]?.string {
    case "mlp":
      guard let hidden = description["hidden"]?.integers, !hidden.isEmpty else { return nil }
      self.init(potential: .network(hidden: hidden), scheme: scheme, timeVarying: timeVarying)
    case "linear":
      guard let features = FeatureOptions(description) else { return nil }
      self.init(potential: .linear(features), scheme: scheme, timeVarying: timeVarying)
    default: return nil
    }
  }
}

extension FitOptions {
  var description: JSON {
    var members: [(name: String, value: JSON)] = [
      ("epochs", .number(epochs)), ("batch_size", .number(batchSize)), ("learning_rate", .number(learningRate)),
      ("clip_norm", .number(clipNorm)), ("ridge", .number(ridge)), ("precision", .string(precision.rawValue)),
      ("seed", .number("\(seed)")), ("coupling", .string(coupling.name)),
    ]
    if case .entropic(let options) = coupling {
      // JSON has no infinity.
      func finite(_ value: Double) -> JSON { value < .infinity ? .number(value) : .null }
      members += [
        ("epsilon", options.epsilon.map { .number($0) } ?? .null), ("plan_tolerance", .number(options.tolerance)),
        ("plan_max_iterations", .number(options.maxIterations)), ("relaxation_x", finite(options.relaxationX)),
        ("relaxation_y", finite(options.relaxationY)),
      ]
    }
    return .object(members)
  }

  init?(_ description: JSON) {
    guard let epochs = description["epochs"]?.integer, let batchSize = description["batch_size"]?.integer,
      let learningRate = description["learning_rate"]?.double, let clipNorm = description["clip_norm"]?.double,
      let ridge = description["ridge"]?.double,
      let precision = description["precision"]?.string.flatMap(Precision.init(rawValue:)),
      let seed = description["seed"]?.unsigned,
      let coupling = Coupling(description)
    else { return nil }
    self.init(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, clipNorm: clipNorm, ridge: ridge,
      precision: precision, seed: seed, coupling: coupling)
  }
}

extension FitOptions.Coupling {
  /// Nil where the description of a fit has none.
  init?(_ fit: JSON) {
    switch fit["coupling"]?.string {
    case "exact": self = .exact
    case "sinkhorn", "unbalanced":
      guard let tolerance = fit["plan_tolerance"]?.double, let iterations = fit["plan_max_iterations"]?.integer
      else { return nil }
      self = .entropic(
        EntropicOptions(
          epsilon: fit["epsilon"]?.double, tolerance: tolerance, maxIterations: iterations,
          relaxationX: fit["relaxation_x"]?.double ?? .infinity,
          relaxationY: fit["relaxation_y"]?.double ?? .infinity))
    default: return nil
    }
  }
}

extension FittedModel {
  /// Options, fit and data in words.
  package var description: JSON {
    .object([
      ("fitted", .bool(true)), ("model", options.description), ("fit", fitOptions.description),
      ("dimension", .number(dimension)), ("parameters", .number(parameterCount)),
      ("times", .array(times.map { .number($0) })), ("length_scale", .number(standardization.length)),
      ("time_scale", .number(standardization.duration)), ("losses", .number(history.count)),
      ("final_loss", history.last.map { .number($0) } ?? .null),
    ])
  }
}

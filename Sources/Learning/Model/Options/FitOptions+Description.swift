import Files
import Transport

extension FitOptions {
  var description: JSON {
    var members: [(name: String, value: JSON)] = [
      ("epochs", .number(epochs)), ("batch_size", .number(batchSize)), ("learning_rate", .number(learningRate)),
      ("clip_norm", .number(clipNorm)), ("ridge", ridge.description), ("error_bars", errorBars.description),
      ("interaction_samples", interactionSamples.map { .number($0) } ?? .null),
      ("precision", .string(precision.rawValue)),
      ("seed", .number("\(seed)")), ("coupling", .string(coupling.name)),
    ]
    members += training.description
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
      let ridge = description["ridge"].flatMap({ Ridge($0) }),
      let precision = description["precision"]?.string.flatMap(Precision.init(rawValue:)),
      let seed = description["seed"]?.unsigned,
      let coupling = Coupling(description), let errorBars = description["error_bars"].flatMap({ ErrorBars($0) }),
      let training = TrainingOptions(description)
    else { return nil }
    self.init(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, clipNorm: clipNorm, ridge: ridge,
      precision: precision, seed: seed, coupling: coupling, errorBars: errorBars,
      interactionSamples: description["interaction_samples"]?.integer, training: training)
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

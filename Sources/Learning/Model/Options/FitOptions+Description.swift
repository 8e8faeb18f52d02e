import Files
import Transport

extension FitOptions {
  var description: JSON {
    var members: [(name: String, value: JSON)] = [
      ("epochs", .number(epochs)), ("batch_size", .number(batchSize)), ("learning_rate", .number(learningRate)),
      ("clip_norm", .number(clipNorm)), ("ridge", ridge.description), ("error_bars", errorBars.description),
      ("bias_samples", .number(biasSamples)),
      ("interaction_samples", interactionSamples.map { .number($0) } ?? .null),
      ("precision", .string(precision.rawValue)),
      ("seed", .number("\(seed)")), ("coupling", .string(coupling.name)),
    ]
    members += [
      ("rollout_weight", rollout.weight.map { .number($0) } ?? .null),
      ("rollout_rounds", .number(rollout.training?.rounds ?? RolloutTraining().rounds)),
    ]
    if decidesRollout { members.append(("rollout_decided", .bool(true))) }
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

  /// Nil where an option is not understood.
  init?(_ description: JSON) {
    let usual = FitOptions()
    guard let epochs = description.option("epochs", missing: 400, \.integer),
      let batchSize = description.option("batch_size", missing: 250, \.integer),
      let learningRate = description.option("learning_rate", missing: usual.learningRate, \.double),
      let clipNorm = description.option("clip_norm", missing: usual.clipNorm, \.double),
      let ridge = description.option("ridge", missing: usual.ridge, Ridge.init),
      let errorBars = description.option("error_bars", missing: usual.errorBars, ErrorBars.init),
      let biasSamples = description.option("bias_samples", missing: usual.biasSamples, \.integer),
      let samples = description.nullableOption("interaction_samples", missing: usual.interactionSamples, \.integer),
      let precision = description.namedOption("precision", missing: usual.precision),
      let seed = description.option("seed", missing: usual.seed, \.unsigned),
      let rolloutWeight = description.nullableOption("rollout_weight", missing: 0, \.double),
      let decidesRollout = description.option("rollout_decided", missing: false, \.bool),
      let rolloutRounds = description.option("rollout_rounds", missing: 1, \.integer),
      let coupling = Coupling(description), let training = TrainingOptions(description)
    else { return nil }
    self.init(
      epochs: epochs, batchSize: batchSize, learningRate: learningRate, clipNorm: clipNorm, ridge: ridge,
      precision: precision, seed: seed, coupling: coupling, errorBars: errorBars, biasSamples: biasSamples,
      interactionSamples: samples, rollout: RolloutSteps(weight: rolloutWeight, rounds: rolloutRounds),
      training: training)
    self.decidesRollout = decidesRollout
  }
}

extension FitOptions.RolloutSteps {
  /// - Parameter weight: nil for the usual one; 0 for none
  package init(weight: Double?, rounds: Int) {
    switch weight {
    case nil: self = .usual
    case 0?: self = .none
    case let weight?: self = .some(FitOptions.RolloutTraining(weight: weight, rounds: rounds))
    }
  }

  /// Nil where there is none, or where it is the usual one.
  var training: FitOptions.RolloutTraining? {
    if case .some(let training) = self { return training }
    return nil
  }

  /// Nil for the usual one.
  fileprivate var weight: Double? { self == .usual ? nil : training?.weight ?? 0 }
}

extension FitOptions.Coupling {
  /// Nil where an option of the plans, which are among those of a fit, is not understood.
  init?(_ fit: JSON) {
    guard let name = fit.option("coupling", missing: FitOptions().coupling.name, \.string) else { return nil }
    switch name {
    case "exact": self = .exact
    case "sinkhorn", "unbalanced":
      let usual = EntropicOptions()
      guard let epsilon = fit.nullableOption("epsilon", missing: usual.epsilon, \.double),
        let tolerance = fit.option("plan_tolerance", missing: usual.tolerance, \.double),
        let iterations = fit.option("plan_max_iterations", missing: usual.maxIterations, \.integer),
        let relaxationX = fit.nullableOption("relaxation_x", missing: usual.relaxationX, \.double),
        let relaxationY = fit.nullableOption("relaxation_y", missing: usual.relaxationY, \.double)
      else { return nil }
      self = .entropic(
        EntropicOptions(
          epsilon: epsilon, tolerance: tolerance, maxIterations: iterations, relaxationX: relaxationX ?? .infinity,
          relaxationY: relaxationY ?? .infinity))
    default: return nil
    }
  }
}

import Files

extension TrainingOptions {
  var description: [(name: String, value: JSON)] {
    var members: [(name: String, value: JSON)] = [
      ("schedule", .string(schedule.rawValue)), ("final_rate", .number(finalRate)),
    ]
    switch lastLayer {
    case .trained: members.append(("last_layer", .string("trained")))
    case .exact(let every): members += [("last_layer", .string("exact")), ("last_layer_every", .number(every))]
    }
    members.append(("validation", validation.map { .string($0.criterion.rawValue) } ?? .null))
    if let validation {
      members += [
        ("validation_fraction", .number(validation.fraction)), ("validation_every", .number(validation.every)),
        ("patience", .number(validation.patience)),
      ]
    }
    return members
  }

  /// Nil where an option of training, which are among those of a fit, is not understood.
  init?(_ fit: JSON) {
    let usual = TrainingOptions()
    guard let schedule = fit.namedOption("schedule", missing: usual.schedule),
      let finalRate = fit.option("final_rate", missing: usual.finalRate, \.double),
      let lastLayer = fit.option("last_layer", missing: usual.lastLayer, { LastLayer($0, of: fit) }),
      let validation = fit.nullableOption("validation", missing: usual.validation, { Validation($0, of: fit) })
    else { return nil }
    self.init(schedule: schedule, finalRate: finalRate, lastLayer: lastLayer, validation: validation)
  }
}

extension TrainingOptions.LastLayer {
  fileprivate init?(_ name: JSON, of fit: JSON) {
    switch name.string {
    case "trained": self = .trained
    case "exact":
      guard let every = fit["last_layer_every"]?.integer else { return nil }
      self = .exact(every: every)
    default: return nil
    }
  }
}

extension TrainingOptions.Validation {
  fileprivate init?(_ name: JSON, of fit: JSON) {
    guard let criterion = name.string.flatMap(TrainingOptions.Criterion.init(rawValue:)) else { return nil }
    let usual = TrainingOptions.Validation(criterion: criterion)
    guard let fraction = fit.option("validation_fraction", missing: usual.fraction, \.double),
      let every = fit.option("validation_every", missing: usual.every, \.integer),
      let patience = fit.option("patience", missing: usual.patience, \.integer)
    else { return nil }
    self.init(criterion: criterion, fraction: fraction, every: every, patience: patience)
  }
}

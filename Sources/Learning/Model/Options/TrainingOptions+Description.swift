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

  /// Nil where the description of a fit has none of it.
  init?(_ fit: JSON) {
    guard let schedule = fit["schedule"]?.string.flatMap(Schedule.init(rawValue:)),
      let finalRate = fit["final_rate"]?.double
    else { return nil }
    let lastLayer: LastLayer
    switch fit["last_layer"]?.string {
    case "trained": lastLayer = .trained
    case "exact":
      guard let every = fit["last_layer_every"]?.integer else { return nil }
      lastLayer = .exact(every: every)
    default: return nil
    }
    var validation: Validation?
    if let name = fit["validation"]?.string {
      guard let criterion = Criterion(rawValue: name), let fraction = fit["validation_fraction"]?.double,
        let every = fit["validation_every"]?.integer, let patience = fit["patience"]?.integer
      else { return nil }
      validation = Validation(criterion: criterion, fraction: fraction, every: every, patience: patience)
    }
    self.init(schedule: schedule, finalRate: finalRate, lastLayer: lastLayer, validation: validation)
  }
}

import CJKOnetStar
import Learning
import Numerics

/// Validated options of gradient training.
func trainingOptions(_ given: jko_fit_options) throws -> TrainingOptions {
  func interval(_ value: Int64, _ name: String) throws -> Int {
    try requireCount(value, "options->\(name)", in: TrainingOptions.intervals)
  }
  let rate = try requirePositive(given.final_rate, "options->final_rate")
  guard rate <= 1 else { throw BoundaryError.invalid("options->final_rate = \(rate) is greater than 1") }
  let fraction = try requirePositive(given.validation_fraction, "options->validation_fraction")
  guard fraction < 1 else {
    throw BoundaryError.invalid("options->validation_fraction = \(fraction) is not less than 1")
  }
  let (every, validationEvery) = (
    try interval(given.last_layer_every, "last_layer_every"), try interval(given.validation_every, "validation_every")
  )
  let (patience, checkpointEvery) = (
    try interval(given.patience, "patience"), try interval(given.checkpoint_every, "checkpoint_every")
  )
  var training = TrainingOptions(finalRate: rate)
  switch given.schedule {
  case jko_schedule(JKO_SCHEDULE_CONSTANT): training.schedule = .constant
  case jko_schedule(JKO_SCHEDULE_COSINE): training.schedule = .cosine
  case jko_schedule(JKO_SCHEDULE_EXPONENTIAL): training.schedule = .exponential
  default:
    throw BoundaryError.invalid("options->schedule = \(given.schedule) is not one of JKO_SCHEDULE_*, 0 to 2")
  }
  switch given.last_layer {
  case jko_last_layer(JKO_LAST_LAYER_TRAINED): training.lastLayer = .trained
  case jko_last_layer(JKO_LAST_LAYER_EXACT): training.lastLayer = .exact(every: every)
  default:
    throw BoundaryError.invalid("options->last_layer = \(given.last_layer) is not one of JKO_LAST_LAYER_*, 0 or 1")
  }
  func validation(_ criterion: TrainingOptions.Criterion) -> TrainingOptions.Validation {
    .init(criterion: criterion, fraction: fraction, every: validationEvery, patience: patience)
  }
  switch given.validation {
  case jko_validation(JKO_VALIDATION_NONE): break
  case jko_validation(JKO_VALIDATION_LOSS): training.validation = validation(.loss)
  case jko_validation(JKO_VALIDATION_EMD): training.validation = validation(.emd)
  default:
    throw BoundaryError.invalid("options->validation = \(given.validation) is not one of JKO_VALIDATION_*, 0 to 2")
  }
  if given.checkpoint != nil {
    training.checkpoint = TrainingOptions.Checkpoint(
      path: try text(given.checkpoint, "options->checkpoint"), every: checkpointEvery, resumes: given.resume != 0)
  } else if given.resume != 0 {
    throw BoundaryError.invalid("options->resume = \(given.resume) needs a checkpoint, which is NULL")
  }
  return training
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Learning
import Numerics

@_cdecl("jko_training_options_init") @implementation
public func jko_training_options_init(_ options: UnsafeMutablePointer<jko_training_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

/// Validated options of gradient training as those of a fit; the defaults for NULL.
func trainingOptions(_ pointer: UnsafePointer<jko_training_options>?, _ name: String) throws -> FitOptions {
  let given = try options(pointer, name, defaults: .defaults)
  let precision: FitOptions.Precision
  switch given.precision {
  case jko_dtype(JKO_FLOAT32): precision = .float32
  case jko_dtype(JKO_FLOAT64): precision = .float64
  default:
    throw BoundaryError.invalid(
      "\(name)->precision = \(given.precision) is neither JKO_FLOAT64 (0) nor JKO_FLOAT32 (1)")
  }
  return FitOptions(
    epochs: try requireCount(given.epochs, "\(name)->epochs", in: 0...FitOptions.epochCounts.upperBound),
    batchSize: min(
      try requireCount(given.batch_size, "\(name)->batch_size", in: 1...Int.max), FitOptions.batchSizes.upperBound),
    learningRate: try requirePositive(given.learning_rate, "\(name)->learning_rate"),
    clipNorm: try requirePositive(given.clip_norm, "\(name)->clip_norm"), precision: precision,
    interactionSamples: try interactionSamples(given, name), training: try TrainingOptions(given, name))
}

/// The number of pairs per coupling; nil for the whole snapshot.
private func interactionSamples(_ given: jko_training_options, _ name: String) throws -> Int? {
  guard given.interaction_samples != 0 else { return nil }
  let range = FitOptions.interactionSampleCounts
  return min(
    try requireCount(given.interaction_samples, "\(name)->interaction_samples", in: range.lowerBound...Int.max),
    range.upperBound)
}

extension TrainingOptions {
  fileprivate init(_ given: jko_training_options, _ name: String) throws {
    let rate = try requirePositive(given.final_rate, "\(name)->final_rate")
    guard rate <= 1 else { throw BoundaryError.invalid("\(name)->final_rate = \(rate) is greater than 1") }
    self.init(
      schedule: try Self.schedule(given, name), finalRate: rate, lastLayer: try Self.lastLayer(given, name),
      validation: try Self.validation(given, name), checkpoint: try Self.checkpoint(given, name))
  }

  private static func interval(_ value: Int64, _ name: String) throws -> Int {
    try requireCount(value, name, in: intervals)
  }

  private static func schedule(_ given: jko_training_options, _ name: String) throws -> Schedule {
    switch given.schedule {
    case jko_schedule(JKO_SCHEDULE_CONSTANT): return .constant
    case jko_schedule(JKO_SCHEDULE_COSINE): return .cosine
    case jko_schedule(JKO_SCHEDULE_EXPONENTIAL): return .exponential
    default:
      throw BoundaryError.invalid("\(name)->schedule = \(given.schedule) is not one of JKO_SCHEDULE_*, 0 to 2")
    }
  }

  private static func lastLayer(_ given: jko_training_options, _ name: String) throws -> LastLayer {
    let every = try interval(given.last_layer_every, "\(name)->last_layer_every")
    switch given.last_layer {
    case jko_last_layer(JKO_LAST_LAYER_TRAINED): return .trained
    case jko_last_layer(JKO_LAST_LAYER_EXACT): return .exact(every: every)
    default:
      throw BoundaryError.invalid("\(name)->last_layer = \(given.last_layer) is not one of JKO_LAST_LAYER_*, 0 or 1")
    }
  }

  /// Nil where nothing is held out.
  private static func validation(_ given: jko_training_options, _ name: String) throws -> Validation? {
    let fraction = try requirePositive(given.validation_fraction, "\(name)->validation_fraction")
    guard fraction < 1 else {
      throw BoundaryError.invalid("\(name)->validation_fraction = \(fraction) is not less than 1")
    }
    let every = try interval(given.validation_every, "\(name)->validation_every")
    let patience = try interval(given.patience, "\(name)->patience")
    let criterion: Criterion
    switch given.validation {
    case jko_validation(JKO_VALIDATION_NONE): return nil
    case jko_validation(JKO_VALIDATION_LOSS): criterion = .loss
    case jko_validation(JKO_VALIDATION_EMD): criterion = .emd
    default:
      throw BoundaryError.invalid("\(name)->validation = \(given.validation) is not one of JKO_VALIDATION_*, 0 to 2")
    }
    return Validation(criterion: criterion, fraction: fraction, every: every, patience: patience)
  }

  private static func checkpoint(_ given: jko_training_options, _ name: String) throws -> Checkpoint? {
    let every = try interval(given.checkpoint_every, "\(name)->checkpoint_every")
    guard given.checkpoint != nil else {
      guard given.resume == 0 else {
        throw BoundaryError.invalid("\(name)->resume = \(given.resume) needs a checkpoint, which is NULL")
      }
      return nil
    }
    return Checkpoint(path: try text(given.checkpoint, "\(name)->checkpoint"), every: every, resumes: given.resume != 0)
  }
}

extension jko_training_options {
  static var defaults: jko_training_options {
    let fit = FitOptions()
    let validation = TrainingOptions.Validation(criterion: .loss)
    var defaults = jko_training_options()
    defaults.struct_size = MemoryLayout<jko_training_options>.size
    defaults.epochs = Int64(fit.epochs)
    defaults.batch_size = Int64(fit.batchSize)
    defaults.learning_rate = fit.learningRate
    defaults.final_rate = fit.training.finalRate
    defaults.clip_norm = fit.clipNorm
    defaults.schedule = jko_schedule(JKO_SCHEDULE_COSINE)
    defaults.precision = jko_dtype(JKO_FLOAT32)
    defaults.last_layer_every = 10
    defaults.validation_fraction = validation.fraction
    defaults.validation_every = Int64(validation.every)
    defaults.patience = Int64(validation.patience)
    defaults.checkpoint_every = 100
    return defaults
  }
}

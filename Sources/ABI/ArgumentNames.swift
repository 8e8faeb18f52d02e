import Numerics

/// Runs a part of the engine whose arguments have longer names in C: an error that begins with one of `names` begins
/// with its path in the caller's structs instead, such as `options->training->epochs`.
///
/// - Parameter names: the path of each argument, by the engine's name
func naming<Result>(_ names: [String: String], _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as EngineError {
    let argument = LastError.argument(of: error.message)
    guard let path = names[String(argument)] else { throw error }
    throw EngineError(error.kind, path + error.message.dropFirst(argument.count))
  }
}

/// What a fit's options are called in `jko_fit_options`. The only files that a fit reads or writes are checkpoints.
let fitOptionNames: [String: String] = {
  let training = [
    "epochs", "batch_size", "learning_rate", "clip_norm", "precision", "schedule", "final_rate", "last_layer",
    "last_layer_every", "validation", "validation_fraction", "validation_every", "patience", "checkpoint",
    "interaction_samples",
  ]
  var names = ["path": "options->training->checkpoint"]
  for name in training { names[name] = "options->training->\(name)" }
  for name in ["ridge", "ridge_method", "error_bars", "bootstrap_samples", "seed", "growth"] {
    names[name] = "options->\(name)"
  }
  return names
}()

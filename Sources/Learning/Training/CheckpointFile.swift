import Numerics

/// The file in which a training keeps its state, from which it can be resumed.
struct CheckpointFile {
  private let checkpoint: TrainingOptions.Checkpoint
  private let training: NetworkTraining
  private let fingerprint: Fingerprint

  /// Nil where no checkpoint is asked for.
  init?(_ training: NetworkTraining) {
    guard let checkpoint = training.options.training.checkpoint else { return nil }
    self.checkpoint = checkpoint
    self.training = training
    fingerprint = Fingerprint(training.data, training.layout, training.options)
  }

  /// Takes the state of the file, where it is to be resumed from. Otherwise the first state is written, so that a path
  /// that cannot be written to fails before training starts.
  func begin<Number: KernelNumber>(_ state: inout TrainingState<Number>) throws {
    if checkpoint.resumes {
      let description = try training.model?(training.result(state, training.data), []).description
      try state.resume(
        checkpoint.path, fingerprint, epochs: training.options.epochs, description: description)
    }
    if state.epoch == 0 { try save(state, training.data) }
  }

  func isDue(after epoch: Int) -> Bool { epoch % checkpoint.every == 0 }

  /// - Parameter data: those of the last epoch
  func save<Number: KernelNumber>(_ state: TrainingState<Number>, _ data: TrainingData) throws {
    guard let model = training.model else { return }
    try model(training.result(state, data), state.losses).save(checkpoint.path, with: state.tensors(fingerprint))
  }
}

import Files
import Numerics

/// The state in a file, beside the model of its parameters.
extension TrainingState {
  private static var prefix: String { "training." }

  func tensors(_ fingerprint: Fingerprint) -> [Safetensors.Tensor] {
    func tensor(_ name: String, _ values: [Number]) -> Safetensors.Tensor {
      Safetensors.Tensor(Self.prefix + name, shape: [values.count], doubles: values.map { Double($0) })
    }
    var tensors = [
      tensor("parameters", optimizer.parameters), tensor("first_moments", optimizer.firstMoments),
      tensor("second_moments", optimizer.secondMoments),
      Safetensors.Tensor(
        Self.prefix + "epoch_step_misses", shape: [3], integers: [epoch, optimizer.step, misses]),
      Safetensors.Tensor(Self.prefix + "losses", shape: [losses.count], doubles: losses),
      Safetensors.Tensor(Self.prefix + "fingerprint", shape: [2], integers: [fingerprint.data, fingerprint.options]),
    ]
    if let best {
      tensors.append(Safetensors.Tensor(Self.prefix + "best", shape: [best.parameters.count], doubles: best.parameters))
      tensors.append(Safetensors.Tensor(Self.prefix + "best_score", shape: [1], doubles: [best.score]))
    }
    if let rolledBy {
      tensors.append(Safetensors.Tensor(Self.prefix + "rolled_by", shape: [rolledBy.count], doubles: rolledBy))
    }
    return tensors
  }

  /// Goes on from the state in a file, which may have no more epochs than are asked for. Does nothing where there is no
  /// file.
  ///
  /// - Parameter description: of the model that is to be trained
  mutating func resume(_ path: String, _ fingerprint: Fingerprint, epochs: Int, description: JSON?) throws {
    guard File.exists(path) else { return }
    let whole = try Safetensors(reading: path)
    let file = TensorSource(whole.withTodaysNames, path: path)
    guard file.has(Self.prefix + "parameters") else {
      throw file.unusable("not a checkpoint, for it has no training state")
    }
    let found = try file.integers(Self.prefix + "fingerprint", shape: [2], in: 0...Int.max)
    guard found == [fingerprint.data, fingerprint.options] else {
      // Options are compared first, because some decide what the data are.
      let text = whole.metadata.first { $0.name == "description" }?.value ?? ""
      let kept = JSON.parse(Array(text.utf8)[...])
      if let difference = fingerprint.difference(kept, description) {
        throw EngineError(.invalid, "\(difference) of the checkpoint \"\(path)\"; resume needs the same")
      }
      let other = found[0] == fingerprint.data ? "options" : "data"
      throw EngineError(.invalid, "checkpoint = \"\(path)\" is of other \(other); resume needs the same")
    }
    let count = optimizer.parameters.count
    func numbers(_ name: String) throws -> [Number] {
      try file.doubles(Self.prefix + name, shape: [count]).map { Number($0) }
    }
    let counters = try file.integers(
      Self.prefix + "epoch_step_misses", shape: [3], in: 0...FitOptions.epochCounts.upperBound << 32)
    guard counters[0] <= epochs else {
      throw EngineError(.invalid, "epochs = \(epochs) is less than the \(counters[0]) of the checkpoint \"\(path)\"")
    }
    let losses = try file.doubles(Self.prefix + "losses", shape: [counters[0]])
    optimizer.restore(
      try numbers("parameters"), try numbers("first_moments"), try numbers("second_moments"), step: counters[1])
    var best: (parameters: [Double], score: Double)?
    if file.has(Self.prefix + "best") {
      best = (
        try file.doubles(Self.prefix + "best", shape: [count]),
        try file.doubles(Self.prefix + "best_score", shape: [1])[0]
      )
    }
    let hasRolled = file.has(Self.prefix + "rolled_by")
    let rolledBy = hasRolled ? try file.doubles(Self.prefix + "rolled_by", shape: [count]) : nil
    restore(epoch: counters[0], losses: losses, best: best, misses: counters[2], rolledBy: rolledBy)
  }
}

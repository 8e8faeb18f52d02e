import Energies
import Files
import Numerics

/// All that the next epoch depends on besides data and options: random numbers are functions of seed and epoch.
struct TrainingState<Number: KernelNumber> {
  var optimizer: Adam<Number>
  /// Epochs done.
  var epoch = 0
  var losses: [Double] = []
  private(set) var best: (parameters: [Double], score: Double)?
  /// Validations since the best one.
  private(set) var misses = 0

  init(optimizer: Adam<Number>) { self.optimizer = optimizer }

  /// Keeps parameters if they are the best so far.
  mutating func judge(_ parameters: [Double], _ score: Double) {
    if score < best?.score ?? .infinity {
      best = (parameters, score)
      misses = 0
    } else {
      misses += 1
    }
  }

  func isExhausted(_ validation: TrainingOptions.Validation?) -> Bool {
    validation.map { misses >= $0.patience } ?? false
  }
}

/// A state in a file, beside the model that it stands for.
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
    return tensors
  }

  /// Takes the place of the state in a file, of no more epochs than are asked for; nothing happens where there is no file.
  ///
  /// - Parameter description: of the model that is to be trained
  mutating func resume(_ path: String, _ fingerprint: Fingerprint, epochs: Int, description: JSON?) throws {
    guard File.exists(path) else { return }
    let whole = try Safetensors(reading: path)
    let file = TensorSource(whole, path: path)
    guard file.has(Self.prefix + "parameters") else {
      throw file.unusable("not a checkpoint, for it has no training state")
    }
    let found = try file.integers(Self.prefix + "fingerprint", shape: [2], in: 0...Int.max)
    guard found == [fingerprint.data, fingerprint.options] else {
      // Options first: some decide what the data are.
      let text = whole.metadata.first { $0.name == "description" }?.value ?? ""
      let kept = JSON.parse(Array(text.utf8)[...])
      if let difference = fingerprint.difference(kept, description) {
        throw EngineError(.invalid, "checkpoint = \"\(path)\" has \(difference); resume needs the same")
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
      throw EngineError(.invalid, "epochs = \(epochs) is less than the \(counters[0]) of checkpoint = \"\(path)\"")
    }
    losses = try file.doubles(Self.prefix + "losses", shape: [counters[0]])
    (epoch, misses) = (counters[0], counters[2])
    optimizer.restore(
      try numbers("parameters"), try numbers("first_moments"), try numbers("second_moments"), step: counters[1])
    if file.has(Self.prefix + "best") {
      best = (
        try file.doubles(Self.prefix + "best", shape: [count]),
        try file.doubles(Self.prefix + "best_score", shape: [1])[0]
      )
    }
  }
}

/// What tells one fit from another: a resumed fit must be of the same.
struct Fingerprint: Equatable {
  let data: Int
  let options: Int
  /// Options that may change.
  private let free: Set<String>

  init(_ data: TrainingData, _ layout: TrainingLayout, _ options: FitOptions) {
    let couplings = data.couplings
    var sum = UInt32(0)
    for values in [
      couplings.points, couplings.shifts, couplings.times, couplings.rhos, couplings.weights, data.forces, data.scales,
    ] + data.populations.flatMap({ [$0.points.elements, $0.weights] }) {
      sum = sum &* 31 &+ values.withUnsafeBytes(crc32Checksum)
    }
    self.data = Int(sum)
    var same = options
    // What may change: how long, unless the steps depend on it, and where to write.
    if options.training.schedule == .constant { same.epochs = 1 }
    same.training.checkpoint = nil
    let text = same.description.text + "\(layout)"
    self.options = Int(Array(text.utf8).withUnsafeBytes(crc32Checksum))
    free = options.training.schedule == .constant ? ["epochs"] : []
  }

  /// The first option in which two descriptions of models differ, with both values.
  func difference(_ kept: JSON?, _ wanted: JSON?) -> String? {
    for part in ["model", "fit"] {
      guard case .object(let members)? = wanted?[part] else { continue }
      for (name, value) in members where !free.contains(name) {
        guard let other = kept?[part]?[name], other != value else { continue }
        return "\(name) = \(other.text), not \(value.text)"
      }
    }
    return nil
  }
}

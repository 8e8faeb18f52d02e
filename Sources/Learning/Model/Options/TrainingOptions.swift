import CSystem
import Files
import Numerics

/// Options of gradient training: how the step size falls, exact last layers, validation, checkpoints. Epochs, the batch
/// size and the first step size are members of `FitOptions`.
package struct TrainingOptions: Sendable, Equatable {
  package enum Schedule: String, Sendable, CaseIterable { case constant, cosine, exponential }

  /// How parameters that enter the objective linearly are found (output weights, coefficients of features, beta): they
  /// are trained like the others, or also solved for after every so many epochs (`LastLayerSolver`).
  package enum LastLayer: Sendable, Equatable {
    case trained
    case exact(every: Int)
  }

  package enum Criterion: String, Sendable, CaseIterable { case loss, emd }

  /// How the best epoch is chosen: a fraction of each snapshot's particles is held out, and every so many epochs the
  /// criterion judges the energy by them. Training ends after `patience` validations in a row without a new best.
  package struct Validation: Sendable, Equatable {
    package var criterion: Criterion
    package var fraction: Double
    package var every: Int
    package var patience: Int

    package init(criterion: Criterion, fraction: Double = 0.2, every: Int = 10, patience: Int = 10) {
      self.criterion = criterion
      self.fraction = fraction
      self.every = every
      self.patience = patience
    }
  }

  package struct Checkpoint: Sendable, Equatable {
    package var path: String
    package var every: Int
    package var resumes: Bool

    package init(path: String, every: Int = 100, resumes: Bool = false) {
      self.path = path
      self.every = every
      self.resumes = resumes
    }

    /// Throws where a file exists from which training is not to be resumed, so that no file is overwritten.
    func requireRoom() throws {
      guard !resumes, File.exists(path) else { return }
      throw EngineError(
        .invalid, "checkpoint = \"\(path)\" exists; resume from it, remove it, or name another file")
    }
  }

  package var schedule: Schedule
  /// The step size of the last epoch, relative to that of the first.
  package var finalRate: Double
  package var lastLayer: LastLayer
  package var validation: Validation?
  /// Not part of a model's description, because results do not depend on it.
  package var checkpoint: Checkpoint?

  package init(
    schedule: Schedule = .cosine, finalRate: Double = 0.01, lastLayer: LastLayer = .trained,
    validation: Validation? = nil, checkpoint: Checkpoint? = nil
  ) {
    self.schedule = schedule
    self.finalRate = finalRate
    self.lastLayer = lastLayer
    self.validation = validation
    self.checkpoint = checkpoint
  }

  package static let intervals = 1...Int(Int32.max)

  var isValid: Bool {
    if case .exact(let every) = lastLayer, !Self.intervals.contains(every) { return false }
    if let validation {
      guard validation.fraction > 0, validation.fraction < 1,
        [validation.every, validation.patience].allSatisfy(Self.intervals.contains)
      else { return false }
    }
    return finalRate > 0 && finalRate <= 1
  }

  /// The step size of an epoch, relative to that of the first.
  package func rate(epoch: Int, of epochs: Int) -> Double {
    let part = epochs > 1 ? Double(epoch) / Double(epochs - 1) : 0
    switch schedule {
    case .constant: return 1
    case .cosine: return finalRate + (1 - finalRate) * 0.5 * (1 + cos(.pi * part))
    case .exponential: return exp(log(finalRate) * part)
    }
  }
}

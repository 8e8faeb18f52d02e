import Fields
import Numerics
import Transport

/// How a model is fitted.
package struct FitOptions: Sendable, Equatable {
  package enum Precision: String, Sendable { case float32, float64 }

  /// How consecutive snapshots are paired.
  package enum Coupling: Sendable, Equatable {
    case exact
    /// Entropic plans, whose marginals hold or are relaxed.
    case entropic(EntropicOptions)

    package var name: String {
      switch self {
      case .exact: return "exact"
      case .entropic(let options): return options.isBalanced ? "sinkhorn" : "unbalanced"
      }
    }

    var isValid: Bool {
      guard case .entropic(let options) = self else { return true }
      return (try? options.validate()) != nil
    }
  }

  /// Training along the rollout: how much steps count that begin where predictions are.
  package struct RolloutTraining: Sendable, Equatable {
    /// The part of each step's weight that these have; the rest is that of the observed population.
    package var weight: Double
    /// How many times the training population is moved anew.
    package var rounds: Int

    package init(weight: Double = 0.25, rounds: Int = 20) {
      self.weight = weight
      self.rounds = rounds
    }

    package static let roundCounts = 1...10_000

    var isValid: Bool { weight > 0 && weight < 1 && Self.roundCounts.contains(rounds) }
  }

  /// Steps along the rollout, if there are any.
  package enum RolloutSteps: Sendable, Equatable {
    /// What the model takes by itself: steps along the rollout where V alone is learned, as a network. Energies that
    /// are looked at rather than followed are fitted to what was observed.
    case usual
    case none
    case some(RolloutTraining)
  }

  /// Passes over all couplings; 0 for as many as `usualEpochs` says.
  package var epochs: Int
  package var batchSize: Int
  package var learningRate: Double
  package var clipNorm: Double
  package var ridge: Ridge
  package var precision: Precision
  package var seed: UInt64
  package var coupling: Coupling
  package var errorBars: ErrorBars
  /// From how many simulated data sets the bias of a closed form is estimated and subtracted; 0 for no correction.
  package var biasSamples: Int
  /// Pairs per coupling over which a network U is averaged, in two independent halves; nil for the whole snapshot.
  package var interactionSamples: Int?
  /// How fast particles multiply: plans are those of the masses that they have at the end of each step.
  package var growth: Growth?
  package var rollout: RolloutSteps
  /// Whether `rollout` was chosen by the data; see `FitDecision`.
  package var decidesRollout = false
  /// The other options of gradient training.
  package var training: TrainingOptions

  package init(
    epochs: Int = 0, batchSize: Int = 100, learningRate: Double = 5e-3, clipNorm: Double = 10,
    ridge: Ridge = .usual, precision: Precision = .float32, seed: UInt64 = 0, coupling: Coupling = .exact,
    errorBars: ErrorBars = .none, biasSamples: Int = 0, interactionSamples: Int? = nil, rollout: RolloutSteps = .usual,
    training: TrainingOptions = TrainingOptions()
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.clipNorm = clipNorm
    self.ridge = ridge
    self.precision = precision
    self.seed = seed
    self.coupling = coupling
    self.errorBars = errorBars
    self.biasSamples = biasSamples
    self.interactionSamples = interactionSamples
    self.rollout = rollout
    self.training = training
  }

  package static let biasSampleCounts = 0...100_000
  package static let epochCounts = 1...10_000_000
  /// A batch of more couplings than there are takes all of them.
  package static let batchSizes = 1...Int(Int32.max)
  /// At least one pair for each half. Where a half would be as large as the snapshot, the whole snapshot is taken.
  package static let interactionSampleCounts = 2...Int(Int32.max)

  /// Nil where all steps begin at observed populations.
  package func rolloutTraining(for model: ModelOptions) -> RolloutTraining? {
    switch rollout {
    case .usual:
      return model.isForPrediction ? RolloutTraining() : nil
    case .none: return nil
    case .some(let training): return training
    }
  }

  /// Whether a network of the implicit scheme is trained at the landings of an explicit one (`CoupledSeries.landings`):
  /// where it is trained along the rollout at all, so that its predictions matter, and has an end to go towards.
  package func lands(for model: ModelOptions) -> Bool {
    model.scheme == .implicit && model.isForPrediction && rolloutTraining(for: model) != nil
      && training.schedule != .constant && !(1..<3).contains(epochs)
  }

  /// As many epochs as make 20,000 steps of Adam, but at least 50 and at most 400: what a network needs depends on the
  /// number of steps more than on that of passes, and few particles are learned by heart.
  package func usualEpochs(couplings: Int) -> Int {
    let steps = max(1, (couplings + batchSize - 1) / batchSize)
    return max(50, min(400, 20_000 / steps))
  }

  /// Throws where options do not apply to the model.
  package func check(for model: ModelOptions) throws {
    guard growth == nil || errorBars != .influence else {
      throw EngineError(
        .invalid, "error_bars = influence is for particles that keep their masses, and there is growth; bootstrap does")
    }
    guard interactionSamples == nil || model.interaction?.network != nil else {
      throw EngineError(.invalid, "interaction_samples is for an interaction that is a network; this one is not")
    }
    if biasSamples > 0 { try checkBiasCorrection(for: model) }
    guard model.hasNetworks else {
      guard errorBars == .none || rolloutTraining(for: model) == nil else {
        throw EngineError(
          .invalid,
          "error_bars = \(errorBars.name) of closed forms is for fits to observed steps alone; rollout_weight must be 0"
        )
      }
      for (name, isGiven) in [
        ("validation", training.validation != nil), ("checkpoint", training.checkpoint != nil),
        ("last_layer = exact", training.lastLayer != .trained),
      ] where isGiven {
        throw EngineError(.invalid, "\(name) is for energies with networks; this one has a closed form")
      }
      return
    }
    let network = model.potential?.network != nil ? "potential" : "interaction"
    guard errorBars != .influence else {
      throw EngineError(
        .invalid, "error_bars = influence is for energies without networks, and \(network) is one; bootstrap does")
    }
    guard errorBars == .none || training.checkpoint == nil else {
      throw EngineError(
        .invalid, "error_bars = \(errorBars.name) trains several networks, and checkpoint holds one; use one of the two"
      )
    }
    guard ridge != .crossValidated else {
      throw EngineError(
        .invalid, "ridge_method = gcv is for energies without networks; \(network) is one")
    }
  }

  private func checkBiasCorrection(for model: ModelOptions) throws {
    let reason: String
    if model.hasNetworks {
      reason = "is for closed forms, and this energy has a network"
    } else if model.scheme != .midpoint {
      reason = "is for the midpoint scheme, whose energy is that of continuous time"
    } else if rolloutTraining(for: model) != nil {
      reason = "is for fits to observed steps alone; rollout_weight must be 0"
    } else if coupling.name == "unbalanced" || growth != nil {
      reason =
        "simulates populations of constant mass, and "
        + (growth == nil ? "the plans are unbalanced" : "there is growth")
    } else {
      return
    }
    throw EngineError(.invalid, "bias_samples = \(biasSamples) \(reason)")
  }

  /// Whether every number is in its range; asked of options from files, which no boundary has checked.
  package var isValid: Bool {
    if case .fixed(let ridge) = ridge, !(ridge >= 0 && ridge.isFinite) { return false }
    if case .bootstrap(let samples) = errorBars, !ErrorBars.sampleCounts.contains(samples) { return false }
    guard Self.biasSampleCounts.contains(biasSamples) else { return false }
    if let interactionSamples, !Self.interactionSampleCounts.contains(interactionSamples) { return false }
    if case .some(let training) = rollout, !training.isValid { return false }
    return Self.epochCounts.contains(epochs) && Self.batchSizes.contains(batchSize)
      && [learningRate, clipNorm].allSatisfy { $0 > 0 && $0.isFinite } && coupling.isValid && training.isValid
  }
}

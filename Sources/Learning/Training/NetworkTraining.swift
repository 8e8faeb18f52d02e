import Energies
import Numerics

/// Trains an energy with networks by Adam on minibatches of couplings.
package struct NetworkTraining {
  package struct Outcome {
    /// The best ones by validation, else the last; in the layout's order, coefficients as they multiply their features.
    package let parameters: [Double]
    /// The objective averaged over each epoch, in standardised squared length.
    package let losses: [Double]
    package let cancelled: Bool
  }

  let data: TrainingData
  let layout: TrainingLayout
  let options: FitOptions
  /// What held-out particles say of parameters: less is better. Nil where nothing is held out.
  let validate: (([Double]) throws -> Double)?
  /// The weight that `Ridge.usual` stands for.
  let usualRidge: Double
  /// The model of some parameters and losses, for checkpoints.
  let model: (([Double], _ losses: [Double]) throws -> FittedModel)?

  package init(
    _ data: TrainingData, layout: TrainingLayout, options: FitOptions, usualRidge: Double = 1e-6,
    validate: (([Double]) throws -> Double)? = nil,
    model: (([Double], _ losses: [Double]) throws -> FittedModel)? = nil
  ) {
    self.data = data
    self.layout = layout
    self.options = options
    self.usualRidge = usualRidge
    self.validate = validate
    self.model = model
  }

  /// So many times the first loss in size, and noise of small samples has taken over.
  private static let runaway = 100.0

  package func run(progress: ProgressHandler) throws -> Outcome {
    switch options.precision {
    case .float32: return try run(Float.self, progress)
    case .float64: return try run(Double.self, progress)
    }
  }

  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func run<Number: KernelNumber>(_: Number.Type, _ progress: ProgressHandler) throws -> Outcome {
    let start = monotonicSeconds()
    let team = Team(threads: Parallel.threadCount)
    defer { team.dismiss() }
    let objective = try TrainingObjective<Number>(
      data, layout: layout, batchSize: options.batchSize, sampleCount: options.interactionSamples, seed: options.seed,
      team: team)
    var state = TrainingState(
      optimizer: Adam(
        layout.initialParameters(seed: options.seed).map { Number($0) }, learningRate: options.learningRate,
        clipNorm: options.clipNorm))
    let checkpoint = options.training.checkpoint
    let fingerprint = checkpoint.map { _ in Fingerprint(data, layout, options) }
    if let checkpoint, checkpoint.resumes, let fingerprint {
      try state.resume(
        checkpoint.path, fingerprint, epochs: options.epochs, description: model?(result(state), []).description)
    }
    // Where it cannot be written is better known now than later.
    if let checkpoint, let fingerprint, state.epoch == 0 { try save(state, checkpoint.path, fingerprint) }
    let gradient = AlignedBuffer<Number>(count: layout.count)
    var cancelled = false
    func goesOn(after state: TrainingState<Number>) -> Bool {
      progress(
        Progress(.training, done: state.epoch, of: options.epochs, loss: state.losses.last ?? .nan, since: start))
    }
    while state.epoch < options.epochs, !state.isExhausted(options.training.validation) {
      let before = state
      do {
        func goesOnBefore() -> Bool { goesOn(after: before) }
        try Interruption.during("training", goesOnBefore) {
          try solveLastLayer(&state, before: state.epoch)
          try advance(&state, objective, gradient)
          if let validation = options.training.validation, state.epoch % validation.every == 0 { try judge(&state) }
        }
      } catch let error as EngineError where error.kind == .cancelled {
        // As if the epoch had not begun: what resumes must find whole ones.
        (state, cancelled) = (before, true)
        if let checkpoint, let fingerprint { try save(state, checkpoint.path, fingerprint) }
        break
      }
      cancelled = !goesOn(after: state)
      if let checkpoint, let fingerprint, cancelled || state.epoch % checkpoint.every == 0 {
        try save(state, checkpoint.path, fingerprint)
      }
      if cancelled { break }
    }
    if let checkpoint, let fingerprint, !cancelled { try save(state, checkpoint.path, fingerprint) }
    // The last epoch is judged too; not in the state, which a longer fit must find as if it had never ended.
    if let validation = options.training.validation, !cancelled, state.epoch % validation.every != 0 {
      let last = state
      do {
        func goesOnAfter() -> Bool { goesOn(after: last) }
        try Interruption.during("training", goesOnAfter) { try judge(&state) }
      } catch let error as EngineError where error.kind == .cancelled {
        (state, cancelled) = (last, true)
      }
    }
    return Outcome(parameters: try result(state), losses: state.losses, cancelled: cancelled)
  }

  /// One epoch.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func advance<Number: KernelNumber>(
    _ state: inout TrainingState<Number>, _ objective: TrainingObjective<Number>, _ gradient: AlignedBuffer<Number>
  ) throws {
    let (count, epoch) = (data.couplings.count, state.epoch)
    var random = PhiloxSequence(seed: options.seed, stream: RandomPurpose.batches.stream(epoch))
    let order = random.permutation(count)
    let rate = options.training.rate(epoch: epoch, of: options.epochs)
    objective.begin(epoch: epoch)
    var loss = 0.0
    for first in stride(from: 0, to: count, by: options.batchSize) {
      let batch = order[first..<min(count, first + options.batchSize)]
      gradient.zero()
      // A batch stands for all couplings, so that its expectation is the objective whatever the weights are.
      let scale = Double(count) / Double(batch.count)
      let value = state.optimizer.parameters.withUnsafeBufferPointer { parameters in
        parameters.baseAddress.map {
          objective.accumulate(batch, scale: scale, parameters: $0, gradient: gradient.base)
        } ?? 0
      }
      loss += value * Double(batch.count) / Double(count)
      withExtendedLifetime(gradient) { state.optimizer.descend(gradient.base, factor: rate) }
      try Interruption.check()
    }
    // The loss tells of the weights before the last step only.
    guard loss.isFinite, state.optimizer.parameters.allSatisfy(\.isFinite) else {
      throw EngineError(
        .convergence,
        "loss or weights are no longer finite in epoch \(epoch + 1); learning_rate = \(options.learningRate) may be too large"
      )
    }
    if let first = state.losses.first, options.interactionSamples != nil, abs(loss) > Self.runaway * abs(first) {
      throw EngineError(
        .convergence,
        "the sampled objective has gone from \(first) to \(loss) in epoch \(epoch + 1); a smaller learning_rate than \(options.learningRate), a falling schedule or more interaction_samples may help"
      )
    }
    state.losses.append(loss)
    state.epoch += 1
  }

  private func judge<Number: KernelNumber>(_ state: inout TrainingState<Number>) throws {
    guard let validate else { return }
    let parameters = try parameters(state)
    state.judge(parameters, try validate(parameters))
  }

  private func solveLastLayer<Number: KernelNumber>(_ state: inout TrainingState<Number>, before epoch: Int) throws {
    guard case .exact(let every) = options.training.lastLayer, epoch % every == 0 else { return }
    let solved = try LastLayerSolver(data, layout).solved(
      state.optimizer.parameters.map { Double($0) }, ridge: LastLayerSolver.damping, seed: options.seed, draw: epoch)
    state.optimizer.parameters = solved.map { Number($0) }
  }

  private var lastLayerRidge: Double {
    if case .fixed(let ridge) = options.ridge { return ridge }
    return usualRidge
  }

  /// What the model would be: the best parameters by validation, else the last ones, their last layer solved for.
  private func result<Number: KernelNumber>(_ state: TrainingState<Number>) throws -> [Double] {
    try state.best?.parameters ?? parameters(state)
  }

  private func parameters<Number: KernelNumber>(_ state: TrainingState<Number>) throws -> [Double] {
    var parameters = state.optimizer.parameters.map { Double($0) }
    if case .exact = options.training.lastLayer {
      parameters = try LastLayerSolver(data, layout).solved(
        parameters, ridge: lastLayerRidge, seed: options.seed, draw: state.epoch)
    }
    return unscaled(parameters)
  }

  private func unscaled(_ parameters: [Double]) -> [Double] {
    var parameters = parameters
    for (index, scale) in data.scales.enumerated() { parameters[layout.linearStart + index] /= scale }
    return parameters
  }

  private func save<Number: KernelNumber>(
    _ state: TrainingState<Number>, _ path: String, _ fingerprint: Fingerprint
  ) throws {
    guard let model else { return }
    try model(result(state), state.losses).save(path, with: state.tensors(fingerprint))
  }
}

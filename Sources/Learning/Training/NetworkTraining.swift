import Energies
import Numerics

/// Trains an energy with networks by Adam on minibatches of couplings.
package struct NetworkTraining {
  package struct Outcome {
    /// The best parameters by validation, else the last, in the layout's order. Coefficients are those that multiply
    /// the features.
    package let parameters: [Double]
    /// The objective averaged over each epoch, in standardised squared length.
    package let losses: [Double]
    package let cancelled: Bool
  }

  /// The couplings of the observed series.
  let data: TrainingData
  let layout: TrainingLayout
  let options: FitOptions
  /// Judges parameters by held-out particles, and less is better; nil where nothing is held out.
  let validate: (([Double]) throws -> Double)?
  /// The weight that `Ridge.usual` stands for.
  let usualRidge: Double
  /// Makes the model of parameters and losses, for checkpoints.
  let model: (([Double], _ losses: [Double]) throws -> FittedModel)?
  /// Nil where only the observed couplings are trained on.
  let rollout: FitOptions.RolloutTraining?
  /// Makes the couplings along the rollout of parameters; needed where there is a rollout.
  let roll: ((_ parameters: [Double], _ landing: Bool) throws -> TrainingData)?
  /// Whether training is explicit at first, and goes on at the landings of the explicit model.
  let lands: Bool

  package init(
    _ data: TrainingData, layout: TrainingLayout, options: FitOptions, usualRidge: Double = 1e-6,
    validate: (([Double]) throws -> Double)? = nil,
    model: (([Double], _ losses: [Double]) throws -> FittedModel)? = nil,
    rollout: FitOptions.RolloutTraining? = nil,
    roll: ((_ parameters: [Double], _ landing: Bool) throws -> TrainingData)? = nil, lands: Bool = false
  ) {
    self.data = data
    self.layout = layout
    self.options = options
    self.usualRidge = usualRidge
    self.validate = validate
    self.model = model
    self.rollout = rollout
    self.roll = roll
    self.lands = lands
  }

  /// Training fails when a sampled objective becomes this many times as large as the first one, because it then follows
  /// the noise of small samples.
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
    var state = TrainingState(
      optimizer: Adam(
        layout.initialParameters(seed: options.seed).map { Number($0) }, learningRate: options.learningRate,
        clipNorm: options.clipNorm))
    let checkpoint = CheckpointFile(self)
    try checkpoint?.begin(&state)
    var epochData = try EpochData<Number>(self, state, team)
    let gradient = AlignedBuffer<Number>(count: layout.count)
    func goesOn(after state: TrainingState<Number>) -> Bool {
      progress(
        Progress(.training, done: state.epoch, of: options.epochs, loss: state.losses.last ?? .nan, since: start))
    }
    let validation = options.training.validation
    var cancelled = false
    while !cancelled, state.epoch < options.epochs, !state.isExhausted(validation) {
      let before = epochData
      let isWhole = try wholly(&state, goesOn) { state in
        if isRolled(before: state.epoch) {
          let reached = try parameters(state, epochData.data)
          state.rolledBy = try follows(reached, before: state.epoch) ? reached : nil
          epochData = try EpochData(self, state, team)
        }
        try solveLastLayer(&state, epochData.data)
        try advance(&state, epochData, gradient)
        if let validation, state.epoch % validation.every == 0 { try judge(&state, epochData.data) }
      }
      // Where the population was moved for an epoch that did not come to be, it was not moved.
      if !isWhole { epochData = before }
      cancelled = !isWhole || !goesOn(after: state)
      if cancelled || checkpoint?.isDue(after: state.epoch) ?? false { try checkpoint?.save(state, epochData.data) }
    }
    if !cancelled { try checkpoint?.save(state, epochData.data) }
    // The last epoch is judged too, after the state was saved: a longer fit must find the state as if training had not
    // ended.
    if let validation, !cancelled, state.epoch % validation.every != 0 {
      cancelled = try !wholly(&state, goesOn) { try judge(&$0, epochData.data) }
    }
    return Outcome(parameters: try result(state, epochData.data), losses: state.losses, cancelled: cancelled)
  }

  /// Epochs from one round to the next where the step size is constant.
  private static let epochsPerRound = 20

  /// The first epoch at the landings of the explicit model.
  private var landing: Int? { lands ? options.epochs / 3 : nil }

  /// The factor of the step size. The schedule begins anew at the landings.
  private func rate(epoch: Int) -> Double {
    guard let landing else { return options.training.rate(epoch: epoch, of: options.epochs) }
    return epoch < landing
      ? options.training.rate(epoch: epoch, of: landing)
      : options.training.rate(epoch: epoch - landing, of: options.epochs - landing)
  }

  /// What the rollout of the state's parameters makes of the data; nil where nothing was moved.
  fileprivate func rolled<Number: KernelNumber>(_ state: TrainingState<Number>) throws -> TrainingData? {
    try state.rolledBy.flatMap { try roll?($0, landing.map { state.epoch >= $0 } ?? false) }
  }

  /// Whether the training population is moved anew before an epoch: at the ends of equal parts of the training or,
  /// where the step size is constant and training may go on, at fixed intervals.
  private func isRolled(before epoch: Int) -> Bool {
    guard let rounds = rollout?.rounds, epoch > 0 else { return false }
    if let landing, epoch >= landing { return epoch == landing }
    if options.training.schedule == .constant { return epoch.isMultiple(of: Self.epochsPerRound) }
    return (1...rounds).contains { $0 * options.epochs / (rounds + 1) == epoch }
  }

  /// Whether a rollout of parameters is worth following. Where it is left to the data, and the model explains all but a
  /// trace of the observed shifts, as it does without noise, predictions have nothing to come back from. What was
  /// observed then says more than plans from predictions do.
  private func follows(_ parameters: [Double], before epoch: Int) throws -> Bool {
    guard options.rollout == .usual, epoch != landing else { return true }
    return try DataLoss(data, layout).loss(parameters) > Self.trace * data.couplings.squaredShift
  }

  private static let trace = 0.005

  /// Does a part of the work, and asks the host meanwhile. Returns false where the host refuses. The state is then the
  /// one before the part, because a training that is resumed must find whole epochs.
  private func wholly<Number: KernelNumber>(
    _ state: inout TrainingState<Number>, _ goesOn: (TrainingState<Number>) -> Bool,
    _ part: (inout TrainingState<Number>) throws -> Void
  ) throws -> Bool {
    let before = state
    func goesOnBefore() -> Bool { goesOn(before) }
    do {
      try Interruption.during("training", goesOnBefore) { try part(&state) }
      return true
    } catch let error as EngineError where error.kind == .cancelled {
      state = before
      return false
    }
  }

  /// One epoch.
  @_specialize(where Number == Float)
  @_specialize(where Number == Double)
  private func advance<Number: KernelNumber>(
    _ state: inout TrainingState<Number>, _ epochData: EpochData<Number>, _ gradient: AlignedBuffer<Number>
  ) throws {
    let (objective, epoch) = (epochData.objective, state.epoch)
    var random = PhiloxSequence(seed: options.seed, stream: RandomPurpose.batches.stream(epoch))
    // An epoch has as many couplings as were observed. Where there are others along the rollout, it draws from both.
    let all = epochData.data.couplings.count
    let count = min(all, data.couplings.count)
    let order = random.permutation(all).prefix(count)
    let rate = rate(epoch: epoch)
    objective.begin(epoch: epoch)
    var loss = 0.0
    for first in stride(from: 0, to: count, by: options.batchSize) {
      let batch = order[first..<min(count, first + options.batchSize)]
      gradient.zero()
      // A batch stands for all couplings, so that its expectation is the objective whatever the weights are.
      let scale = Double(all) / Double(batch.count)
      let value = state.optimizer.parameters.withUnsafeBufferPointer { parameters in
        parameters.baseAddress.map {
          objective.accumulate(batch, scale: scale, parameters: $0, gradient: gradient.base)
        } ?? 0
      }
      loss += value * Double(batch.count) / Double(count)
      withExtendedLifetime(gradient) { state.optimizer.descend(gradient.base, factor: rate) }
      try Interruption.check()
    }
    // The loss is that of the weights before the last step, so that the weights are checked too.
    guard loss.isFinite, state.optimizer.parameters.allSatisfy(\.isFinite) else {
      throw EngineError(
        .convergence,
        "loss or weights are no longer finite in epoch \(epoch + 1); a learning rate of \(options.learningRate) may be too large"
      )
    }
    if let first = state.losses.first, options.interactionSamples != nil, abs(loss) > Self.runaway * abs(first) {
      throw EngineError(
        .convergence,
        "the sampled objective has gone from \(first) to \(loss) in epoch \(epoch + 1); a learning rate below \(options.learningRate), one that falls, or more pairs per coupling may help"
      )
    }
    state.losses.append(loss)
    state.epoch += 1
  }

  private func judge<Number: KernelNumber>(_ state: inout TrainingState<Number>, _ data: TrainingData) throws {
    guard let validate else { return }
    let parameters = try parameters(state, data)
    state.judge(parameters, try validate(parameters))
  }

  private func solveLastLayer<Number: KernelNumber>(_ state: inout TrainingState<Number>, _ data: TrainingData) throws {
    let epoch = state.epoch
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
  func result<Number: KernelNumber>(_ state: TrainingState<Number>, _ data: TrainingData) throws -> [Double] {
    try state.best?.parameters ?? parameters(state, data)
  }

  private func parameters<Number: KernelNumber>(
    _ state: TrainingState<Number>, _ data: TrainingData
  ) throws -> [Double] {
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
}

/// What an epoch trains on.
private struct EpochData<Number: KernelNumber> {
  let data: TrainingData
  let objective: TrainingObjective<Number>

  init(_ training: NetworkTraining, _ state: TrainingState<Number>, _ team: Team) throws {
    data = try training.rolled(state) ?? training.data
    objective = try TrainingObjective(
      data, layout: training.layout, batchSize: training.options.batchSize,
      sampleCount: training.options.interactionSamples, seed: training.options.seed, team: team)
  }
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Dynamics
import Energies
import Learning
import Numerics

@_cdecl("jko_simulation_options_init") @implementation
public func jko_simulation_options_init(_ options: UnsafeMutablePointer<jko_simulation_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_simulate") @implementation
public func jko_simulate(
  _ x0: UnsafePointer<jko_array>!, _ options: UnsafePointer<jko_simulation_options>!,
  _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let given = try ABI.options(options, "options", defaults: .defaults)
    let start = try input(x0, "x0")
    let steps = try requireCount(given.steps, "options->steps", in: 0...largestStepCount)
    let out = try output(out, "out", rows: try rows(start, steps), columns: start.columns)
    let simulation = Simulation(
      potential: try potentialSource(given, start.columns), interaction: try interactionSource(given, start.columns),
      beta: try requireNotNegative(given.beta, "options->beta"), dt: try requirePositive(given.dt, "options->dt"),
      t0: try requireFinite(given.t0, "options->t0"), steps: steps, seed: given.seed)
    let populations = try simulation.run(
      from: start, progress: progressHandler(given.progress, given.progress_user_data))
    try out.write(populations.flatMap(\.elements))
  }
}

@_cdecl("jko_rollout_options_init") @implementation
public func jko_rollout_options_init(_ options: UnsafeMutablePointer<jko_rollout_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_model_rollout_times") @implementation
public func jko_model_rollout_times(
  _ model: OpaquePointer!, _ t0: Double, _ steps: Int64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    let steps = try requireCount(steps, "steps", in: 0...largestStepCount)
    let out = try output(out, "out", rows: steps + 1, columns: 1)
    try out.write(model.rolloutTimes(from: t0.isNaN ? nil : t0, steps: steps))
  }
}

@_cdecl("jko_model_rollout") @implementation
public func jko_model_rollout(
  _ model: OpaquePointer!, _ x0: UnsafePointer<jko_array>!, _ times: UnsafePointer<jko_array>!,
  _ options: UnsafePointer<jko_rollout_options>!, _ out: UnsafePointer<jko_array>!,
  _ info: UnsafeMutablePointer<jko_rollout_info>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    try rollout(model, x0, times, options, out, info) { try $0(model, $1) }
  }
}

@_cdecl("jko_model_rollout_error") @implementation
public func jko_model_rollout_error(
  _ model: OpaquePointer!, _ x0: UnsafePointer<jko_array>!, _ times: UnsafePointer<jko_array>!,
  _ options: UnsafePointer<jko_rollout_options>!, _ out: UnsafePointer<jko_array>!,
  _ info: UnsafeMutablePointer<jko_rollout_info>!
) -> jko_status {
  gate {
    let model = try ModelHandle.fitted(model)
    try rollout(model, x0, times, options, out, info) { rollOut, progress in
      try model.rolloutErrors(progress, rollOut)
    }
  }
}

/// Reads the arguments of a rollout and writes what comes of it.
///
/// - Parameter outcome: is given what makes the rollout of a model, and returns what is to be written
private func rollout(
  _ model: FittedModel, _ x0: UnsafePointer<jko_array>?, _ times: UnsafePointer<jko_array>?,
  _ options: UnsafePointer<jko_rollout_options>?, _ out: UnsafePointer<jko_array>?,
  _ info: UnsafeMutablePointer<jko_rollout_info>?,
  _ outcome: (
    _ rollOut: @escaping (FittedModel, ProgressHandler) throws -> FittedModel.RolledOut, ProgressHandler
  ) throws -> FittedModel.RolledOut
) throws {
  let given = try ABI.options(options, "options", defaults: .defaults)
  let info = info == nil ? nil : try checkInfo(info, "info")
  let start = try input(x0, "x0")
  guard start.columns == model.dimension else {
    throw BoundaryError.shape(
      "x0 has \(counted(start.columns, "column")), the model has \(counted(model.dimension, "coordinate"))")
  }
  let times = try inputVector(times, "times")
  let out = try output(out, "out", rows: try rows(start, times.count - 1), columns: start.columns)
  let tolerance = try requirePositive(given.tolerance, "options->tolerance")
  let maxIterations = try requireCount(given.max_iterations, "options->max_iterations", in: 1...100_000)
  let substeps = try requireCount(given.substeps, "options->substeps", in: 1...1_000_000)
  let noise = try noise(given)
  func rollOut(_ model: FittedModel, _ progress: ProgressHandler) throws -> FittedModel.RolledOut {
    try model.rollOut(
      start, times: times, seed: given.seed, tolerance: tolerance, maxIterations: maxIterations, substeps: substeps,
      noise: noise, progress: progress)
  }
  let found = try outcome(rollOut, progressHandler(given.progress, given.progress_user_data))
  try out.write(found.populations.flatMap(\.elements))
  try tell(found.report, found.excursion, info)
}

private func noise(_ given: jko_rollout_options) throws -> PredictionNoise {
  switch given.noise {
  case jko_noise(JKO_NOISE_BETA): return .beta
  case jko_noise(JKO_NOISE_RESIDUAL): return .residual
  case jko_noise(JKO_NOISE_NONE): return .none
  default: throw BoundaryError.invalid("options->noise = \(given.noise) is not one of JKO_NOISE_*, 0 to 2")
  }
}

/// More steps than any memory holds populations for.
private let largestStepCount = 1 << 40

/// Rows of an output that holds a population at each of `steps` + 1 times.
private func rows(_ start: Matrix, _ steps: Int) throws -> Int {
  let (count, overflow) = start.rows.multipliedReportingOverflow(by: steps + 1)
  guard !overflow else { throw BoundaryError.invalid("steps = \(steps) times \(start.rows) particles is too many") }
  return count
}

/// Throws where more than one of a name, a gradient and a model are given for a term.
private func requireOneSource(_ sources: [(name: String, isGiven: Bool)]) throws {
  let given = sources.filter(\.isGiven)
  guard given.count <= 1 else {
    throw BoundaryError.invalid(
      "options->\(given[1].name) is given beside another source of the \(sources[0].name); only one of them may be")
  }
}

private func potentialSource(_ given: jko_simulation_options, _ dimension: Int) throws -> Simulation.Source? {
  try requireOneSource([
    ("potential", given.potential != nil), ("potential_gradient", given.potential_gradient != nil),
    ("potential_model", given.potential_model != nil),
  ])
  if given.potential != nil {
    return .functional(try Functional.named(try text(given.potential, "options->potential"), as: "options->potential"))
  }
  if let callback = given.potential_gradient {
    return callbackSource(callback, given.potential_gradient_user_data, dimension, "potential")
  }
  return try given.potential_model.map {
    let model = try sourceModel($0, dimension, "potential")
    guard let potential = model.potential else {
      throw BoundaryError.invalid("options->potential_model has no potential")
    }
    return .potential(potential)
  }
}

private func interactionSource(_ given: jko_simulation_options, _ dimension: Int) throws -> Simulation.Source? {
  try requireOneSource([
    ("interaction", given.interaction != nil), ("interaction_gradient", given.interaction_gradient != nil),
    ("interaction_model", given.interaction_model != nil),
  ])
  if given.interaction != nil {
    return .functional(
      try Functional.named(try text(given.interaction, "options->interaction"), as: "options->interaction"))
  }
  if let callback = given.interaction_gradient {
    return callbackSource(callback, given.interaction_gradient_user_data, dimension, "interaction")
  }
  return try given.interaction_model.map {
    let model = try sourceModel($0, dimension, "interaction")
    guard let interaction = model.interaction else {
      throw BoundaryError.invalid("options->interaction_model has no interaction")
    }
    return .potential(interaction)
  }
}

private func sourceModel(_ pointer: OpaquePointer, _ dimension: Int, _ term: String) throws -> FittedModel {
  let model = try ModelHandle.fitted(pointer, "options->\(term)_model")
  guard model.dimension == dimension else {
    throw BoundaryError.shape(
      "x0 has \(counted(dimension, "column")), the model of the \(term) has \(counted(model.dimension, "coordinate"))")
  }
  return model
}

private func callbackSource(
  _ callback:
    @escaping @convention(c) (
      UnsafePointer<Double>?, Int64, Int64, Double, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
    ) -> Int32,
  _ userData: UnsafeMutableRawPointer?, _ dimension: Int, _ name: String
) -> Simulation.Source {
  .callback { points, time, gradients in
    let count = Int64(points.count / dimension)
    guard callback(points.baseAddress, count, Int64(dimension), time, gradients.baseAddress, userData) == 0 else {
      throw EngineError(.cancelled, "simulation stopped by the callback of the gradient of the \(name)")
    }
    if let bad = gradients.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .nonfinite, "options->\(name)_gradient has given \(gradients[bad]) at index \(bad) and time \(time)")
    }
  }
}

extension jko_simulation_options {
  static var defaults: jko_simulation_options {
    var defaults = jko_simulation_options()
    defaults.struct_size = MemoryLayout<jko_simulation_options>.size
    defaults.dt = 0.01
    defaults.steps = 5
    return defaults
  }
}

extension jko_rollout_options {
  static var defaults: jko_rollout_options {
    var defaults = jko_rollout_options()
    defaults.struct_size = MemoryLayout<jko_rollout_options>.size
    defaults.tolerance = 1e-9
    defaults.max_iterations = 200
    defaults.substeps = 1
    return defaults
  }
}

/// Writes how predictions went. Where the caller has no place for that, throws if some steps did not converge.
func tell(_ report: ImplicitStep.Report, _ excursion: Excursion, _ info: InfoOutput<jko_rollout_info>?) throws {
  if let info {
    info.write(
      jko_rollout_info(
        struct_size: MemoryLayout<jko_rollout_info>.size, unconverged: Int64(report.unconverged),
        max_residual: report.maxResidual, iterations: Int64(report.iterations), outside: Int64(excursion.outside),
        farthest: excursion.farthest))
  } else if report.unconverged > 0 {
    throw EngineError(
      .convergence,
      "\(report.unconverged) implicit steps did not converge; their largest residual is \(report.maxResidual) lengths")
  }
}

import CJKOnetStar
import Numerics
import Transport

func planOptions(_ pointer: UnsafePointer<jko_plan_options>?, method: Int = Int(JKO_PLAN_EXACT)) throws
  -> jko_plan_options
{
  var defaults = jko_plan_options.defaults
  defaults.method = jko_plan_method(method)
  return try ABI.options(pointer, "options", defaults: defaults)
}

/// Throws where options ask for another method than the one that the function computes.
func requireMethod(_ options: jko_plan_options, _ method: Int, _ name: String) throws {
  guard options.method == jko_plan_method(method) else {
    throw BoundaryError.invalid("options->method = \(options.method) is not \(name) (\(method))")
  }
}

/// The checked options of an entropic plan; nil where an exact one is asked for.
///
/// - Parameter name: what messages call the options
func entropicOptions(_ given: jko_plan_options, _ name: String = "options") throws -> EntropicOptions? {
  switch given.method {
  case jko_plan_method(JKO_PLAN_EXACT): return nil
  case jko_plan_method(JKO_PLAN_SINKHORN), jko_plan_method(JKO_PLAN_UNBALANCED): break
  default:
    throw BoundaryError.invalid(
      "\(name)->method = \(given.method) is neither JKO_PLAN_EXACT (0), JKO_PLAN_SINKHORN (1) nor JKO_PLAN_UNBALANCED (2)"
    )
  }
  let epsilon = try requireNotNegative(given.epsilon, "\(name)->epsilon")
  guard given.tolerance > 0, given.tolerance < 1 else {
    throw BoundaryError.invalid("\(name)->tolerance = \(given.tolerance) is not between 0 and 1")
  }
  var options = EntropicOptions(
    epsilon: epsilon == 0 ? nil : epsilon, tolerance: given.tolerance,
    maxIterations: try requireCount(
      given.max_iterations, "\(name)->max_iterations", in: EntropicOptions.iterationCounts))
  guard given.method == jko_plan_method(JKO_PLAN_UNBALANCED) else { return options }
  (options.relaxationX, options.relaxationY) = (given.relaxation_x, given.relaxation_y)
  for (member, value) in [("relaxation_x", given.relaxation_x), ("relaxation_y", given.relaxation_y)]
  where !(value >= 0) {
    throw BoundaryError.invalid("\(name)->\(member) = \(value) is not a relaxation, 0 or more")
  }
  guard !options.isBalanced else {
    throw BoundaryError.invalid("\(name)->relaxation_x = inf, and so is the other one; one of both must be finite")
  }
  return options
}

/// The caller's callback, asked while a single plan is sought.
func interruption(_ options: jko_plan_options) -> Interruption? {
  // Without a callback of its own the plan heeds that of the thread, which a binding has set.
  guard options.progress != nil else { return Interruption.current }
  let progress = progressHandler(options.progress, options.progress_user_data)
  let start = monotonicSeconds()
  return Interruption("the transport plan") { progress(Progress(.plans, done: 0, of: 1, since: start)) }
}

/// Two populations as the caller gives them.
struct PlanInputs {
  let x: Matrix
  let y: Matrix
  let a: [Double]?
  let b: [Double]?

  init(
    _ x: UnsafePointer<jko_array>?, _ y: UnsafePointer<jko_array>?, _ a: UnsafePointer<jko_array>?,
    _ b: UnsafePointer<jko_array>?
  ) throws {
    self.x = try input(x, "x")
    self.y = try input(y, "y")
    self.a = try optionalMasses(a, "a", count: self.x.rows)
    self.b = try optionalMasses(b, "b", count: self.y.rows)
  }
}

func groundCost(_ metric: jko_metric) throws -> GroundCost {
  switch metric {
  case jko_metric(JKO_SQEUCLIDEAN): return .squaredEuclidean
  case jko_metric(JKO_EUCLIDEAN): return .euclidean
  default:
    throw BoundaryError.invalid(
      "options->metric = \(metric) is neither JKO_SQEUCLIDEAN (0) nor JKO_EUCLIDEAN (1)")
  }
}

extension jko_plan_options {
  static var defaults: jko_plan_options {
    jko_plan_options(
      struct_size: MemoryLayout<jko_plan_options>.size, metric: jko_metric(JKO_SQEUCLIDEAN),
      method: jko_plan_method(JKO_PLAN_EXACT), progress: nil, progress_user_data: nil, epsilon: 0,
      tolerance: EntropicOptions().tolerance, max_iterations: Int64(EntropicOptions().maxIterations),
      relaxation_x: EntropicOptions.usualRelaxation, relaxation_y: EntropicOptions.usualRelaxation)
  }
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Numerics
import Transport

@_cdecl("jko_plan_options_init") @implementation
public func jko_plan_options_init(_ options: UnsafeMutablePointer<jko_plan_options>!, _ struct_size: Int) -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_plan_compute") @implementation
public func jko_plan_compute(
  _ x: UnsafePointer<jko_array>!, _ y: UnsafePointer<jko_array>!, _ a: UnsafePointer<jko_array>!,
  _ b: UnsafePointer<jko_array>!, _ options: UnsafePointer<jko_plan_options>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate {
    try produce(out) {
      let chosen = try planOptions(options)
      let cost = try groundCost(chosen.metric)
      let populations = try Populations(x, y, a, b)
      return PlanHandle(
        try exactPlan(
          from: populations.x, masses: populations.a, to: populations.y, masses: populations.b, cost: cost,
          interruption: interruption(chosen)))
    }
  }
}

@_cdecl("jko_plan_describe") @implementation
public func jko_plan_describe(_ plan: OpaquePointer!, _ info: UnsafeMutablePointer<jko_plan_info>!) -> jko_status {
  gate {
    let plan = try PlanHandle.of(plan).plan
    let info = try checkInfo(info, "info")
    info.pointee = jko_plan_info(
      struct_size: MemoryLayout<jko_plan_info>.size, rows: Int64(plan.rows), columns: Int64(plan.columns),
      entries: Int64(plan.entries.count), cost: plan.cost, dual_cost: plan.dualCost, gap: plan.gap,
      marginal_error: plan.marginalError, iterations: Int64(plan.iterations))
  }
}

@_cdecl("jko_plan_entries") @implementation
public func jko_plan_entries(
  _ plan: OpaquePointer!, _ rows: UnsafeMutablePointer<Int64>!, _ columns: UnsafeMutablePointer<Int64>!,
  _ mass: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    let plan = try PlanHandle.of(plan).plan
    guard let rows else { throw BoundaryError.null("rows") }
    guard let columns else { throw BoundaryError.null("columns") }
    guard let mass else { throw BoundaryError.null("mass") }
    for (index, entry) in plan.entries.enumerated() {
      rows[index] = Int64(entry.row)
      columns[index] = Int64(entry.column)
      mass[index] = entry.mass
    }
  }
}

@_cdecl("jko_plan_duals") @implementation
public func jko_plan_duals(
  _ plan: OpaquePointer!, _ dual_x: UnsafeMutablePointer<Double>!, _ dual_y: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    let plan = try PlanHandle.of(plan).plan
    guard let dual_x else { throw BoundaryError.null("dual_x") }
    guard let dual_y else { throw BoundaryError.null("dual_y") }
    for (index, dual) in plan.dualX.enumerated() { dual_x[index] = dual }
    for (index, dual) in plan.dualY.enumerated() { dual_y[index] = dual }
  }
}

@_cdecl("jko_plan_destroy") @implementation
public func jko_plan_destroy(_ plan: OpaquePointer!) { Handle.destroy(plan) }

@_cdecl("jko_emd") @implementation
public func jko_emd(
  _ x: UnsafePointer<jko_array>!, _ y: UnsafePointer<jko_array>!, _ a: UnsafePointer<jko_array>!,
  _ b: UnsafePointer<jko_array>!, _ order: Int32, _ options: UnsafePointer<jko_plan_options>!,
  _ out: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    guard let out else { throw BoundaryError.null("out") }
    guard order == 1 || order == 2 else { throw BoundaryError.invalid("order = \(order) is neither 1 nor 2") }
    let interruption = interruption(try planOptions(options))
    let populations = try Populations(x, y, a, b)
    out.pointee = try wassersteinDistance(
      from: populations.x, masses: populations.a, to: populations.y, masses: populations.b, order: Int(order),
      interruption: interruption)
  }
}

private func planOptions(_ pointer: UnsafePointer<jko_plan_options>?) throws -> jko_plan_options {
  let options = try ABI.options(pointer, "options", defaults: .defaults)
  guard options.method == jko_plan_method(JKO_PLAN_EXACT) else {
    throw BoundaryError.invalid("options->method = \(options.method) is not JKO_PLAN_EXACT (0)")
  }
  return options
}

/// The caller's callback, asked while a single plan is sought.
private func interruption(_ options: jko_plan_options) -> Interruption? {
  guard options.progress != nil else { return nil }
  let progress = progressHandler(options.progress, options.user_data)
  let start = monotonicSeconds()
  return Interruption("the transport plan") { progress(Progress(.plans, done: 0, of: 1, since: start)) }
}

/// Two populations as the caller gives them.
private struct Populations {
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

private func groundCost(_ metric: jko_metric) throws -> GroundCost {
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
      method: jko_plan_method(JKO_PLAN_EXACT), progress: nil, user_data: nil)
  }
}

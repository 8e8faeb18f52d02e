// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Evaluation
import Learning
import Numerics
import Snapshots
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
  gate(clears: out) {
    try produce(out) {
      let chosen = try planOptions(options)
      let cost = try groundCost(chosen.metric)
      let entropic = try entropicOptions(chosen)
      let given = try PlanInputs(x, y, a, b)
      guard let entropic else {
        let plan = try exactPlan(
          from: given.x, masses: given.a, to: given.y, masses: given.b, cost: cost, interruption: interruption(chosen))
        return PlanHandle(.exact(plan, x: given.x, y: given.y))
      }
      let plan = try entropicPlan(
        from: given.x, masses: given.a, to: given.y, masses: given.b, cost: cost, options: entropic,
        interruption: interruption(chosen))
      return PlanHandle(.entropic(plan, chosen.method))
    }
  }
}

@_cdecl("jko_snapshots_plans") @implementation
public func jko_snapshots_plans(
  _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_plan_options>!,
  _ plans: UnsafeMutablePointer<OpaquePointer?>!, _ count: Int64
) -> jko_status {
  gate {
    let series = try SnapshotsHandle.of(snapshots).series
    guard let plans else { throw BoundaryError.null("plans") }
    guard count > 0, Int(count) == series.snapshots.count - 1 else {
      throw BoundaryError.shape("count = \(count) is not the number of snapshots - 1 = \(series.snapshots.count - 1)")
    }
    for k in 0..<Int(count) { plans[k] = nil }
    let chosen = try planOptions(options)
    let all = try SnapshotPlan.all(
      series, cost: try groundCost(chosen.metric), try entropicOptions(chosen), "the transport plans",
      progressHandler(chosen.progress, chosen.progress_user_data))
    let made = all.enumerated().map { k, plan in
      switch plan {
      case .exact(let plan):
        PlanHandle(.exact(plan, x: series.snapshots[k].points, y: series.snapshots[k + 1].points))
      case .entropic(let plan): PlanHandle(.entropic(plan, chosen.method))
      }
    }
    for (k, pointer) in try handOut(made).enumerated() { plans[k] = pointer }
  }
}

@_cdecl("jko_plan_describe") @implementation
public func jko_plan_describe(_ plan: OpaquePointer!, _ info: UnsafeMutablePointer<jko_plan_info>!) -> jko_status {
  gate {
    let handle = try PlanHandle.of(plan)
    let info = try checkInfo(info, "info")
    let size = MemoryLayout<jko_plan_info>.size
    switch handle.plan {
    case .exact(let plan, _, _):
      info.write(
        jko_plan_info(
          struct_size: size, rows: Int64(plan.rows), columns: Int64(plan.columns), entries: Int64(plan.entries.count),
          cost: plan.cost, dual_cost: plan.dualCost, gap: plan.gap, marginal_error: plan.marginalError,
          iterations: Int64(plan.iterations), method: jko_plan_method(JKO_PLAN_EXACT), converged: 1, epsilon: 0,
          objective: plan.dualCost, mass: plan.mass))
    case .entropic(let plan, let method):
      info.write(
        jko_plan_info(
          struct_size: size, rows: Int64(plan.rows), columns: Int64(plan.columns), entries: 0, cost: plan.cost,
          dual_cost: .nan, gap: .nan, marginal_error: plan.marginalError, iterations: Int64(plan.iterations),
          method: method, converged: plan.converged ? 1 : 0, epsilon: plan.epsilon, objective: plan.objective,
          mass: plan.mass))
    }
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
    let chosen = try planOptions(options)
    try requireMethod(chosen, Int(JKO_PLAN_EXACT), "JKO_PLAN_EXACT")
    let populations = try PlanInputs(x, y, a, b)
    out.pointee = try wassersteinDistance(
      from: populations.x, masses: populations.a, to: populations.y, masses: populations.b, order: Int(order),
      interruption: interruption(chosen))
  }
}

@_cdecl("jko_energy_distance") @implementation
public func jko_energy_distance(
  _ x: UnsafePointer<jko_array>!, _ y: UnsafePointer<jko_array>!, _ a: UnsafePointer<jko_array>!,
  _ b: UnsafePointer<jko_array>!, _ out: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    guard let out else { throw BoundaryError.null("out") }
    let populations = try PlanInputs(x, y, a, b)
    out.pointee = try energyDistance(
      from: populations.x, masses: populations.a, to: populations.y, masses: populations.b)
  }
}

@_cdecl("jko_sinkhorn_divergence") @implementation
public func jko_sinkhorn_divergence(
  _ x: UnsafePointer<jko_array>!, _ y: UnsafePointer<jko_array>!, _ a: UnsafePointer<jko_array>!,
  _ b: UnsafePointer<jko_array>!, _ options: UnsafePointer<jko_plan_options>!, _ out: UnsafeMutablePointer<Double>!,
  _ info: UnsafeMutablePointer<jko_divergence_info>!
) -> jko_status {
  gate {
    guard let out else { throw BoundaryError.null("out") }
    let checked = try info.map { try checkInfo($0, "info") }
    let chosen = try planOptions(options, method: Int(JKO_PLAN_SINKHORN))
    try requireMethod(chosen, Int(JKO_PLAN_SINKHORN), "JKO_PLAN_SINKHORN")
    let cost = try groundCost(chosen.metric)
    let entropic = try entropicOptions(chosen) ?? EntropicOptions()
    let given = try PlanInputs(x, y, a, b)
    let divergence = try sinkhornDivergence(
      from: given.x, masses: given.a, to: given.y, masses: given.b, cost: cost, options: entropic,
      interruption: interruption(chosen))
    out.pointee = divergence.value
    checked?.write(
      jko_divergence_info(
        struct_size: MemoryLayout<jko_divergence_info>.size, epsilon: divergence.epsilon,
        marginal_error: divergence.marginalError, iterations: Int64(divergence.iterations),
        converged: divergence.converged ? 1 : 0))
  }
}

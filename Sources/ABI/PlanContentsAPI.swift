// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Numerics
import Transport

@_cdecl("jko_plan_entries") @implementation
public func jko_plan_entries(
  _ plan: OpaquePointer!, _ rows: UnsafeMutablePointer<Int64>!, _ columns: UnsafeMutablePointer<Int64>!,
  _ mass: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    guard case .exact(let plan, _, _) = try PlanHandle.of(plan).plan else {
      throw BoundaryError.invalid("plan is entropic and all its pairs carry mass; call jko_plan_sparse")
    }
    try copy(plan.entries, rows, columns, mass)
  }
}

@_cdecl("jko_plan_sparse") @implementation
public func jko_plan_sparse(
  _ plan: OpaquePointer!, _ threshold: Double, _ capacity: Int64, _ rows: UnsafeMutablePointer<Int64>!,
  _ columns: UnsafeMutablePointer<Int64>!, _ mass: UnsafeMutablePointer<Double>!,
  _ count: UnsafeMutablePointer<Int64>!
) -> jko_status {
  gate {
    let handle = try PlanHandle.of(plan)
    guard let count else { throw BoundaryError.null("count") }
    let threshold = try requireNotNegative(threshold, "threshold")
    let capacity = try requireCount(capacity, "capacity", in: 0...Int(Int64.max))
    let found: (entries: [TransportPlan.Entry], count: Int)
    switch handle.plan {
    case .exact(let plan, _, _):
      let entries = plan.entries.filter { $0.mass > threshold }
      found = (Array(entries.prefix(capacity)), entries.count)
    case .entropic(let plan, _):
      let most = plan.rows.multipliedReportingOverflow(by: plan.columns)
      try requireMemory(
        min(capacity, most.overflow ? .max : most.partialValue), of: TransportPlan.Entry.self, for: "mass")
      found = try plan.entries(above: threshold, capacity: capacity)
    }
    if capacity > 0 { try copy(found.entries, rows, columns, mass) }
    count.pointee = Int64(found.count)
  }
}

private func copy(
  _ entries: [TransportPlan.Entry], _ rows: UnsafeMutablePointer<Int64>?, _ columns: UnsafeMutablePointer<Int64>?,
  _ mass: UnsafeMutablePointer<Double>?
) throws {
  guard let rows else { throw BoundaryError.null("rows") }
  guard let columns else { throw BoundaryError.null("columns") }
  guard let mass else { throw BoundaryError.null("mass") }
  for (index, entry) in entries.enumerated() {
    rows[index] = Int64(entry.row)
    columns[index] = Int64(entry.column)
    mass[index] = entry.mass
  }
}

@_cdecl("jko_plan_masses") @implementation
public func jko_plan_masses(
  _ plan: OpaquePointer!, _ mass_x: UnsafeMutablePointer<Double>!, _ mass_y: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    let handle = try PlanHandle.of(plan)
    guard let mass_x else { throw BoundaryError.null("mass_x") }
    guard let mass_y else { throw BoundaryError.null("mass_y") }
    let (rows, columns): ([Double], [Double])
    switch handle.plan {
    case .exact(let plan, _, _): (rows, columns) = plan.masses
    case .entropic(let plan, _): (rows, columns) = (plan.rowMasses, plan.columnMasses)
    }
    mass_x.update(from: rows, count: rows.count)
    mass_y.update(from: columns, count: columns.count)
  }
}

@_cdecl("jko_plan_duals") @implementation
public func jko_plan_duals(
  _ plan: OpaquePointer!, _ dual_x: UnsafeMutablePointer<Double>!, _ dual_y: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    let handle = try PlanHandle.of(plan)
    guard let dual_x else { throw BoundaryError.null("dual_x") }
    guard let dual_y else { throw BoundaryError.null("dual_y") }
    let (u, v): ([Double], [Double])
    switch handle.plan {
    case .exact(let plan, _, _): (u, v) = (plan.dualX, plan.dualY)
    case .entropic(let plan, _): (u, v) = (plan.potentialX, plan.potentialY)
    }
    dual_x.update(from: u, count: u.count)
    dual_y.update(from: v, count: v.count)
  }
}

@_cdecl("jko_plan_barycenters") @implementation
public func jko_plan_barycenters(
  _ plan: OpaquePointer!, _ images_x: UnsafePointer<jko_array>!, _ images_y: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let handle = try PlanHandle.of(plan)
    let (rows, columns, dimension): (Int, Int, Int)
    switch handle.plan {
    case .exact(let plan, let x, _): (rows, columns, dimension) = (plan.rows, plan.columns, x.columns)
    case .entropic(let plan, _): (rows, columns, dimension) = (plan.rows, plan.columns, plan.dimension)
    }
    let outX = try images_x.map { try output($0, "images_x", rows: rows, columns: dimension) }
    let outY = try images_y.map { try output($0, "images_y", rows: columns, columns: dimension) }
    switch handle.plan {
    case .exact(let plan, let x, let y):
      outX?.write(plan.imagesOfX(y).elements)
      outY?.write(plan.imagesOfY(x).elements)
    case .entropic(let plan, _):
      if let outX { outX.write(plan.imagesOfX().elements) }
      if let outY { outY.write(plan.imagesOfY().elements) }
    }
  }
}

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
      throw BoundaryError.invalid("plan is entropic and all its pairs carry mass; ask for those above a threshold")
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
      found = plan.entries(above: threshold, capacity: capacity)
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
    let plan = try PlanHandle.of(plan).plan
    try copy(plan.masses, mass_x, "mass_x", mass_y, "mass_y")
  }
}

@_cdecl("jko_plan_duals") @implementation
public func jko_plan_duals(
  _ plan: OpaquePointer!, _ dual_x: UnsafeMutablePointer<Double>!, _ dual_y: UnsafeMutablePointer<Double>!
) -> jko_status {
  gate {
    let plan = try PlanHandle.of(plan).plan
    try copy(plan.duals, dual_x, "dual_x", dual_y, "dual_y")
  }
}

/// Copies one number per row and one per column of a plan. They are computed only after both pointers were checked.
private func copy(
  _ numbers: @autoclosure () -> (rows: [Double], columns: [Double]),
  _ x: UnsafeMutablePointer<Double>?, _ nameX: String, _ y: UnsafeMutablePointer<Double>?, _ nameY: String
) throws {
  guard let x else { throw BoundaryError.null(nameX) }
  guard let y else { throw BoundaryError.null(nameY) }
  let numbers = numbers()
  x.update(from: numbers.rows, count: numbers.rows.count)
  y.update(from: numbers.columns, count: numbers.columns.count)
}

@_cdecl("jko_plan_barycentres") @implementation
public func jko_plan_barycentres(
  _ plan: OpaquePointer!, _ images_x: UnsafePointer<jko_array>!, _ images_y: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let plan = try PlanHandle.of(plan).plan
    let (rows, columns, dimension) = plan.shape
    let outX = try images_x.map { try output($0, "images_x", rows: rows, columns: dimension) }
    let outY = try images_y.map { try output($0, "images_y", rows: columns, columns: dimension) }
    try write(
      (outX, outX == nil ? [] : plan.imagesOfX.elements), (outY, outY == nil ? [] : plan.imagesOfY.elements))
  }
}

/// What plans of all methods have.
extension PlanHandle.Plan {
  fileprivate var shape: (rows: Int, columns: Int, dimension: Int) {
    switch self {
    case .exact(let plan, let x, _): (plan.rows, plan.columns, x.columns)
    case .entropic(let plan, _): (plan.rows, plan.columns, plan.dimension)
    }
  }

  fileprivate var masses: (rows: [Double], columns: [Double]) {
    switch self {
    case .exact(let plan, _, _): plan.masses
    case .entropic(let plan, _): (plan.rowMasses, plan.columnMasses)
    }
  }

  fileprivate var duals: (rows: [Double], columns: [Double]) {
    switch self {
    case .exact(let plan, _, _): (plan.dualX, plan.dualY)
    case .entropic(let plan, _): (plan.potentialX, plan.potentialY)
    }
  }

  fileprivate var imagesOfX: Matrix {
    switch self {
    case .exact(let plan, _, let y): plan.imagesOfX(y)
    case .entropic(let plan, _): plan.imagesOfX()
    }
  }

  fileprivate var imagesOfY: Matrix {
    switch self {
    case .exact(let plan, let x, _): plan.imagesOfY(x)
    case .entropic(let plan, _): plan.imagesOfY()
    }
  }
}

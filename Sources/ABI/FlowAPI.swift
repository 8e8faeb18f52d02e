// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Densities
import Flows
import Numerics

@_cdecl("jko_flow_compute") @implementation
public func jko_flow_compute(
  _ base: OpaquePointer!, _ options: UnsafePointer<jko_flow_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      switch try DensityHandle.of(base, "base").density {
      case .mixture(let mixture, _): try flowHandle(from: mixture, options)
      case .kernel(let kernel): try flowHandle(from: kernel, options)
      }
    }
  }
}

@_cdecl("jko_flow_compute_from") @implementation
public func jko_flow_compute_from(
  _ x0: UnsafePointer<jko_array>!, _ log_density: jko_energy_callback!, _ user_data: UnsafeMutableRawPointer!,
  _ options: UnsafePointer<jko_flow_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let points = try input(x0, "x0")
      guard let log_density else { throw BoundaryError.null("log_density") }
      guard points.rows >= FlowOptions.particleCounts.lowerBound else {
        throw BoundaryError.shape(
          "x0 has \(counted(points.rows, "row")), fewer than \(FlowOptions.particleCounts.lowerBound)")
      }
      return try flowHandle(
        from: HostDensity(points: points, hostEvaluation(log_density, user_data, called: "log_density")), options)
    }
  }
}

/// The flow from a base density, by options of C.
private func flowHandle(
  from base: any BaseDensity, _ options: UnsafePointer<jko_flow_options>?
) throws -> FlowHandle {
  let given = try ABI.options(options, "options", defaults: .defaults)
  let energy = try given.energy(from: base)
  let wanted = try given.flow()
  let flow = try naming(["path": "options->checkpoint"]) {
    try WassersteinFlow(
      of: energy, from: base, options: wanted, progress: progressHandler(given.progress, given.progress_user_data))
  }
  return FlowHandle(flow)
}

@_cdecl("jko_flow_dimension") @implementation
public func jko_flow_dimension(_ flow: OpaquePointer!) -> Int64 {
  Int64((try? FlowHandle.of(flow).dimension) ?? 0)
}

@_cdecl("jko_flow_step_count") @implementation
public func jko_flow_step_count(_ flow: OpaquePointer!) -> Int64 {
  Int64((try? FlowHandle.of(flow).stepCount) ?? 0)
}

@_cdecl("jko_flow_course") @implementation
public func jko_flow_course(
  _ flow: OpaquePointer!, _ times: UnsafePointer<jko_array>!, _ energies: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    func column(_ array: UnsafePointer<jko_array>?, _ name: String) throws -> ArrayView? {
      array == nil ? nil : try output(array, name, rows: flow.times.count, columns: 1)
    }
    let (timesOut, energiesOut) = (try column(times, "times"), try column(energies, "energies"))
    try write((timesOut, flow.times), (energiesOut, flow.energies))
  }
}

@_cdecl("jko_flow_sample") @implementation
public func jko_flow_sample(
  _ flow: OpaquePointer!, _ step: Int64, _ seed: UInt64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    let out = try output(out, "out", rows: Int(clamping: out?.pointee.rows ?? 0), columns: flow.dimension)
    try out.write(flow.sample(out.rows, step: Int(step), seed: seed).elements)
  }
}

@_cdecl("jko_flow_transport") @implementation
public func jko_flow_transport(
  _ flow: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ from: Int64, _ to: Int64, _ out: UnsafePointer<jko_array>!,
  _ determinants: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    let points = try input(x, "x")
    let out = try output(out, "out", rows: points.rows, columns: points.columns)
    let column = determinants == nil ? nil : try output(determinants, "determinants", rows: points.rows, columns: 1)
    let moved = try flow.transport(points, from: Int(from), to: Int(to))
    try write((out, moved.points.elements), (column, moved.logDeterminants))
  }
}

@_cdecl("jko_flow_inverse") @implementation
public func jko_flow_inverse(
  _ flow: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ step: Int64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    let points = try input(x, "x")
    let out = try output(out, "out", rows: points.rows, columns: points.columns)
    try out.write(flow.inverse(points, step: Int(step)).elements)
  }
}

@_cdecl("jko_flow_log_density") @implementation
public func jko_flow_log_density(
  _ flow: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ step: Int64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    let points = try input(x, "x")
    let out = try output(out, "out", rows: points.rows, columns: 1)
    try out.write(flow.logDensities(points, step: Int(step)))
  }
}

@_cdecl("jko_flow_score") @implementation
public func jko_flow_score(
  _ flow: OpaquePointer!, _ x: UnsafePointer<jko_array>!, _ step: Int64, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    let points = try input(x, "x")
    let out = try output(out, "out", rows: points.rows, columns: points.columns)
    try out.write(flow.scores(points, step: Int(step)).elements)
  }
}

@_cdecl("jko_flow_mass") @implementation
public func jko_flow_mass(_ flow: OpaquePointer!, _ step: Int64, _ mass: UnsafeMutablePointer<Double>!) -> jko_status {
  gate {
    let flow = try FlowHandle.of(flow)
    guard let mass else { throw BoundaryError.null("mass") }
    mass.pointee = try flow.mass(step: Int(step))
  }
}

@_cdecl("jko_flow_save") @implementation
public func jko_flow_save(_ flow: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> jko_status {
  gate { try FlowHandle.of(flow).save(try text(path, "path")) }
}

@_cdecl("jko_flow_load") @implementation
public func jko_flow_load(
  _ path: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) { try produce(out) { FlowHandle(try WassersteinFlow.load(try text(path, "path"))) } }
}

@_cdecl("jko_flow_destroy") @implementation
public func jko_flow_destroy(_ flow: OpaquePointer!) { Handle.destroy(flow) }

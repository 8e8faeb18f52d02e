// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Fields
import Learning
import Numerics
import Snapshots

@_cdecl("jko_growth_options_init") @implementation
public func jko_growth_options_init(
  _ options: UnsafeMutablePointer<jko_growth_options>!, _ struct_size: Int
) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_growth_fit") @implementation
public func jko_growth_fit(
  _ snapshots: OpaquePointer!, _ options: UnsafePointer<jko_growth_options>!,
  _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      let series = try SnapshotsHandle.of(snapshots).series
      let given = try ABI.options(options, "options", defaults: .defaults)
      let names = ["total_mass", "bootstrap"]
      let growth = try naming(Dictionary(uniqueKeysWithValues: names.map { ($0, "options->\($0)") })) {
        try Growth(
          series, try given.growth(of: series), progress: progressHandler(given.progress, given.progress_user_data))
      }
      return GrowthHandle(growth)
    }
  }
}

@_cdecl("jko_growth_rates") @implementation
public func jko_growth_rates(
  _ growth: OpaquePointer!, _ points: UnsafePointer<jko_array>!, _ time: Double, _ rates: UnsafePointer<jko_array>!,
  _ errors: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let growth = try GrowthHandle.of(growth)
    let points = try input(points, "points")
    try require(points, "points", of: growth)
    let time = try requireFinite(time, "time")
    func column(_ array: UnsafePointer<jko_array>?, _ name: String) throws -> ArrayView? {
      array == nil ? nil : try output(array, name, rows: points.rows, columns: 1)
    }
    let (ratesOut, errorsOut) = (try column(rates, "rates"), try column(errors, "errors"))
    try write(
      (ratesOut, ratesOut == nil ? [] : try Growth.finite(growth.rates(at: points, time: time), at: time)),
      (errorsOut, errorsOut == nil ? [] : try Growth.finite(growth.errors(at: points, time: time), at: time)))
  }
}

@_cdecl("jko_growth_masses") @implementation
public func jko_growth_masses(
  _ growth: OpaquePointer!, _ paths: UnsafePointer<jko_array>!, _ times: UnsafePointer<jko_array>!,
  _ masses: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let growth = try GrowthHandle.of(growth)
    let paths = try input(paths, "paths")
    try require(paths, "paths", of: growth)
    let times = try inputVector(times, "times")
    guard paths.rows % times.count == 0 else {
      throw BoundaryError.shape(
        "paths has \(counted(paths.rows, "row")), which are not the same number at each of \(counted(times.count, "time"))"
      )
    }
    for k in times.indices.dropFirst() where times[k] <= times[k - 1] {
      throw EngineError(
        .population, "times[\(k)] = \(times[k]) is not greater than the time before it, \(times[k - 1])")
    }
    let count = paths.rows / times.count
    let given = try optionalMasses(masses, "masses", count: count)
    if let bad = given?.firstIndex(where: { $0 < 0 }) {
      throw EngineError(.population, "masses[\(bad)] = \(given?[bad] ?? 0) is negative")
    }
    let view = try output(out, "out", rows: paths.rows, columns: 1)
    let steps = times.indices.map { k in paths.selecting(rows: Array(k * count..<(k + 1) * count)) }
    let found = try growth.masses(
      along: steps, times: times, from: given ?? [Double](repeating: 1 / Double(count), count: count))
    try view.write(found.flatMap { $0 })
  }
}

@_cdecl("jko_growth_total_mass") @implementation
public func jko_growth_total_mass(
  _ growth: OpaquePointer!, _ times: UnsafePointer<jko_array>!, _ out: UnsafePointer<jko_array>!
) -> jko_status {
  gate {
    let growth = try GrowthHandle.of(growth)
    let times = try inputVector(times, "times")
    let view = try output(out, "out", rows: times.count, columns: 1)
    let masses = times.map { growth.totalMass(at: $0) }
    if let far = masses.firstIndex(where: { !$0.isFinite }) {
      throw EngineError(
        .nonfinite, "times[\(far)] = \(times[far]) is so far from the snapshots that the mass then exceeds all numbers")
    }
    try view.write(masses)
  }
}

@_cdecl("jko_growth_dimension") @implementation
public func jko_growth_dimension(_ growth: OpaquePointer!) -> Int64 {
  Int64((try? GrowthHandle.of(growth).dimension) ?? 0)
}

@_cdecl("jko_growth_time_count") @implementation
public func jko_growth_time_count(_ growth: OpaquePointer!) -> Int64 {
  Int64((try? GrowthHandle.of(growth).times.count) ?? 0)
}

@_cdecl("jko_growth_times") @implementation
public func jko_growth_times(_ growth: OpaquePointer!, _ out: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let times = try GrowthHandle.of(growth).times
    try output(out, "out", rows: times.count, columns: 1).write(times)
  }
}

@_cdecl("jko_growth_destroy") @implementation
public func jko_growth_destroy(_ growth: OpaquePointer!) { Handle.destroy(growth) }

@_cdecl("jko_growth_member_count") @implementation
public func jko_growth_member_count(_ growth: OpaquePointer!) -> Int64 {
  Int64((try? GrowthHandle.of(growth).memberCount) ?? 0)
}

@_cdecl("jko_growth_save") @implementation
public func jko_growth_save(_ growth: OpaquePointer!, _ path: UnsafePointer<CChar>!) -> jko_status {
  gate { try GrowthHandle.of(growth).save(try text(path, "path")) }
}

@_cdecl("jko_growth_load") @implementation
public func jko_growth_load(
  _ path: UnsafePointer<CChar>!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) { try produce(out) { GrowthHandle(try Growth.load(try text(path, "path"))) } }
}

@_cdecl("jko_model_set_growth") @implementation
public func jko_model_set_growth(_ model: OpaquePointer!, _ growth: OpaquePointer!) -> jko_status {
  gate {
    let handle = try ModelHandle.of(model)
    let fitted = try ModelHandle.fitted(model)
    let growth = try growth.map { try GrowthHandle.of($0) }
    if let growth, growth.dimension != fitted.dimension {
      throw BoundaryError.shape(
        "growth has \(counted(growth.dimension, "coordinate")), the model has \(fitted.dimension)")
    }
    handle.fitted = fitted.growing(by: growth)
  }
}

@_cdecl("jko_model_growth") @implementation
public func jko_model_growth(
  _ model: OpaquePointer!, _ out: UnsafeMutablePointer<OpaquePointer?>!
) -> jko_status {
  gate(clears: out) {
    try produce(out) {
      guard let growth = try ModelHandle.fitted(model).growth else {
        throw BoundaryError.invalid("model has no growth; it was fitted without")
      }
      return GrowthHandle(growth)
    }
  }
}

private func require(_ points: Matrix, _ name: String, of growth: Growth) throws {
  guard points.columns == growth.dimension else {
    throw BoundaryError.shape(
      "\(name) has \(counted(points.columns, "column")); the growth has \(counted(growth.dimension, "coordinate"))")
  }
}

extension jko_growth_options {
  fileprivate static var defaults: jko_growth_options {
    let usual = GrowthOptions()
    return jko_growth_options(
      struct_size: MemoryLayout<jko_growth_options>.size, total_mass: nil, prior: nil,
      relaxation: usual.field.relaxation, ridge: usual.ridge, rounds: Int32(usual.rounds),
      bootstrap: Int32(usual.members), length_scale: usual.field.lengthScale, time_scale: usual.field.timeScale,
      particles: Int64(usual.field.particles), seed: usual.field.seed, progress: nil, progress_user_data: nil)
  }

  fileprivate func growth(of series: SnapshotSeries) throws -> GrowthOptions {
    var wanted = GrowthOptions()
    wanted.ridge = try requirePositive(ridge, "options->ridge")
    wanted.rounds = try requireCount(rounds, "options->rounds", in: 1...100)
    wanted.members = try requireCount(bootstrap, "options->bootstrap", in: GrowthOptions.memberCounts)
    wanted.field = try FieldOptions(
      relaxation: relaxation, lengthScale: length_scale, timeScale: time_scale, particles: particles, seed: seed)
    let sizes = series.snapshots.map { $0.points.rows }
    if total_mass != nil {
      wanted.totalMasses = try inputVector(total_mass, "options->total_mass", count: sizes.count)
    }
    if prior != nil {
      let rates = try inputVector(prior, "options->prior", count: sizes.reduce(0, +))
      var start = 0
      wanted.priors = sizes.map { size in
        defer { start += size }
        return Array(rates[start..<start + size])
      }
    }
    return wanted
  }
}

extension FieldOptions {
  /// What the options of C say of the field, checked.
  init(relaxation: Double, lengthScale: Double, timeScale: Double, particles: Int64, seed: UInt64) throws {
    self.init()
    self.relaxation = relaxation
    (self.lengthScale, self.timeScale) = (lengthScale, timeScale)
    self.particles = try requireCount(particles, "options->particles", in: 2...1_000_000)
    self.seed = seed
    let names = ["relaxation", "length_scale", "time_scale"]
    try naming(Dictionary(uniqueKeysWithValues: names.map { ($0, "options->\($0)") })) { try validate() }
  }
}

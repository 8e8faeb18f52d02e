// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Flows
import Learning
import Numerics

@_cdecl("jko_sample_options_init") @implementation
public func jko_sample_options_init(
  _ options: UnsafeMutablePointer<jko_sample_options>!, _ struct_size: Int
) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_sample") @implementation
public func jko_sample(
  _ x0: UnsafePointer<jko_array>!, _ options: UnsafePointer<jko_sample_options>!, _ out: UnsafePointer<jko_array>!,
  _ info: UnsafeMutablePointer<jko_sample_info>!
) -> jko_status {
  gate {
    let given = try ABI.options(options, "options", defaults: .defaults)
    let start = try input(x0, "x0")
    let sampler = try given.sampler()
    let (count, overflow) = start.rows.multipliedReportingOverflow(by: sampler.draws)
    guard !overflow else {
      throw BoundaryError.invalid("options->draws = \(sampler.draws) times \(counted(start.rows, "chain")) is too many")
    }
    let out = try output(out, "out", rows: count, columns: start.columns)
    let asked = try ABI.options(UnsafePointer(info), "info", defaults: jko_sample_info())
    let checked = info == nil ? nil : try checkInfo(info, "info")
    func column(_ array: UnsafePointer<jko_array>?, _ name: String) throws -> ArrayView? {
      array == nil ? nil : try output(array, name, rows: start.columns, columns: 1)
    }
    let sizes = try column(asked.effective_sizes, "info->effective_sizes")
    let rHats = try column(asked.r_hats, "info->r_hats")
    let potential = try given.potential(dimension: start.columns, length: LangevinSampler.spread(of: start))
    let found = try sampler.run(
      potential, from: start, progress: progressHandler(given.progress, given.progress_user_data))
    let diagnostics =
      sizes == nil && rHats == nil ? nil : try ChainDiagnostics(found.points, chains: start.rows)
    try write(
      (out, found.points.elements), (sizes, diagnostics?.effectiveSizes ?? []), (rHats, diagnostics?.rHats ?? []))
    checked?.write(
      jko_sample_info(
        struct_size: MemoryLayout<jko_sample_info>.size, acceptance: found.acceptance, step: found.step,
        effective_sizes: asked.effective_sizes, r_hats: asked.r_hats))
  }
}

extension jko_sample_options {
  fileprivate static var defaults: jko_sample_options {
    let usual = LangevinSampler()
    var defaults = jko_sample_options()
    defaults.struct_size = MemoryLayout<jko_sample_options>.size
    defaults.beta = usual.beta
    (defaults.draws, defaults.warmup) = (Int64(usual.draws), Int64(usual.warmup))
    defaults.adjusted = usual.adjusted ? 1 : 0
    return defaults
  }

  fileprivate func potential(dimension: Int, length: Double) throws -> any Potential {
    let source = EnergySource(
      term: "potential", functional: potential, callback: potential_callback, userData: potential_callback_user_data,
      model: potential_model, mayBeNaN: true)
    let found = try source.found(dimension, length: length, fromModel: { $0.potential }, as: { $0 as any Potential })
    guard let found else { throw BoundaryError.null("options->potential") }
    return found
  }

  fileprivate func sampler() throws -> LangevinSampler {
    var sampler = LangevinSampler()
    sampler.beta = try requirePositive(beta, "options->beta")
    sampler.draws = try requireCount(draws, "options->draws", in: 1...100_000_000)
    sampler.warmup = try requireCount(warmup, "options->warmup", in: 0...100_000_000)
    sampler.step = step == 0 ? nil : try requirePositive(step, "options->step")
    sampler.adjusted = adjusted != 0
    sampler.seed = seed
    return sampler
  }
}

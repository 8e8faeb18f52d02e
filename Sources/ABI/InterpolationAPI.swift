// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Fields
import Interpolation
import Numerics
import Snapshots

@_cdecl("jko_interpolation_options_init") @implementation
public func jko_interpolation_options_init(
  _ options: UnsafeMutablePointer<jko_interpolation_options>!, _ struct_size: Int
) -> jko_status {
  gate { try fill(options, struct_size, defaults: .defaults) }
}

@_cdecl("jko_interpolate") @implementation
public func jko_interpolate(
  _ snapshots: OpaquePointer!, _ times: UnsafePointer<jko_array>!,
  _ options: UnsafePointer<jko_interpolation_options>!, _ out: UnsafeMutablePointer<OpaquePointer?>!,
  _ report: UnsafePointer<jko_interpolation_report>!
) -> jko_status {
  gate(.fit, clears: out) {
    try produce(out) {
      let series = try SnapshotsHandle.of(snapshots).series
      let times = try inputVector(times, "times")
      let given = try ABI.options(options, "options", defaults: .defaults)
      let asked = try ABI.options(report, "report", defaults: .defaults)
      let outputs = try asked.outputs(count: times.count)
      let wanted = try given.interpolation
      let found = try InterpolatedSeries(
        series, at: times, wanted, progress: progressHandler(given.progress, given.progress_user_data))
      try write(outputs.map { ($0.view, found.choices.map($0.value)) })
      return SnapshotsHandle(found.series)
    }
  }
}

/// JKO_GRADIENT_CHOSEN. Swift does not import the macro, because its value is in parentheses.
private let chosenByTimes: Int32 = -1

extension jko_interpolation_options {
  fileprivate static var defaults: jko_interpolation_options {
    let usual = InterpolationOptions()
    return jko_interpolation_options(
      struct_size: MemoryLayout<jko_interpolation_options>.size,
      method: jko_interpolation_method(JKO_INTERPOLATION_AUTO), rounds: 0, gradient: chosenByTimes, ridge: 0,
      relaxation: usual.field.relaxation,
      length_scale: usual.field.lengthScale, time_scale: usual.field.timeScale, particles: Int64(usual.field.particles),
      seed: usual.field.seed, progress: nil, progress_user_data: nil, model: nil, growth: nil)
  }

  fileprivate var interpolation: InterpolationOptions {
    get throws {
      var wanted = InterpolationOptions()
      switch method {
      case jko_interpolation_method(JKO_INTERPOLATION_AUTO): wanted.method = .usual
      case jko_interpolation_method(JKO_INTERPOLATION_STRAIGHT): wanted.method = .straight
      case jko_interpolation_method(JKO_INTERPOLATION_FLOW): wanted.method = .flow
      default:
        throw BoundaryError.invalid("options->method = \(method) is not a jko_interpolation_method")
      }
      wanted.rounds = rounds == 0 ? nil : try requireCount(rounds, "options->rounds", in: 1...100)
      switch gradient {
      case chosenByTimes: break
      case 0, 1: wanted.gradient = gradient == 1
      default:
        throw BoundaryError.invalid("options->gradient = \(gradient) is neither 0, 1 nor JKO_GRADIENT_CHOSEN (-1)")
      }
      wanted.ridge = ridge == 0 ? nil : try requirePositive(ridge, "options->ridge")
      wanted.field = try FieldOptions(
        relaxation: relaxation, lengthScale: length_scale, timeScale: time_scale, particles: particles, seed: seed)
      if growth != nil { wanted.growth = try GrowthHandle.of(growth, "options->growth") }
      if let model {
        guard wanted.method != .straight else {
          throw BoundaryError.invalid("options->model is given, and straight lines do not use it")
        }
        wanted.model = try ModelHandle.fitted(model, "options->model")
      }
      return wanted
    }
  }
}

extension jko_interpolation_report {
  fileprivate static var defaults: jko_interpolation_report {
    var defaults = jko_interpolation_report()
    defaults.struct_size = MemoryLayout<jko_interpolation_report>.size
    return defaults
  }

  fileprivate typealias Output = (view: ArrayView?, value: (InterpolatedSeries.Choice) -> Double)

  fileprivate func outputs(count: Int) throws -> [Output] {
    let members: [(UnsafePointer<jko_array>?, String, (InterpolatedSeries.Choice) -> Double)] = [
      (gradient, "gradient", { $0.isGradient }), (ridge, "ridge", { $0.ridge }), (rounds, "rounds", { $0.rounds }),
      (missed, "missed", { $0.missed }),
      (straight_missed, "straight_missed", { $0.straightMissed }),
    ]
    return try members.map { array, name, value in
      (array == nil ? nil : try output(array, "report->\(name)", rows: count, columns: 1), value)
    }
  }
}

// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Energies
import Learning
import Numerics

@_cdecl("jko_feature_options_init") @implementation
public func jko_feature_options_init(_ options: UnsafeMutablePointer<jko_feature_options>!, _ struct_size: Int)
  -> jko_status
{
  gate { try fill(options, struct_size, defaults: .defaults) }
}

/// Validated feature options, called `name`; the defaults for NULL.
func featureOptions(_ pointer: UnsafePointer<jko_feature_options>?, _ name: String) throws -> FeatureOptions {
  let given = try ABI.options(pointer, name, defaults: .defaults)
  guard let radial = jko_feature_options.radialKinds.first(where: { jko_radial($0.code) == given.radial }) else {
    throw BoundaryError.invalid("\(name)->radial = \(given.radial) is not a jko_radial (0 to 7)")
  }
  guard (-1...1).contains(given.polynomial_total) else {
    throw BoundaryError.invalid("\(name)->polynomial_total = \(given.polynomial_total) is not -1, 0 or 1")
  }
  var options = FeatureOptions(
    polynomialDegree: given.polynomial_degree == -1
      ? nil
      : try requireCount(given.polynomial_degree, "\(name)->polynomial_degree", in: FeatureOptions.polynomialDegrees),
    polynomialTotal: given.polynomial_total == -1 ? nil : given.polynomial_total == 1,
    trigonometric: given.trigonometric != 0, radial: radial.kind,
    radialGrid: try requireCount(given.radial_grid, "\(name)->radial_grid", in: FeatureOptions.radialGrids),
    radialCenters: try requireCount(
      given.radial_centres, "\(name)->radial_centres", in: FeatureOptions.radialCenterCounts),
    radialWidth: try requireNotNegative(given.radial_width, "\(name)->radial_width"),
    fourierFeatures: try requireCount(
      given.fourier_features, "\(name)->fourier_features", in: FeatureOptions.fourierCounts),
    fourierScale: try requireNotNegative(given.fourier_scale, "\(name)->fourier_scale"),
    fourierCoordinates: try requireCount(
      given.fourier_coordinates, "\(name)->fourier_coordinates", in: FeatureOptions.fourierCoordinateCounts),
    timeDegree: try requireCount(given.time_degree, "\(name)->time_degree", in: FeatureOptions.timeDegrees))
  options.host = try hostFeatures(given, name)
  return options
}

private func hostFeatures(_ given: jko_feature_options, _ name: String) throws -> HostFeatures? {
  guard let callback = given.callback else {
    guard given.callback_count == 0 else {
      throw BoundaryError.invalid("\(name)->callback_count = \(given.callback_count) without a callback must be 0")
    }
    return nil
  }
  let count = try requireCount(given.callback_count, "\(name)->callback_count", in: FeatureOptions.hostCounts)
  let user = UserData(pointer: given.callback_user_data)
  return HostFeatures(count: count) { points, n, d, values, jacobians in
    guard callback(points, Int64(n), Int64(d), values, jacobians, user.pointer) == 0 else {
      throw EngineError(.cancelled, "stopped by the callback of features")
    }
    for (numbers, size, what) in [(values, n * count, "values"), (jacobians, n * count * d, "jacobians")] {
      guard let numbers else { continue }
      for index in 0..<size where !numbers[index].isFinite {
        throw EngineError(.nonfinite, "\(name)->callback has given \(what) with \(numbers[index]) at index \(index)")
      }
    }
  }
}

/// The host's pointer: the library only hands it back.
private struct UserData: @unchecked Sendable { let pointer: UnsafeMutableRawPointer? }

extension jko_feature_options {
  fileprivate static let radialKinds: [(code: Int, kind: RadialFunctions.Kind)] = [
    (JKO_RADIAL_GAUSSIAN, .gaussian), (JKO_RADIAL_LINEAR, .linear), (JKO_RADIAL_THIN_PLATE, .thinPlate),
    (JKO_RADIAL_CUBIC, .cubic), (JKO_RADIAL_QUINTIC, .quintic), (JKO_RADIAL_MULTIQUADRIC, .multiquadric),
    (JKO_RADIAL_INVERSE_MULTIQUADRIC, .inverseMultiquadric), (JKO_RADIAL_INVERSE_QUADRATIC, .inverseQuadratic),
  ]

  static var defaults: jko_feature_options {
    let options = FeatureOptions()
    var defaults = jko_feature_options()
    defaults.struct_size = MemoryLayout<jko_feature_options>.size
    defaults.polynomial_degree = -1
    defaults.polynomial_total = -1
    defaults.radial = jko_radial(JKO_RADIAL_GAUSSIAN)
    defaults.radial_grid = Int32(options.radialGrid)
    defaults.radial_centres = Int32(options.radialCenters)
    defaults.time_degree = Int32(options.timeDegree)
    return defaults
  }
}

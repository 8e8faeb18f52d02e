import Fields
import Files
import Numerics

/// Growth rates in a file of their own or of a model. Each function of the expansion is a column of
/// "growth.coefficients": the rate, and that of each member of the bootstrap.
extension Growth {
  private static let (coefficients, frequencies) = ("growth.coefficients", "growth.frequencies")
  private static let (centre, scales) = ("growth.centre", "growth.length_origin_gap")
  private static let (widths, masses) = ("growth.feature_length_duration", "growth.log_masses")
  private static let times = "growth.times"
  private static let (formatName, formatVersion) = ("libjkonetstar growth", "1")

  /// Writes a safetensors file: whole, or not at all.
  package func save(_ path: String) throws { try File.write(file.encoded(), to: path) }

  package var file: Safetensors {
    let metadata = [
      (name: "format", value: Self.formatName), (name: "format_version", value: Self.formatVersion),
    ]
    return Safetensors(metadata: metadata, tensors: tensors)
  }

  package static func load(_ path: String) throws -> Growth { try load(Safetensors(reading: path), name: path) }

  /// - Parameter name: the path of the file, for errors
  package static func load(_ file: Safetensors, name: String) throws -> Growth {
    let source = TensorSource(file.withTodaysNames, path: name)
    try source.requireFormat(formatName, version: formatVersion, called: "a file of growth")
    let dimension = source.length(centre)
    guard dimension > 0, let growth = try Growth(source, dimension: dimension) else {
      throw source.unusable("rates or coordinates are missing")
    }
    return growth
  }

  var tensors: [Safetensors.Tensor] {
    let state = state
    return [
      Safetensors.Tensor(
        Self.coefficients, shape: [state.coefficients.rows, state.coefficients.columns],
        doubles: state.coefficients.elements),
      Safetensors.Tensor(
        Self.frequencies, shape: [state.frequencies.rows, state.frequencies.columns],
        doubles: state.frequencies.elements),
      Safetensors.Tensor(Self.centre, shape: [dimension], doubles: state.centre),
      Safetensors.Tensor(Self.scales, shape: [3], doubles: [state.length, state.origin, state.gap]),
      Safetensors.Tensor(Self.widths, shape: [2], doubles: [state.featureLength, state.featureDuration]),
      Safetensors.Tensor(Self.times, shape: [state.times.count], doubles: state.times),
      Safetensors.Tensor(Self.masses, shape: [state.logMasses.count], doubles: state.logMasses),
    ]
  }

  /// Nil for a file that has none.
  init?(_ source: TensorSource, dimension d: Int) throws {
    guard source.has(Self.coefficients) else { return nil }
    let waves = source.length(Self.frequencies)
    let frequencies = try source.doubles(Self.frequencies, shape: [waves, d + 1])
    let members = source.width(Self.coefficients)
    guard members > 0, members != 2 else { throw source.unusable("\(Self.coefficients) has no rates, or one member") }
    let coefficients = try source.doubles(Self.coefficients, shape: [2 * waves + d + 2, members])
    let scales = try source.doubles(Self.scales, shape: [3])
    let widths = try source.doubles(Self.widths, shape: [2])
    guard scales[0] > 0, scales[2] > 0, widths.allSatisfy({ $0 > 0 }) else {
      throw source.unusable("the units of growth are not positive")
    }
    let times = try source.doubles(Self.times, shape: [nil])
    guard times.count >= 2, zip(times, times.dropFirst()).allSatisfy(<) else {
      throw source.unusable("the times of growth do not increase")
    }
    let masses = try source.doubles(Self.masses, shape: [nil])
    guard masses.isEmpty || masses.count == times.count else {
      throw source.unusable("\(Self.masses) are not one for each time")
    }
    self.init(
      State(
        coefficients: Matrix(rows: 2 * waves + d + 2, columns: members, elements: coefficients),
        frequencies: Matrix(rows: waves, columns: d + 1, elements: frequencies),
        featureLength: widths[0], featureDuration: widths[1],
        centre: try source.doubles(Self.centre, shape: [d]), length: scales[0], origin: scales[1], gap: scales[2],
        times: times, logMasses: masses))
  }
}

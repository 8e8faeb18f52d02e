import Densities
import Files
import Numerics

/// A flow as a safetensors file: the base, and the maps one after the other, of which "maps.steps" says where each
/// step begins.
extension WassersteinFlow {
  private static let (formatName, formatVersion) = ("libjkonetstar flow", "1")

  /// Writes it whole, or not at all.
  package func save(_ path: String) throws {
    guard let mixture = base as? GaussianMixture else {
      throw EngineError(.invalid, "only a flow from a Gaussian mixture can be written")
    }
    let metadata = [
      (name: "format", value: Self.formatName), (name: "format_version", value: Self.formatVersion),
      (name: "library_version", value: libraryVersion),
    ]
    let d = dimension
    var tensors = [
      Safetensors.Tensor("times", shape: [times.count], doubles: times),
      Safetensors.Tensor("energies", shape: [energies.count], doubles: energies),
      Safetensors.Tensor("base.weights", shape: [mixture.componentCount], doubles: mixture.weights),
      Safetensors.Tensor("base.means", shape: [mixture.componentCount, d], doubles: mixture.means.elements),
      Safetensors.Tensor("base.covariances", shape: [mixture.componentCount, d, d], doubles: mixture.covariances),
      Safetensors.Tensor("maps.per_step", shape: [maps.count], integers: maps.map(\.count)),
    ]
    for (number, map) in maps.joined().enumerated() {
      let features = map.features
      tensors += [
        Safetensors.Tensor("maps.\(number).centre", shape: [d], doubles: features.centre),
        Safetensors.Tensor("maps.\(number).length", shape: [1], doubles: [features.length]),
        Safetensors.Tensor(
          "maps.\(number).bumps", shape: [features.widths.count, d], doubles: features.bumps.elements),
        Safetensors.Tensor("maps.\(number).widths", shape: [features.widths.count], doubles: features.widths),
        Safetensors.Tensor("maps.\(number).coefficients", shape: [features.count], doubles: map.coefficients),
      ]
    }
    try File.write(Safetensors(metadata: metadata, tensors: tensors).encoded(), to: path)
  }

  package static func load(_ path: String) throws -> WassersteinFlow {
    let source = TensorSource(try Safetensors(reading: path), path: path)
    try source.requireFormat(formatName, version: formatVersion, called: "a file of a flow")
    let (k, d) = (source.length("base.means"), source.width("base.means"))
    guard k > 0, d > 0 else { throw source.unusable("the base density is missing") }
    let base = try GaussianMixture(
      weights: try source.doubles("base.weights", shape: [k]),
      means: Matrix(rows: k, columns: d, elements: try source.doubles("base.means", shape: [k, d])),
      covariances: try source.doubles("base.covariances", shape: [k, d, d]), kind: .full)
    let counts = try source.integers("maps.per_step", shape: [nil], in: 1...2)
    let times = try source.doubles("times", shape: [counts.count + 1])
    let energies = try source.doubles("energies", shape: [counts.count + 1])
    var (maps, number) = ([[FeatureMap]](), 0)
    for count in counts {
      maps.append(try (number..<number + count).map { try map(source, $0, dimension: d) })
      number += count
    }
    return WassersteinFlow(base: base, maps: maps, times: times, energies: energies)
  }

  private static func map(_ source: TensorSource, _ number: Int, dimension d: Int) throws -> FeatureMap {
    let count = source.length("maps.\(number).widths")
    let length = try source.doubles("maps.\(number).length", shape: [1])[0]
    let widths = try source.doubles("maps.\(number).widths", shape: [count])
    guard length > 0, widths.allSatisfy({ $0 > 0 }) else {
      throw source.unusable("the units of map \(number) are not positive")
    }
    let features = MapFeatures(
      centre: try source.doubles("maps.\(number).centre", shape: [d]), length: length,
      bumps: Matrix(
        rows: count, columns: d, elements: try source.doubles("maps.\(number).bumps", shape: [count, d])),
      widths: widths)
    return FeatureMap(
      features, coefficients: try source.doubles("maps.\(number).coefficients", shape: [features.count]))
  }
}

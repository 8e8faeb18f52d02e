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
    for (number, map) in maps.joined().enumerated() { tensors += Self.tensors(of: map, "maps.\(number)") }
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
    var (maps, number) = ([[any TransportMap]](), 0)
    for count in counts {
      maps.append(try (number..<number + count).map { try map(source, $0, dimension: d) })
      number += count
    }
    return WassersteinFlow(base: base, maps: maps, times: times, energies: energies)
  }

  private static func tensors(of map: any TransportMap, _ name: String) -> [Safetensors.Tensor] {
    let d = map.dimension
    if let map = map as? NetworkMap {
      return [
        Safetensors.Tensor("\(name).centre", shape: [d], doubles: map.centre),
        Safetensors.Tensor("\(name).length", shape: [1], doubles: [map.length]),
        Safetensors.Tensor("\(name).hidden", shape: [map.shape.hidden.count], integers: map.shape.hidden),
        Safetensors.Tensor("\(name).rank", shape: [1], integers: [map.shape.rank]),
        Safetensors.Tensor("\(name).parameters", shape: [map.parameters.count], doubles: map.parameters),
      ]
    }
    guard let map = map as? FeatureMap else { return [] }
    let features = map.features
    return [
      Safetensors.Tensor("\(name).centre", shape: [d], doubles: features.centre),
      Safetensors.Tensor("\(name).length", shape: [1], doubles: [features.length]),
      Safetensors.Tensor("\(name).bumps", shape: [features.widths.count, d], doubles: features.bumps.elements),
      Safetensors.Tensor("\(name).widths", shape: [features.widths.count], doubles: features.widths),
      Safetensors.Tensor("\(name).coefficients", shape: [features.count], doubles: map.coefficients),
    ]
  }

  private static func map(_ source: TensorSource, _ number: Int, dimension d: Int) throws -> any TransportMap {
    let name = "maps.\(number)"
    let length = try source.doubles("\(name).length", shape: [1])[0]
    let centre = try source.doubles("\(name).centre", shape: [d])
    guard length > 0 else { throw source.unusable("the unit of map \(number) is not positive") }
    if source.has("\(name).hidden") {
      let hidden = try source.integers("\(name).hidden", shape: [nil], in: FlowOptions.widths)
      let rank = try source.integers("\(name).rank", shape: [1], in: FlowOptions.ranks)[0]
      guard 1...FlowOptions.mostLayers ~= hidden.count else { throw source.unusable("map \(number) has no layers") }
      let shape = ConvexShape(dimension: d, hidden: hidden, rank: rank)
      let parameters = try source.doubles("\(name).parameters", shape: [shape.parameterCount])
      return NetworkMap(shape, centre: centre, length: length, parameters: parameters)
    }
    let count = source.length("\(name).widths")
    let widths = try source.doubles("\(name).widths", shape: [count])
    guard widths.allSatisfy({ $0 > 0 }) else { throw source.unusable("the widths of map \(number) are not positive") }
    let bumps = try source.doubles("\(name).bumps", shape: [count, d])
    let features = MapFeatures(
      centre: centre, length: length, bumps: Matrix(rows: count, columns: d, elements: bumps), widths: widths)
    return FeatureMap(
      features, coefficients: try source.doubles("\(name).coefficients", shape: [features.count]))
  }
}

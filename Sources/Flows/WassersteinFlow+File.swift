import Densities
import Files
import Numerics

/// A flow as a safetensors file: the base, and the maps one after the other, of which "maps.per_step" says where each
/// step begins.
extension WassersteinFlow {
  private static let (formatName, formatVersion) = ("libjkonetstar flow", "1")

  /// Writes it whole, or not at all.
  ///
  /// - Parameter settings: what it was computed with, for checkpoints
  package func save(_ path: String, settings: String = "") throws {
    try File.write(file(settings: settings).encoded(), to: path)
  }

  package func file(settings: String = "") throws -> Safetensors {
    try Self.requireFormula(base)
    let metadata = [
      (name: "format", value: Self.formatName), (name: "format_version", value: Self.formatVersion),
      (name: "library_version", value: libraryVersion), (name: "settings", value: settings),
    ]
    var tensors = [
      Safetensors.Tensor("times", shape: [times.count], doubles: times),
      Safetensors.Tensor("energies", shape: [energies.count], doubles: energies),
      Safetensors.Tensor("maps.per_step", shape: [maps.count], integers: maps.map(\.count)),
    ]
    tensors += Self.tensors(of: base, "base")
    for (number, mixture) in mixtures.enumerated() { tensors += Self.tensors(of: mixture, "mixtures.\(number)") }
    for (number, map) in maps.joined().enumerated() { tensors += Self.tensors(of: map, "maps.\(number)") }
    return Safetensors(metadata: metadata, tensors: tensors)
  }

  package static func load(_ path: String) throws -> WassersteinFlow { try loadWithSettings(path).flow }

  static func loadWithSettings(_ path: String) throws -> (flow: WassersteinFlow, settings: String) {
    let file = try Safetensors(reading: path)
    return (try load(file, name: path), file.metadata.first { $0.name == "settings" }?.value ?? "")
  }

  /// - Parameter name: the path of the file, for errors
  package static func load(_ file: Safetensors, name: String) throws -> WassersteinFlow {
    let source = TensorSource(file, path: name)
    try source.requireFormat(formatName, version: formatVersion, called: "a file of a flow")
    let base = try density(source, "base")
    let counts = try source.integers("maps.per_step", shape: [nil], in: 1...2)
    let times = try source.doubles("times", shape: [nil])
    let energies = try source.doubles("energies", shape: [times.count])
    var (maps, number) = ([[any TransportMap]](), 0)
    for count in counts {
      maps.append(try (number..<number + count).map { try map(source, $0, dimension: base.dimension) })
      number += count
    }
    var mixtures: [GaussianMixture] = []
    while maps.isEmpty, source.has("mixtures.\(mixtures.count).weights") {
      mixtures.append(try mixture(source, "mixtures.\(mixtures.count)"))
    }
    guard times.count == max(maps.count, mixtures.count) + 1, mixtures.allSatisfy({ $0.dimension == base.dimension })
    else { throw source.unusable("there are \(times.count) times for \(max(maps.count, mixtures.count)) steps") }
    return WassersteinFlow(base: base, maps: maps, mixtures: mixtures, times: times, energies: energies)
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
        Safetensors.Tensor("\(name).reach", shape: [1], doubles: [map.reach]),
      ]
    }
    guard let map = map as? FeatureMap else { return [] }
    let features = map.features
    return [
      Safetensors.Tensor("\(name).centre", shape: [d], doubles: features.centre),
      Safetensors.Tensor("\(name).length", shape: [1], doubles: [features.length]),
      Safetensors.Tensor("\(name).bumps", shape: [features.widths.count, d], doubles: features.bumps.elements),
      Safetensors.Tensor("\(name).widths", shape: [features.widths.count], doubles: features.widths),
      Safetensors.Tensor(
        "\(name).local.weights", shape: [features.local.componentCount], doubles: features.local.weights),
      Safetensors.Tensor(
        "\(name).local.means", shape: [features.local.componentCount, d], doubles: features.local.means.elements),
      Safetensors.Tensor(
        "\(name).local.covariances", shape: [features.local.componentCount, d, d],
        doubles: features.local.covariances),
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
      let reach = try source.doubles("\(name).reach", shape: [1])[0]
      // What maps do cannot fail; their products need this memory, which remains once it is there.
      try requireLinearAlgebraMemory()
      return NetworkMap(shape, centre: centre, length: length, parameters: parameters, reach: reach)
    }
    let count = source.length("\(name).widths")
    let widths = try source.doubles("\(name).widths", shape: [count])
    guard widths.allSatisfy({ $0 > 0 }) else { throw source.unusable("the widths of map \(number) are not positive") }
    let bumps = try source.doubles("\(name).bumps", shape: [count, d])
    let features = MapFeatures(
      centre: centre, length: length, bumps: Matrix(rows: count, columns: d, elements: bumps), widths: widths,
      local: try local(source, name, dimension: d))
    return FeatureMap(
      features, coefficients: try source.doubles("\(name).coefficients", shape: [features.count]))
  }

  private static func local(_ source: TensorSource, _ name: String, dimension d: Int) throws -> LocalQuadratics {
    let k = source.length("\(name).local.weights")
    let local = LocalQuadratics(
      weights: try source.doubles("\(name).local.weights", shape: [k]),
      means: Matrix(rows: k, columns: d, elements: try source.doubles("\(name).local.means", shape: [k, d])),
      covariances: try source.doubles("\(name).local.covariances", shape: [k, d, d]))
    guard let local else { throw source.unusable("the mixture of \(name) is none") }
    return local
  }
}

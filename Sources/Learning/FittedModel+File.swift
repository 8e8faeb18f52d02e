import Energies
import Files
import Numerics

extension FittedModel {
  private static let formatName = "libjkonetstar model"
  private static let formatVersion = "1"

  /// Writes the model as a safetensors file: whole, or not at all.
  package func save(_ path: String) throws {
    var tensors = [
      Safetensors.Tensor("times", shape: [times.count], doubles: times),
      Safetensors.Tensor("history", shape: [history.count], doubles: history),
      Safetensors.Tensor("standardization.center", shape: [dimension], doubles: standardization.center),
      Safetensors.Tensor(
        "standardization.length_origin_duration", shape: [3],
        doubles: [standardization.length, standardization.origin, standardization.duration]),
    ]
    tensors.append(Safetensors.Tensor("reach", shape: [1], doubles: [reach]))
    switch learned {
    case .network(let network): tensors += Self.tensors(network)
    case .features(let expansion): tensors += Self.tensors(expansion)
    }
    let metadata = [
      (name: "format", value: Self.formatName), (name: "format_version", value: Self.formatVersion),
      (name: "description", value: description.text),
    ]
    try File.write(Safetensors(metadata: metadata, tensors: tensors).encoded(), to: path)
  }

  package static func load(_ path: String) throws -> FittedModel {
    try FittedModel(Safetensors(decoding: try File.read(path), name: "path = \"\(path)\""), name: path)
  }

  private init(_ file: Safetensors, name: String) throws {
    func unusable(_ what: String) -> EngineError { EngineError(.format, "path = \"\(name)\": \(what)") }
    func doubles(_ tensor: String, shape: [Int?]) throws -> [Double] {
      guard let found = file.tensor(tensor), case .doubles(let values) = found.values else {
        throw unusable("tensor \"\(tensor)\" of F64 is missing")
      }
      guard found.shape.count == shape.count, zip(found.shape, shape).allSatisfy({ $0 == $1 ?? $0 }) else {
        throw unusable(
          "tensor \"\(tensor)\" has shape \(found.shape), expected \(shape.map { $0.map(String.init) ?? "any" })")
      }
      guard values.allSatisfy(\.isFinite) else {
        throw unusable("tensor \"\(tensor)\" holds values that are not finite")
      }
      return values
    }
    let metadata = Dictionary(file.metadata.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    guard metadata["format"] == Self.formatName else { throw unusable("not a model file of this library") }
    guard metadata["format_version"] == Self.formatVersion else {
      throw unusable(
        "format_version is \(metadata["format_version"] ?? "missing"), this library reads \(Self.formatVersion)")
    }
    guard let text = metadata["description"], let description = JSON.parse(Array(text.utf8)[...]),
      let options = description["model"].flatMap({ ModelOptions($0) }),
      let fitOptions = description["fit"].flatMap({ FitOptions($0) })
    else { throw unusable("the description is missing or incomplete") }
    guard options.isValid, fitOptions.isValid else { throw unusable("the description has options out of range") }

    let center = try doubles("standardization.center", shape: [nil])
    let scales = try doubles("standardization.length_origin_duration", shape: [3])
    guard !center.isEmpty, scales[0] > 0, scales[2] > 0 else { throw unusable("the standardisation is not positive") }
    let reach = try doubles("reach", shape: [1])[0]
    guard reach > 0 else { throw unusable("reach is not positive") }
    let times = try doubles("times", shape: [nil])
    guard times.count >= 2, zip(times, times.dropFirst()).allSatisfy(<) else { throw unusable("times do not increase") }

    let learned: LearnedPotential
    switch options.potential {
    case .network(let hidden):
      let shape = NetworkShape(dimension: center.count, timeVarying: options.timeVarying, hidden: hidden)
      var parameters: [Double] = []
      for (index, layer) in shape.layers.enumerated() {
        parameters += try doubles("layers.\(index).weight", shape: [layer.outputs, layer.inputs])
        parameters += try doubles("layers.\(index).bias", shape: [layer.outputs])
      }
      parameters += try doubles("output.weight", shape: [hidden.last])
      parameters += try doubles("output.bias", shape: [1])
      learned = .network(Network(shape: shape, parameters: parameters))
    case .linear(let features):
      guard let found = file.tensor("features.exponents"), case .integers(let exponents) = found.values,
        found.shape.count == 2, found.shape[1] == center.count, exponents.allSatisfy({ (0...64).contains($0) })
      else { throw unusable("tensor \"features.exponents\" of I64 is missing or out of range") }
      let centers = try doubles("features.centers", shape: [nil, center.count])
      let width = try doubles("features.width", shape: [1])
      // A series of few snapshots bears a lower degree in time than was asked for.
      let degree = (file.tensor("features.coefficients")?.shape.first ?? 0) - 1
      guard width[0] > 0, degree >= 0, degree <= (options.timeVarying ? features.timeDegree : 0) else {
        throw unusable("features.width or the degree in time is out of range")
      }
      let basis = FeatureBasis(
        dimension: center.count,
        families: [
          .monomials(Monomials(dimension: center.count, exponents: exponents)),
          .radial(
            RadialFunctions(
              .gaussian,
              centers: Matrix(rows: centers.count / center.count, columns: center.count, elements: centers),
              width: width[0])),
        ],
        timeDegree: degree)
      let coefficients = try doubles("features.coefficients", shape: [degree + 1, basis.spatialCount])
      learned = .features(FeatureExpansion(basis: basis, coefficients: coefficients))
    }
    self.init(
      options: options, fitOptions: fitOptions,
      standardization: Standardization(center: center, length: scales[0], origin: scales[1], duration: scales[2]),
      learned: learned, reach: reach, times: times, history: try doubles("history", shape: [nil]))
  }

  private static func tensors(_ network: Network) -> [Safetensors.Tensor] {
    let (shape, parameters) = (network.shape, network.parameters)
    var tensors: [Safetensors.Tensor] = []
    for (index, layer) in shape.layers.enumerated() {
      tensors.append(
        Safetensors.Tensor(
          "layers.\(index).weight", shape: [layer.outputs, layer.inputs],
          doubles: Array(parameters[layer.weights..<layer.biases])))
      tensors.append(
        Safetensors.Tensor(
          "layers.\(index).bias", shape: [layer.outputs],
          doubles: Array(parameters[layer.biases..<layer.biases + layer.outputs])))
    }
    let weights = Array(parameters[shape.outputWeights..<shape.outputBias])
    tensors.append(Safetensors.Tensor("output.weight", shape: [weights.count], doubles: weights))
    tensors.append(Safetensors.Tensor("output.bias", shape: [1], doubles: [parameters[shape.outputBias]]))
    return tensors
  }

  private static func tensors(_ expansion: FeatureExpansion) -> [Safetensors.Tensor] {
    let basis = expansion.basis
    let families = basis.families.flatMap { family in
      switch family {
      case .monomials(let monomials):
        return [
          Safetensors.Tensor(
            "features.exponents", shape: [monomials.count, basis.dimension], integers: monomials.exponents)
        ]
      case .radial(let bumps):
        return [
          Safetensors.Tensor(
            "features.centers", shape: [bumps.count, basis.dimension], doubles: bumps.centers.elements),
          Safetensors.Tensor("features.width", shape: [1], doubles: [bumps.width]),
        ]
      }
    }
    return families + [
      Safetensors.Tensor(
        "features.coefficients", shape: [basis.timeDegree + 1, basis.spatialCount], doubles: expansion.coefficients)
    ]
  }
}

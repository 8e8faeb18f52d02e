import Dynamics
import Energies
import Fields
import Files
import Numerics

extension FittedModel {
  private static let formatName = "libjkonetstar model"
  private static let formatVersion = "1"

  /// Writes the model as a safetensors file: whole, or not at all.
  package func save(_ path: String) throws { try save(path, with: []) }

  /// - Parameter more: tensors that a model does not need
  func save(_ path: String, with more: [Safetensors.Tensor]) throws {
    try File.write(file(with: more).encoded(), to: path)
  }

  package func file(with more: [Safetensors.Tensor] = []) throws -> Safetensors {
    var tensors = [
      Safetensors.Tensor("times", shape: [times.count], doubles: times),
      Safetensors.Tensor("history", shape: [history.count], doubles: history),
      Safetensors.Tensor("standardization.center", shape: [dimension], doubles: standardization.center),
      Safetensors.Tensor("standardization.length", shape: [1], doubles: [standardization.length]),
      Safetensors.Tensor("standardization.origin", shape: [1], doubles: [standardization.origin]),
      Safetensors.Tensor("standardization.duration", shape: [1], doubles: [standardization.duration]),
      Safetensors.Tensor("region.largest_speed", shape: [1], doubles: [region.reach]),
    ]
    if region.radius.isFinite {
      tensors.append(Safetensors.Tensor("region.radius", shape: [1], doubles: [region.radius]))
    }
    if let residuals { tensors += residuals.tensors }
    tensors += try learned.tensors
    if let linear { tensors += try linear.tensors }
    if let ensemble { tensors.append(ensemble.tensor) }
    if let growth { tensors += growth.tensors }
    tensors += more
    let metadata = [
      (name: "format", value: Self.formatName), (name: "format_version", value: Self.formatVersion),
      (name: "description", value: description.text), (name: "library_version", value: libraryVersion),
      (name: "units", value: "V, U, beta: length^2/time; length and time are those of the snapshots"),
    ]
    return Safetensors(metadata: metadata, tensors: tensors)
  }

  package static func load(_ path: String) throws -> FittedModel {
    try FittedModel(Safetensors(reading: path), name: path)
  }

  /// - Parameter name: the path of the file, for errors
  package init(_ file: Safetensors, name: String) throws {
    let source = TensorSource(file.withTodaysNames, path: name)
    let unusable = source.unusable
    func doubles(_ tensor: String, shape: [Int?]) throws -> [Double] { try source.doubles(tensor, shape: shape) }
    let metadata = Dictionary(file.metadata.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    try source.requireFormat(Self.formatName, version: Self.formatVersion, called: "a model file")
    guard let text = metadata["description"], let description = JSON.parse(Array(text.utf8)[...]),
      let options = description["model"].flatMap({ ModelOptions($0) }),
      let fitOptions = description["fit"].flatMap({ FitOptions($0) })
    else { throw unusable("the description is missing or incomplete") }
    guard options.isValid, fitOptions.isValid else { throw unusable("the description has options out of range") }

    let center = try doubles("standardization.center", shape: [nil])
    func number(_ tensor: String) throws -> Double { try doubles(tensor, shape: [1])[0] }
    let (length, duration) = (try number("standardization.length"), try number("standardization.duration"))
    let origin = try number("standardization.origin")
    guard !center.isEmpty, length > 0, duration > 0 else { throw unusable("the standardisation is not positive") }
    let reach = try number("region.largest_speed")
    guard reach > 0 else { throw unusable("region.largest_speed is not positive") }
    // Files that were written before there was a radius have none.
    let radius = source.has("region.radius") ? try number("region.radius") : .infinity
    guard radius > 0 else { throw unusable("region.radius is not positive") }
    let names = description["coordinates"].flatMap(\.strings) ?? []
    guard names.isEmpty || names.count == center.count else { throw unusable("coordinates are not one for each axis") }
    let times = try doubles("times", shape: [nil])
    guard times.count >= 2, zip(times, times.dropFirst()).allSatisfy(<) else { throw unusable("times do not increase") }

    let learned = try LearnedEnergy(source, options, dimension: center.count)
    let ensemble = options.hasNetworks ? try Ensemble(source, like: learned) : nil
    let linear = options.hasNetworks ? nil : try LinearFit(source, learned, fitOptions, dimension: center.count)
    var grown = fitOptions
    grown.growth = try Growth(source, dimension: center.count)
    self.init(
      options: options, fitOptions: grown,
      standardization: Standardization(center: center, length: length, origin: origin, duration: duration),
      learned: learned, region: TrainingRegion(radius: radius, reach: reach), times: times,
      history: try doubles("history", shape: [nil]), linear: linear,
      residuals: try ResidualNoise(source, dimension: center.count), ensemble: ensemble, names: names)
  }
}

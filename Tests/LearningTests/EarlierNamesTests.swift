import Energies
import Files
import Learning
import Numerics
import Snapshots
import TestSupport
import Testing

/// Files of before tensors had the names that they have today, and what files say of their origin.
@Suite struct EarlierNamesTests {
  private static func model(_ options: ModelOptions) throws -> FittedModel {
    try FittedModel.fit(try Populations.contracting(), options, FitOptions(epochs: 4, batchSize: 20))
  }

  /// A tensor as it was called in files of before.
  private static func earlier(_ tensor: Safetensors.Tensor) -> Safetensors.Tensor? {
    guard case .doubles(let values) = tensor.values else { return tensor }
    func called(_ name: String) -> Safetensors.Tensor {
      Safetensors.Tensor(name, shape: tensor.shape, doubles: values)
    }
    if tensor.name.hasPrefix("potential.layers") || tensor.name.hasPrefix("potential.output") {
      return called(String(tensor.name.dropFirst("potential.".count)))
    }
    switch tensor.name {
    case "region.largest_speed": return called("reach")
    case "region.radius": return called("radius")
    case "standardization.length", "standardization.origin", "standardization.duration": return nil
    default: return tensor
    }
  }

  @Test(arguments: [ModelOptions.network([5, 3]), .linear(degree: 2, grid: 3)])
  func earlierFilesAreRead(options: ModelOptions) throws {
    let model = try Self.model(options)
    try withFolder { folder in
      try model.save("\(folder)/today")
      let file = try Safetensors(reading: "\(folder)/today")
      let scales = Safetensors.Tensor(
        "standardization.length_origin_duration", shape: [3],
        doubles: [model.standardization.length, model.standardization.origin, model.standardization.duration])
      let metadata = file.metadata.filter { ["format", "format_version", "description"].contains($0.name) }
      let earlier = Safetensors(metadata: metadata, tensors: file.tensors.compactMap(Self.earlier) + [scales])
      try File.write(earlier.encoded(), to: "\(folder)/earlier")
      let read = try FittedModel.load("\(folder)/earlier")
      #expect(read.learned == model.learned && read.standardization == model.standardization)
      #expect(read.region == model.region && read.times == model.times)
      try read.save("\(folder)/again")
      #expect(try File.read("\(folder)/again") == File.read("\(folder)/today"))
    }
  }

  @Test func filesSayWhereTheyComeFrom() throws {
    let plain = try Populations.contracting()
    var named = plain
    named.names = ["PC1", "PC2"]
    let options = ModelOptions.linear(degree: 1, grid: 0)
    let model = try FittedModel.fit(named, options)
    try withFolder { folder in
      try model.save("\(folder)/named")
      let metadata = try Safetensors(reading: "\(folder)/named").metadata
      #expect(metadata.first { $0.name == "library_version" }?.value == libraryVersion)
      #expect(metadata.first { $0.name == "units" }?.value.contains("length^2/time") == true)
      #expect(try FittedModel.load("\(folder)/named").names == ["PC1", "PC2"])
      try FittedModel.fit(plain, options).save("\(folder)/plain")
      #expect(try FittedModel.load("\(folder)/plain").names == [])
    }
  }
}

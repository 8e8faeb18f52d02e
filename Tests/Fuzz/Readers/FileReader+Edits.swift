import Energies
import Fields
import Files
import Flows
import Learning
import Numerics
import TestSupport

extension FileReader {
  /// Whole files of its format.
  private var seeds: [Safetensors] {
    switch self {
    case .growth: SeedFiles.growths
    case .flow: SeedFiles.flows
    case .checkpoint: SeedFiles.checkpoint.map { [$0] } ?? []
    default: SeedFiles.models
    }
  }

  /// Uses each whole file that edits begin with, which must not be refused.
  package func useWholeFiles() throws {
    try promise(!seeds.isEmpty, "no whole files could be made")
    for seed in seeds { try use(seed) }
  }

  /// The first byte says which whole file is changed and which one tensors are taken from, the others how.
  func takeEdits(_ bytes: [UInt8]) throws {
    if self == .checkpoint { return try resume(bytes) }
    let seeds = seeds
    try promise(!seeds.isEmpty, "no whole files could be made")
    let choice = Int(bytes.first ?? 0)
    let other = seeds[choice / seeds.count % seeds.count]
    var edits = Edits(bytes.dropFirst())
    let edited = edits.apply(to: seeds[choice % seeds.count], and: other)
    try use(Safetensors(decoding: edited.encoded(), name: "fuzz"))
  }

  /// A training is resumed from the edited file, or refuses to.
  private func resume(_ bytes: [UInt8]) throws {
    guard let seed = SeedFiles.checkpoint else { throw BrokenPromise("no checkpoint could be made") }
    var edits = Edits(bytes[...])
    let edited = edits.apply(to: seed, and: SeedFiles.models.last ?? seed)
    try withFolder { folder in
      try File.write(edited.encoded(), to: folder + "/checkpoint")
      _ = try SeedFiles.resume(from: folder + "/checkpoint", epochs: 3)
    }
  }

  /// Loads what the file says it is, asks it for all it knows, and saves it again as the same file.
  func use(_ file: Safetensors) throws {
    switch file.metadata.first(where: { $0.name == "format" })?.value {
    case "libjkonetstar growth":
      let growth = try Growth.load(file, name: "fuzz")
      try promise(same(Growth.load(growth.file, name: "fuzz").file, growth.file), "growth changed on its way")
      let points = Self.points(growth.dimension)
      _ = try? growth.rates(at: points, time: 0.5)
      _ = try? growth.errors(at: points, time: 0.5)
      _ = growth.totalMass(at: 0.5)
    case "libjkonetstar flow":
      let flow = try WassersteinFlow.load(file, name: "fuzz")
      let again = try WassersteinFlow.load(flow.file(), name: "fuzz")
      try promise(same(again.file(), flow.file()), "a flow changed on its way")
      let points = Self.points(flow.dimension)
      let last = flow.stepCount
      _ = try? flow.sample(3, step: last, seed: 1)
      _ = try? flow.transport(points, from: 0, to: last)
      _ = try? flow.logDensities(points, step: last, strict: false)
      _ = try? flow.scores(points, step: last)
    default:
      let model = try FittedModel(file, name: "fuzz")
      try promise(same(FittedModel(model.file(), name: "fuzz").file(), model.file()), "a model changed on its way")
      try use(model)
    }
  }

  private func use(_ model: FittedModel) throws {
    let points = Self.points(model.dimension)
    for energy in [model.potential, model.groundedInteraction].compactMap(\.self) {
      _ = energy.valuesAndGradients(points.elements, time: model.times[0])
      _ = energy.hessianProducts(points.elements, along: points.elements, time: model.times[0])
    }
    _ = try? model.energy(of: points, named: "points", weights: nil, time: model.times[0])
    _ = try? model.betaError()
    if let times = try? model.rolloutTimes(from: nil, steps: 1) {
      _ = try? model.rollOut(
        points, times: times, seed: 1, tolerance: 1e-6, maxIterations: 5, noise: .residual, progress: { _ in true })
    }
  }

  private static func points(_ dimension: Int) -> Matrix {
    Matrix(rows: 2, columns: dimension, elements: (0..<2 * dimension).map { 0.3 * Double($0) - 0.4 })
  }

  private func same(_ one: Safetensors, _ other: Safetensors) -> Bool { one.encoded() == other.encoded() }
}

import Energies
import Files
import Learning
import Numerics
import TestSupport
import Testing
import Transport

/// Files of libraries that had fewer options: an option that is missing reads as its default, and what is there must be
/// understood.
@Suite struct EarlierFilesTests {
  /// No option is at its default, so that each tells whether it was read.
  private static let fit = FitOptions(
    epochs: 4, batchSize: 20, learningRate: 1e-2, clipNorm: 3, ridge: .fixed(1e-3), precision: .float64, seed: 9,
    coupling: .entropic(
      EntropicOptions(epsilon: 0.1, tolerance: 1e-5, maxIterations: 5000, relaxationX: 0.5, relaxationY: 2)),
    errorBars: .influence, biasSamples: 2, interactionSamples: 6, rollout: .some(.init(weight: 0.3, rounds: 5)),
    training: TrainingOptions(
      schedule: .constant, finalRate: 0.5, lastLayer: .exact(every: 3),
      validation: .init(criterion: .emd, fraction: 0.3, every: 2, patience: 5)))

  private static let options = ModelOptions(
    potential: .network(.init(hidden: [2], activation: .tanh)), scheme: .explicit, timeVarying: false)

  private static var model: FittedModel {
    let shape = NetworkShape(dimension: 1, timeVarying: false, hidden: [2], activation: .tanh)
    return FittedModel(
      options: options, fitOptions: fit,
      standardization: Standardization(center: [0], length: 1, origin: 0, duration: 1),
      learned: LearnedEnergy(
        potential: .network(Network(shape: shape, parameters: shape.initialParameters(seed: 1)))),
      region: TrainingRegion(radius: .infinity, reach: 1), times: [0, 1], history: [])
  }

  /// What fit options are where one of them is missing in a file.
  private static let withoutOption: [(name: String, change: @Sendable (inout FitOptions) -> Void)] = [
    ("epochs", { $0.epochs = 400 }), ("batch_size", { $0.batchSize = 250 }),
    ("learning_rate", { $0.learningRate = FitOptions().learningRate }),
    ("clip_norm", { $0.clipNorm = FitOptions().clipNorm }), ("ridge", { $0.ridge = .usual }),
    ("error_bars", { $0.errorBars = .none }), ("bias_samples", { $0.biasSamples = 0 }),
    ("interaction_samples", { $0.interactionSamples = nil }),
    ("rollout_weight", { $0.rollout = .none }),
    ("rollout_rounds", { $0.rollout = .some(.init(weight: 0.3, rounds: 1)) }),
    ("precision", { $0.precision = FitOptions().precision }), ("seed", { $0.seed = 0 }),
    ("coupling", { $0.coupling = .exact }), ("schedule", { $0.training.schedule = TrainingOptions().schedule }),
    ("final_rate", { $0.training.finalRate = TrainingOptions().finalRate }),
    ("last_layer", { $0.training.lastLayer = .trained }), ("validation", { $0.training.validation = nil }),
    ("validation_fraction", { $0.training.validation?.fraction = 0.2 }),
    ("validation_every", { $0.training.validation?.every = 10 }),
    ("patience", { $0.training.validation?.patience = 10 }),
    ("epsilon", { $0.changePlans { $0.epsilon = nil } }),
    ("plan_tolerance", { $0.changePlans { $0.tolerance = EntropicOptions().tolerance } }),
    ("plan_max_iterations", { $0.changePlans { $0.maxIterations = EntropicOptions().maxIterations } }),
    ("relaxation_x", { $0.changePlans { $0.relaxationX = .infinity } }),
    ("relaxation_y", { $0.changePlans { $0.relaxationY = .infinity } }),
  ]

  /// The model of a file whose description is changed.
  private static func reread(_ part: String, _ change: ([(name: String, value: JSON)]) -> [(name: String, value: JSON)])
    throws -> FittedModel
  {
    try withFolder { folder in
      try model.save("\(folder)/model")
      let file = try Safetensors(reading: "\(folder)/model")
      let metadata = try file.metadata.filter { $0.name != "crc32" }.map { member in
        guard member.name == "description" else { return member }
        guard case .object(let parts)? = JSON.parse(Array(member.value.utf8)[...]) else {
          throw EngineError(.format, "the description is no object")
        }
        let changed = parts.map { own in
          guard own.name == part, case .object(let members) = own.value else { return own }
          return (name: own.name, value: JSON.object(change(members)))
        }
        return (name: member.name, value: JSON.object(changed).text)
      }
      try File.write(Safetensors(metadata: metadata, tensors: file.tensors).encoded(), to: "\(folder)/changed")
      return try FittedModel.load("\(folder)/changed")
    }
  }

  private static func replace(_ name: String, by value: JSON) -> ([(name: String, value: JSON)]) -> [(
    name: String, value: JSON
  )] {
    { members in members.map { $0.name == name ? (name, value) : $0 } }
  }

  private static func names(_ part: String) throws -> [String] {
    guard case .object(let members)? = model.description[part] else { return [] }
    return members.map(\.name)
  }

  @Test func missingOptionsOfAFitReadAsTheirDefaults() throws {
    for (name, change) in Self.withoutOption {
      var expected = Self.fit
      change(&expected)
      #expect(expected != Self.fit, "\(name) is at its default")
      let loaded = try Self.reread("fit") { $0.filter { $0.name != name } }
      #expect(loaded.fitOptions == expected, "without \(name)")
    }
    // Every option that is written is among them, but for the one that belongs to last_layer = exact.
    #expect(Set(try Self.names("fit")) == Set(Self.withoutOption.map(\.name) + ["last_layer_every"]))
  }

  @Test func optionsOfAFitThatAreThereAreUnderstood() throws {
    for name in try Self.names("fit") {
      let error = engineError { _ = try Self.reread("fit", Self.replace(name, by: .object([]))) }
      #expect(error?.kind == .format, "\(name)")
    }
    // What this library does not know is of a later one.
    let loaded = try Self.reread("fit") { $0 + [("of_later_versions", .bool(true))] }
    #expect(loaded.fitOptions == Self.fit)
  }

  /// What says what the model is has no default.
  @Test func whatAModelIsMustBeThere() throws {
    for name in try Self.names("model") {
      let without = { try Self.reread("model") { $0.filter { $0.name != name } } }
      if name == "activation" {
        #expect(try without().options.potential?.network?.activation == .softplus)
      } else {
        #expect(engineError { _ = try without() }?.kind == .format, "\(name)")
      }
      let error = engineError { _ = try Self.reread("model", Self.replace(name, by: .object([]))) }
      #expect(error?.kind == .format, "\(name)")
    }
  }

  @Test func missingOptionsOfFeaturesReadAsTheirDefaults() throws {
    let features = FeatureOptions(
      polynomialDegree: 1, polynomialTotal: true, trigonometric: true, radial: .thinPlate, radialGrid: 3,
      radialCenters: 7, radialWidth: 0.5, fourierFeatures: 8, fourierScale: 2, fourierCoordinates: 1, timeDegree: 2)
    let usual = Dictionary(uniqueKeysWithValues: FeatureOptions().description.map { ($0.name, $0.value) })
    for (name, value) in features.description {
      #expect(value != usual[name], "\(name) is at its default")
      let read = FeatureOptions(.object(features.description.filter { $0.name != name }))
      let expected = features.description.map { $0.name == name ? usual[name] ?? .null : $0.value }
      #expect(read?.description.map(\.value) == expected, "without \(name)")
      #expect(FeatureOptions(.object(Self.replace(name, by: .array([]))(features.description))) == nil, "\(name)")
    }
  }
}

extension FitOptions {
  fileprivate mutating func changePlans(_ change: (inout EntropicOptions) -> Void) {
    guard case .entropic(var options) = coupling else { return }
    change(&options)
    coupling = .entropic(options)
  }
}

import CSystem
import Densities
import Energies
import Files
import Learning
import Numerics
import TestSupport
import Testing

/// Models on disk: what is read is what was saved, to the last bit, or an error.
@Suite struct ModelFileTests {
  private static let kinds: [ModelOptions] = [
    .network([5, 3]), .network([4], .explicit, timeVarying: true), .linear(degree: 2, grid: 3),
    .linear(degree: 2, grid: 0, .explicit, timeVarying: true), .linear(degree: 0, grid: 2),
  ]

  private static func model(_ options: ModelOptions) throws -> FittedModel {
    try FittedModel.fit(
      try Populations.contracting(), options, FitOptions(epochs: 4, batchSize: 20, learningRate: 1e-2, seed: .max))
  }

  /// Without the synchronisation of `File.write`, which thousands of files would wait for.
  private static func put(_ bytes: [UInt8], _ path: String) throws {
    let file = try #require(fopen(path, "wb"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  private static func saved(_ model: FittedModel) throws -> [UInt8] {
    try withFolder { folder in
      try model.save("\(folder)/model")
      return try File.read("\(folder)/model")
    }
  }

  /// The model in `bytes`, or the error of reading it.
  private static func load(_ bytes: [UInt8], in folder: String) throws -> Result<FittedModel, EngineError> {
    try put(bytes, "\(folder)/changed")
    do { return .success(try FittedModel.load("\(folder)/changed")) } catch let error as EngineError {
      return .failure(error)
    }
  }

  private static func isRefused(_ bytes: [UInt8], in folder: String) throws -> Bool {
    guard case .failure(let error) = try load(bytes, in: folder) else { return false }
    return error.kind == .format && error.message.contains("changed") && !error.message.contains("\n")
  }

  // MARK: Round trip

  @Test(arguments: kinds) func loadedIsSaved(options: ModelOptions) throws {
    let model = try Self.model(options)
    let loaded = try withFolder { folder in
      try model.save("\(folder)/a model")
      return try FittedModel.load("\(folder)/a model")
    }
    #expect(loaded.options == model.options && loaded.fitOptions == model.fitOptions)
    #expect(loaded.learned == model.learned && loaded.standardization == model.standardization)
    #expect(bits(loaded.parameters) == bits(model.parameters))
    #expect(bits(loaded.times) == bits(model.times) && bits(loaded.history) == bits(model.history))
    #expect(loaded.description == model.description)
    let (points, time) = ([0.1, -0.7, 1e6, 3, -0.0, 0.5], 0.9)
    #expect(
      bits(loaded.requiredPotential.values(points, time: time))
        == bits(model.requiredPotential.values(points, time: time)))
    #expect(
      bits(loaded.requiredPotential.gradients(points, time: time))
        == bits(model.requiredPotential.gradients(points, time: time)))
    // Saving what was loaded writes the same file.
    #expect(try Self.saved(loaded) == Self.saved(model))
  }

  /// Signed zeros, subnormal and the largest numbers, and no history at all.
  @Test func extremeNumbers() throws {
    let shape = NetworkShape(dimension: 1, timeVarying: false, hidden: [1])
    let numbers = [0x1p-1074, -0.0, .greatestFiniteMagnitude, 0x1.fffffffffffffp-1022]
    let model = FittedModel(
      options: .network([1]), fitOptions: FitOptions(epochs: 3, learningRate: 0.1, seed: 1 << 63),
      standardization: Standardization(center: [-1e300], length: 1e-300, origin: -0.0, duration: 0x1p-1074),
      learned: LearnedEnergy(potential: .network(Network(shape: shape, parameters: numbers))),
      region: TrainingRegion(radius: .infinity, reach: 0x1p-1074), times: [-1e308, 1e308], history: [])
    let loaded = try withFolder { folder in
      try model.save("\(folder)/m")
      return try FittedModel.load("\(folder)/m")
    }
    #expect(bits(loaded.parameters) == bits(numbers) && loaded.fitOptions == model.fitOptions)
    #expect(
      loaded.standardization == model.standardization && loaded.times == model.times && loaded.region == model.region
        && loaded.history.isEmpty)
  }

  // MARK: Damage

  @Test(arguments: [ModelOptions.network([2]), .linear(degree: 1)]) func truncation(options: ModelOptions) throws {
    let bytes = try Self.saved(try Self.model(options))
    try withFolder { folder in
      for length in bytes.indices {
        let refused = try Self.isRefused(Array(bytes[..<length]), in: folder)
        #expect(refused, "\(length) bytes")
      }
      let refused = try Self.isRefused(bytes + [0], in: folder)
      #expect(refused)
    }
  }

  /// One bit of every byte, and every byte inverted: a CRC-32 sees all bursts of up to 32 bits, and its own digits are
  /// compared as text.
  @Test func flips() throws {
    let bytes = try Self.saved(try Self.model(.network([2])))
    try withFolder { folder in
      for index in bytes.indices {
        for mask in [1 << UInt8(index % 8), 255] as [UInt8] {
          var changed = bytes
          changed[index] ^= mask
          let refused = try Self.isRefused(changed, in: folder)
          #expect(refused, "byte \(index) xor \(mask)")
        }
      }
    }
  }

  @Test func otherFiles() throws {
    try withFolder { folder in
      let bytes = [UInt8](repeating: 0xFF, count: 100)
      for bytes in [[], [0], [0, 0, 0, 0, 0, 0, 0, 0], bytes, Array("{}".utf8)] {
        let refused = try Self.isRefused(bytes, in: folder)
        #expect(refused)
      }
      #expect(engineError { _ = try FittedModel.load("\(folder)/none") }?.kind == .io)
      #expect(engineError { _ = try FittedModel.load(folder) }?.kind == .io)
    }
  }

  // MARK: Contradictions with a correct checksum

  private static func expectRefused(
    _ model: FittedModel, _ what: String,
    _ change: (inout [(name: String, value: String)], inout [Safetensors.Tensor]) -> Void
  ) throws {
    let file = try Safetensors(decoding: try saved(model), name: "model")
    var (metadata, tensors) = (file.metadata, file.tensors)
    metadata.removeAll { $0.name == "crc32" }
    try withFolder { folder in
      // Written again without a change, it is read.
      let unchanged = try load(Safetensors(metadata: metadata, tensors: tensors).encoded(), in: folder)
      #expect((try? unchanged.get())?.learned == model.learned)
      change(&metadata, &tensors)
      let refused = try isRefused(Safetensors(metadata: metadata, tensors: tensors).encoded(), in: folder)
      #expect(refused, "\(what)")
    }
  }

  /// Options that no caller may give, no file may bring either: fitting the loaded model again would meet them.
  @Test func optionsOutOfRange() throws {
    for (old, new) in [
      ("\"radial_centres\":0", "\"radial_centres\":-1"), ("\"radial_centres\":0", "\"radial_centres\":3001"),
      ("\"radial_grid\":0", "\"radial_grid\":101"), ("\"polynomial_degree\":1", "\"polynomial_degree\":9"),
      ("\"polynomial_degree\":1", "\"polynomial_degree\":9223372036854775807"),
      ("\"radial_width\":0.0", "\"radial_width\":-1.0"), ("\"epochs\":4", "\"epochs\":0"),
      ("\"ridge\":null", "\"ridge\":-1.0"),
    ] {
      try Self.expectRefused(try Self.model(.linear(degree: 1)), new) { metadata, _ in
        for index in metadata.indices where metadata[index].name == "description" {
          #expect(metadata[index].value.contains(old), "\(old) in \(metadata[index].value)")
          metadata[index].value = metadata[index].value.replacing(old, with: new)
        }
      }
    }
  }

  @Test func descriptionsThatDoNotFit() throws {
    let model = try Self.model(.network([2]))
    for (name, old, new) in [
      ("format_version", "1", "2"), ("format_version", "1", ""), ("format", "libjkonetstar model", "other"),
      ("description", "\"hidden\":[2]", "\"hidden\":[3]"), ("description", "\"hidden\":[2]", "\"hidden\":[2,2]"),
      ("description", "\"hidden\":[2]", "\"hidden\":[]"), ("description", "\"hidden\":[2]", "\"hidden\":[0]"),
      ("description", "\"hidden\":[2]", "\"hidden\":[-2]"), ("description", "\"hidden\":[2]", "\"hidden\":[4097]"),
      ("description", "\"hidden\":[2]", "\"hidden\":[9223372036854775807]"),
      ("description", "\"hidden\":[2]", "\"hidden\":[\"2\"]"), ("description", "\"mlp\"", "\"linear\""),
      ("description", "\"mlp\"", "\"other\""), ("description", "\"implicit\"", "\"neither\""),
      ("description", "\"time_varying\":false", "\"time_varying\":true"),
      ("description", "\"time_varying\":false", "\"time_varying\":0"),
      ("description", "\"epochs\":4", "\"epochs\":4.5"),
      ("description", "\"seed\":18446744073709551615", "\"seed\":-1"), ("description", "{", "["),
    ] {
      try Self.expectRefused(model, "\(name): \(new)") { metadata, _ in
        for index in metadata.indices where metadata[index].name == name {
          #expect(metadata[index].value.contains(old))
          metadata[index].value = metadata[index].value.replacing(old, with: new)
        }
      }
      try Self.expectRefused(model, "no \(name)") { metadata, _ in metadata.removeAll { $0.name == name } }
    }
  }

  @Test(arguments: [ModelOptions.network([2]), .linear(degree: 1, grid: 2, timeVarying: true)])
  func tensorsThatDoNotFit(options: ModelOptions) throws {
    let model = try Self.model(options)
    let names = try Safetensors(decoding: try Self.saved(model), name: "model").tensors.map(\.name)
    #expect(names.count >= 8)
    for name in names {
      // Earlier files have no radius and no residuals.
      if name != "region.radius", name != "residuals.time_duration_count" {
        try Self.expectRefused(model, "\(name) missing") { _, tensors in tensors.removeAll { $0.name == name } }
      }
      try Self.expectRefused(model, "\(name) of the other type") { _, tensors in
        tensors.change(name) { tensor in
          switch tensor.values {
          case .doubles(let values): Safetensors.Tensor(name, shape: tensor.shape, integers: values.map { _ in 1 })
          case .integers(let values): Safetensors.Tensor(name, shape: tensor.shape, doubles: values.map { _ in 1 })
          }
        }
      }
      try Self.expectRefused(model, "\(name) with one more axis") { _, tensors in
        tensors.change(name) { $0.reshaped([1] + $0.shape) }
      }
      // The history may have any length.
      if name != "history" {
        try Self.expectRefused(model, "\(name) without elements") { _, tensors in
          tensors.change(name) { Safetensors.Tensor(name, shape: $0.shape.map { _ in 0 }, doubles: []) }
        }
      }
      for bad in [Double.nan, .infinity] {
        try Self.expectRefused(model, "\(name) with \(bad)") { _, tensors in
          tensors.change(name) { tensor in
            guard case .doubles(var values) = tensor.values else { return tensor.reshaped([]) }
            values[0] = bad
            return Safetensors.Tensor(name, shape: tensor.shape, doubles: values)
          }
        }
      }
    }
  }

  // MARK: All terms

  /// V, U and beta with error bars.
  private static let energies: [(ModelOptions, ErrorBars)] = [
    (energy(MixtureOptions.components(1)), .influence),
    (energy(MixtureOptions.components(2), timeVarying: true), .none),
    (energy(.kernel(.rule(.silverman, .spherical))), .bootstrap(samples: 3)), (energy(.kernel(.length(0.5))), .none),
    (
      ModelOptions(
        potential: nil, interaction: .linear(FeatureOptions(polynomialDegree: 2, radialGrid: 0)), scheme: .explicit,
        timeVarying: false), .influence
    ),
    (
      ModelOptions(
        potential: nil, internal: MixtureOptions.components(1), scheme: .implicit, timeVarying: false), .influence
    ),
  ]

  private static func energy(_ density: DensityOptions, timeVarying: Bool = false) -> ModelOptions {
    var options = ModelOptions.linear(degree: 1, grid: 2, timeVarying: timeVarying)
    options.interaction = .linear(FeatureOptions(polynomialDegree: 2, polynomialTotal: true, radialGrid: 0))
    options.internal = density
    return options
  }

  private static func energyModel(_ options: ModelOptions, _ errorBars: ErrorBars) throws -> FittedModel {
    try FittedModel.fit(
      try Populations.contracting(), options, FitOptions(ridge: .fixed(1e-3), seed: 5, errorBars: errorBars))
  }

  /// A file without the radius of the training points is of a model whose predictions nobody can call far away.
  @Test func filesWithoutARadius() throws {
    let model = try Self.model(.network([2]))
    let file = try Safetensors(decoding: try Self.saved(model), name: "model")
    let metadata = file.metadata.filter { $0.name != "crc32" }
    let bytes = Safetensors(metadata: metadata, tensors: file.tensors.filter { $0.name != "region.radius" }).encoded()
    let loaded = try withFolder { folder in try Self.load(bytes, in: folder).get() }
    #expect(loaded.region.radius == .infinity && loaded.region.reach == model.region.reach)
    let far = Matrix(rows: 1, columns: model.dimension, elements: [Double](repeating: 1e30, count: model.dimension))
    #expect(loaded.excursion(of: far) == Excursion() && model.excursion(of: far).outside == 1)
  }

  @Test(arguments: energies) func allTermsComeBack(options: ModelOptions, errorBars: ErrorBars) throws {
    let model = try Self.energyModel(options, errorBars)
    let loaded = try withFolder { folder in
      try model.save("\(folder)/m")
      return try FittedModel.load("\(folder)/m")
    }
    #expect(loaded.options == options && loaded.fitOptions == model.fitOptions && loaded.learned == model.learned)
    let (own, other) = (try #require(model.linear), try #require(loaded.linear))
    #expect(bits(other.solution.coefficients) == bits(own.solution.coefficients))
    #expect(other.solution.ridge == own.solution.ridge && other.solution.rank == own.solution.rank)
    #expect(bits(other.equations.matrix.elements) == bits(own.equations.matrix.elements))
    #expect(bits(other.equations.right) == bits(own.equations.right))
    #expect((own.covariance == nil) == (errorBars == .none))
    #expect(other.covariance.map { bits($0.elements) } == own.covariance.map { bits($0.elements) })
    #expect(try other.observability.description == own.observability.description)
    let population = Population(points: Populations.normal(9, 2, seed: 3))
    let energies = try [model, loaded].map { try $0.energy(of: population, time: 0.9) }
    #expect(energies[0].bitPattern == energies[1].bitPattern)
    #expect(try Self.saved(loaded) == Self.saved(model))
  }

  /// Beta's column differs from its row in the midpoint scheme.
  @Test func instrumentsComeBack() throws {
    var options = Self.energy(MixtureOptions.components(1))
    options.scheme = .midpoint
    let model = try Self.energyModel(options, .none)
    let matrix = try #require(model.linear).equations.matrix
    let last = matrix.rows - 1
    #expect((0..<last).contains { matrix[$0, last] != matrix[last, $0] })
    let loaded = try withFolder { folder in
      try model.save("\(folder)/m")
      return try FittedModel.load("\(folder)/m")
    }
    #expect(try bits(#require(loaded.linear).equations.matrix.elements) == bits(matrix.elements))
    let (own, other) = (try #require(model.linear), try #require(loaded.linear))
    #expect(try other.observability.description == own.observability.description)
    try Self.expectRefused(model, "a column that is not beta's") { _, tensors in
      tensors.change("equations.last_column") { tensor in
        guard case .doubles(var values) = tensor.values else { return tensor }
        values[values.count - 1] += 1
        return Safetensors.Tensor(tensor.name, shape: tensor.shape, doubles: values)
      }
    }
  }

  /// A tensor of the normal equations, their solution, beta or the covariance that is not what the description says.
  @Test func energiesThatDoNotFit() throws {
    let model = try Self.energyModel(Self.energy(MixtureOptions.components(1)), .influence)
    let tensors = try Safetensors(decoding: try Self.saved(model), name: "model").tensors
    let own = tensors.map(\.name).filter {
      !["times", "history"].contains($0) && !$0.hasPrefix("region") && !$0.hasPrefix("standardization")
        && !$0.hasPrefix("potential") && !$0.hasPrefix("residuals")
    }
    #expect(own.count == 8, "\(own)")
    for name in own {
      try Self.expectRefused(model, "\(name) missing") { _, tensors in tensors.removeAll { $0.name == name } }
      try Self.expectRefused(model, "\(name) with one more axis") { _, tensors in
        tensors.change(name) { $0.reshaped([1] + $0.shape) }
      }
      try Self.expectRefused(model, "\(name) one shorter") { _, tensors in
        tensors.change(name) { tensor in
          let shape = [tensor.shape[0] - 1] + tensor.shape.dropFirst()
          let count = shape.reduce(1, *)
          switch tensor.values {
          case .doubles(let values):
            return Safetensors.Tensor(name, shape: shape, doubles: Array(values.prefix(count)))
          case .integers(let values):
            return Safetensors.Tensor(name, shape: shape, integers: Array(values.prefix(count)))
          }
        }
      }
      try Self.expectRefused(model, "\(name) with NaN") { _, tensors in
        tensors.change(name) { tensor in
          guard case .doubles(var values) = tensor.values else { return tensor.reshaped([]) }
          values[values.count - 1] = .nan
          return Safetensors.Tensor(name, shape: tensor.shape, doubles: values)
        }
      }
    }
    for (name, place, value) in [
      // Sums of squares and variances, the first on the diagonal.
      ("equations.matrix", 0, -1), ("covariance", 0, -1e-30),
      ("equations.constant_scatter_transitions_equations", 0, -1),
      ("equations.constant_scatter_transitions_equations", 1, -1),
      ("equations.constant_scatter_transitions_equations", 2, -1),
      ("equations.constant_scatter_transitions_equations", 3, -1), ("solution.ridge_rank_condition", 0, -1e-9),
      ("solution.ridge_rank_condition", 1, 0.5), ("solution.ridge_rank_condition", 1, -1),
      ("solution.ridge_rank_condition", 1, 1e300), ("solution.ridge_rank_condition", 1, 1000),
    ] as [(String, Int, Double)] {
      try Self.expectRefused(model, "\(name)[\(place)] = \(value)") { _, tensors in
        tensors.change(name) { tensor in
          guard case .doubles(var values) = tensor.values else { return tensor }
          values[place] = value
          return Safetensors.Tensor(name, shape: tensor.shape, doubles: values)
        }
      }
    }
  }

  /// A description of terms, densities, ridge and error bars that no caller could have given or that the tensors
  /// contradict.
  @Test func energiesDescribedOtherwise() throws {
    for (density, changes) in [
      (
        MixtureOptions.components(1),
        [
          ("\"interaction\":\"linear\"", "\"interaction\":\"mlp\""),
          ("\"interaction\":\"linear\"", "\"interaction\":null"),
          ("\"interaction_features\"", "\"features\""), ("\"internal\":true", "\"internal\":false"),
          ("\"internal\":true", "\"internal\":1"), ("\"density\":{", "\"densities\":{"),
          ("\"density\":\"mixture\"", "\"density\":\"histogram\""), ("\"components\":1", "\"components\":0"),
          ("\"components\":1", "\"components\":10001"), ("\"components\":1", "\"components\":9223372036854775807"),
          ("\"components\":1", "\"components\":null"), ("\"covariance\":\"full\"", "\"covariance\":\"spherical\""),
          ("\"restarts\":3", "\"restarts\":0"), ("\"max_iterations\":1000", "\"max_iterations\":-1"),
          ("\"tolerance\":1e-05", "\"tolerance\":-1.0"), ("\"regularisation\":1e-06", "\"regularisation\":-1.0"),
          ("\"ridge\":0.001", "\"ridge\":\"loo\""), ("\"ridge\":0.001", "\"ridge\":\"gcv\""),
          ("\"error_bars\":\"influence\"", "\"error_bars\":1"),
          ("\"error_bars\":\"influence\"", "\"error_bars\":100001"),
          ("\"error_bars\":\"influence\"", "\"error_bars\":\"jackknife\""),
          ("\"potential\":\"linear\"", "\"potential\":null"), ("\"potential\":\"linear\"", "\"potential\":\"mlp\""),
        ]
      ),
      (
        .kernel(.rule(.scott, .spherical)),
        [
          ("\"bandwidth\":\"scott\"", "\"bandwidth\":0.0"), ("\"bandwidth\":\"scott\"", "\"bandwidth\":-1.0"),
          ("\"bandwidth\":\"scott\"", "\"bandwidth\":\"wide\""),
          ("\"covariance\":\"spherical\"", "\"covariance\":\"diagonal\""),
          ("\"error_bars\":null", "\"error_bars\":\"influence\""),
        ]
      ),
    ] as [(DensityOptions, [(String, String)])] {
      let isMixture = if case .gaussianMixture = density { true } else { false }
      let model = try Self.energyModel(Self.energy(density), isMixture ? .influence : .none)
      for (old, new) in changes {
        try Self.expectRefused(model, new) { metadata, _ in
          for index in metadata.indices where metadata[index].name == "description" {
            #expect(metadata[index].value.contains(old), "\(old) in \(metadata[index].value)")
            metadata[index].value = metadata[index].value.replacing(old, with: new)
          }
        }
      }
    }
  }

  @Test func numbersThatMakeNoSense() throws {
    let model = try Self.model(.linear(degree: 1, grid: 2))
    for (name, shape, values) in [
      ("times", [3], [0, 1, 1]), ("times", [1], [0]), ("times", [2], [1, 0]), ("standardization.length", [1], [0]),
      ("standardization.duration", [1], [0]), ("standardization.length", [1], [-1]),
      ("standardization.duration", [1], [-1]), ("region.largest_speed", [1], [0]), ("region.radius", [1], [-1]),
      ("potential.radial.width", [1], [0]), ("potential.radial.width", [1], [-1]),
    ] as [(String, [Int], [Double])] {
      try Self.expectRefused(model, "\(name) = \(values)") { _, tensors in
        tensors.change(name) { _ in Safetensors.Tensor(name, shape: shape, doubles: values) }
      }
    }
    for exponent in [-1, 9, 3, .max, .min] {
      try Self.expectRefused(model, "exponent \(exponent)") { _, tensors in
        tensors.change("potential.monomials.exponents") { tensor in
          guard case .integers(var values) = tensor.values else { return tensor }
          values[0] = exponent
          return Safetensors.Tensor(tensor.name, shape: tensor.shape, integers: values)
        }
      }
    }
  }
}

extension MixtureOptions {
  static func components(_ count: Int) -> DensityOptions {
    var options = MixtureOptions()
    options.components = .exactly(count)
    return .gaussianMixture(options)
  }
}

extension Safetensors.Tensor {
  fileprivate func reshaped(_ shape: [Int]) -> Safetensors.Tensor {
    switch values {
    case .doubles(let values): Safetensors.Tensor(name, shape: shape, doubles: values)
    case .integers(let values): Safetensors.Tensor(name, shape: shape, integers: values)
    }
  }
}

extension [Safetensors.Tensor] {
  fileprivate mutating func change(_ name: String, _ body: (Element) -> Element) {
    self = map { $0.name == name ? body($0) : $0 }
  }
}

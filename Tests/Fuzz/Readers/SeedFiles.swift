import Densities
import Energies
import Fields
import Files
import Flows
import Learning
import Numerics
import Snapshots
import TestSupport

/// Whole files of each format, which edits begin with: small ones, of fits that take no time.
enum SeedFiles {
  static let models: [Safetensors] = (try? makeModels()) ?? []
  static let growths: [Safetensors] = (try? makeGrowths()) ?? []
  static let flows: [Safetensors] = (try? makeFlows()) ?? []

  static let course: SnapshotSeries? = try? Courses.turning([0, 0.5, 1], particles: 12)

  /// Where a training is resumed from: what it fits, and the file after its second epoch.
  static let checkpoint: Safetensors? = try? withFolder { folder in
    let path = folder + "/checkpoint"
    _ = try resume(from: path, epochs: 2)
    return try Safetensors(reading: path)
  }

  /// One epoch takes a fraction of a millisecond.
  static func resume(from path: String, epochs: Int) throws -> FittedModel? {
    guard let course else { return nil }
    let training = TrainingOptions(schedule: .constant, checkpoint: .init(path: path, every: 1, resumes: true))
    let options = FitOptions(epochs: epochs, batchSize: 64, seed: 1, rollout: .none, training: training)
    return try FittedModel.fit(course, network, options, progress: { _ in true }).model
  }

  private static let network = ModelOptions(
    potential: .network(.init(hidden: [3])), scheme: .implicit, timeVarying: false)

  private static let oneComponent: DensityOptions = {
    var options = MixtureOptions()
    options.components = .exactly(1)
    return .gaussianMixture(options)
  }()

  private static func makeModels() throws -> [Safetensors] {
    guard let course else { return [] }
    let quadratic = FeatureOptions(polynomialDegree: 2, radialGrid: 0)
    let waves = FeatureOptions(polynomialDegree: 1, radialGrid: 2, fourierFeatures: 3)
    let energies = [
      ModelOptions(potential: .linear(quadratic), scheme: .implicit, timeVarying: false),
      ModelOptions(
        potential: .linear(waves), interaction: .linear(quadratic), internal: oneComponent, scheme: .midpoint,
        timeVarying: false),
      ModelOptions(potential: .linear(quadratic), scheme: .explicit, timeVarying: true), network,
      ModelOptions(
        potential: .network(.init(hidden: [4, 3], activation: .tanh)), interaction: .network(.init(hidden: [2])),
        internal: oneComponent, scheme: .explicit, timeVarying: true),
    ]
    let bars: [ErrorBars] = [.influence, .bootstrap(samples: 3), .none, .bootstrap(samples: 2), .none]
    return try zip(energies, bars).map { energy, bars in
      var options = FitOptions(epochs: 1, seed: 1, errorBars: bars, rollout: .none)
      if energy == energies[2] { options.growth = try growth(members: 0) }
      return try FittedModel.fit(course, energy, options, progress: { _ in true }).model.file()
    }
  }

  private static func growth(members: Int) throws -> Growth {
    var options = GrowthOptions()
    options.members = members
    return try Growth(Courses.growing([0, 1, 2], rate: 0.5, particles: 20), options) { _ in true }
  }

  private static func makeGrowths() throws -> [Safetensors] {
    try [0, 2].map { try growth(members: $0).file }
  }

  private static func makeFlows() throws -> [Safetensors] {
    let base = try GaussianMixture(
      parameters: [0.3, -1, 0, 1, 0.5, 0, 0.1, 0, -0.3, 0.1, 0.2], componentCount: 2, dimension: 2, kind: .full)
    let kernel = try KernelDensity(
      Courses.normals(8, 2, deviation: 1, mean: [0, 0], stream: 5), bandwidth: .length(0.5))
    func flow(_ base: any BaseDensity, _ change: (inout FlowOptions) -> Void) throws -> Safetensors {
      var options = FlowOptions()
      (options.steps, options.particles, options.iterations) = (2, 100, 2)
      change(&options)
      let energy = FlowEnergy(internalEnergy: .entropy(beta: 0.3))
      return try WassersteinFlow(of: energy, from: base, options: options, progress: { _ in true }).file()
    }
    return [
      try flow(base) { ($0.components, $0.bumps) = (2, 2) },
      try flow(kernel) { ($0.method, $0.hidden, $0.rank) = (.network, [3, 2], 2) },
      try flow(base) { $0.method = .particles }, try flow(base) { ($0.scheme, $0.components) = (.sdirk2, 0) },
    ]
  }
}
